"""A program that typesets a template with its data as PDF.

It runs in a separate process, because typst would keep 40 MB of fonts and compilation results in every web process. It
reads JSON and writes the PDF, or to stderr if the template does not compile.
"""

import json
import sys
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from igny8_core.business.documents.domain.errors import TYPESETTING_REFUSED

FONTS = Path(__file__).resolve().parents[1] / "fonts"
type Standard = Literal["a-3a", "1.7"]
ARCHIVE: Standard = "a-3a"
"""Tagged PDF/A-3: for archives, for screen readers, and for the XML that Factur-X embeds."""
PLAIN: Standard = "1.7"
STAND_IN = "\u25a1"


def write(given: Mapping[str, Any]) -> bytes:
    """The PDF. Raises `typst.TypstError` if the template does not compile.

    PDF/A does not allow a character that none of the fonts has, so it is replaced by a box, as it would be elsewhere.
    If the document still fails to conform, a plain PDF is better than none.
    """
    try:
        return _compile(given, ARCHIVE)
    except typst.TypstError:
        try:
            return _compile({**given, "data": _shown_by_fonts(given["data"])}, ARCHIVE)
        except typst.TypstError:
            return _compile(given, PLAIN)


def _compile(given: Mapping[str, Any], standard: Standard) -> bytes:
    folder = given["folder"]
    return typst.compile(
        f"{folder}/{given['template']}.typ",
        root=folder,
        # Only our own fonts: the same document on every machine.
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(given["data"])},
        pdf_standards=[standard],
        timestamp=given["timestamp"],
        format="pdf",
    )


@cache
def covered() -> frozenset[int]:
    """Every character that one of the fonts has, as `tools/covered.py` extracted them."""
    runs = (line.partition("-") for line in (FONTS / "covered.txt").read_text().split())
    return frozenset(code for first, _, last in runs for code in range(int(first, 16), int(last or first, 16) + 1))


def _is_shown(one: str) -> bool:
    """A private-use character means something else in every font: PDF/A refuses it even if a font has it."""
    return one.isspace() or (ord(one) in covered() and unicodedata.category(one) != "Co")


def _stand_in(one: str) -> str:
    """Invisible formatting characters are removed; characters without a glyph become a box."""
    return "" if unicodedata.category(one) in ("Cf", "Cc", "Mn") else STAND_IN


def _shown_by_fonts(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(one if _is_shown(one) else _stand_in(one) for one in value)
    if isinstance(value, dict):
        return {name: _shown_by_fonts(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_shown_by_fonts(inner) for inner in value]
    return value


def main() -> int:
    """Typeset the document read from stdin."""
    try:
        sys.stdout.buffer.write(write(json.load(sys.stdin.buffer)))
    except typst.TypstError as error:
        sys.stderr.write(str(error.diagnostic))
        return TYPESETTING_REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
