"""Typst: a template and data become a PDF. Data goes in as JSON text, so that nothing in it is ever markup."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import structlog
import typst
from django.conf import settings

from igny8_core.kit.errors import AppError, ErrorKind

logger = structlog.get_logger(__name__)
ROOM = Path(__file__).resolve().parents[1]
SHIPPED, FONTS = ROOM / "typst", ROOM / "fonts"
type Standard = Literal["a-3a", "1.7"]
ARCHIVE: Standard = "a-3a"
"""PDF/A-3 with tags: for archives, for screen readers, and for the XML that Factur-X puts inside."""
PLAIN: Standard = "1.7"
STAND_IN = "\u25a1"


class TemplateBroken(AppError):
    """An edited template does not compile; the log says where."""

    kind = ErrorKind.UNAVAILABLE
    code = "template_broken"
    default_message = "This document cannot be made now."


def typeset(template: str, data: Mapping[str, Any], *, instant: datetime) -> bytes:
    """The PDF of a template (`invoice` or `receipt`); the same data and instant give the same bytes.

    A character that none of the fonts has may not stand in a PDF/A: it becomes a box, like everywhere else.
    Raises `TemplateBroken`.
    """
    try:
        return _compile(template, data, instant, ARCHIVE)
    except typst.TypstError as first:
        try:
            return _compile(template, _shown_by_fonts(dict(data)), instant, ARCHIVE)
        except typst.TypstError:
            return _last_resort(template, data, instant, first)


def _last_resort(template: str, data: Mapping[str, Any], instant: datetime, first: typst.TypstError) -> bytes:
    """A document that is no PDF/A is better than none; one that does not compile at all is the template's fault."""
    try:
        return _compile(template, data, instant, PLAIN)
    except typst.TypstError as error:
        logger.error("template_broken", template=template, diagnostic=error.diagnostic)
        raise TemplateBroken from first


def _compile(template: str, data: Mapping[str, Any], instant: datetime, standard: Standard) -> bytes:
    folder = settings.ENV.templates_dir or SHIPPED
    return typst.compile(
        str(folder / f"{template}.typ"),
        root=str(folder),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
        pdf_standards=[standard],
        timestamp=int(instant.timestamp()),
        format="pdf",
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Ours alone: the same document on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    """Every character one of the fonts can show, as `tools/covered.py` read it in them."""
    runs = (line.partition("-") for line in (FONTS / "covered.txt").read_text().split())
    return frozenset(code for first, _, last in runs for code in range(int(first, 16), int(last or first, 16) + 1))


def _is_shown(one: str) -> bool:
    """A private character means something else in every font: PDF/A refuses it even where a font has one."""
    return one.isspace() or (ord(one) in _covered() and unicodedata.category(one) != "Co")


def _stand_in(one: str) -> str:
    """What formats and shows nothing goes; what nobody can show becomes a box."""
    return "" if unicodedata.category(one) in ("Cf", "Cc", "Mn") else STAND_IN


def _shown_by_fonts(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(one if _is_shown(one) else _stand_in(one) for one in value)
    if isinstance(value, dict):
        return {name: _shown_by_fonts(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_shown_by_fonts(inner) for inner in value]
    return value
