"""Turns a template and data into a PDF. Data is passed as JSON text, so that none of it is interpreted as markup."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from igny8_core.business.documents.domain.errors import TYPESETTING_REFUSED, TemplateBroken
from igny8_core.business.documents.services.programs import run_program

logger = logging.getLogger(__name__)
SHIPPED = Path(__file__).resolve().parents[1] / "typst"


def typeset(template: str, data: Mapping[str, Any], *, instant: datetime) -> bytes:
    """The PDF of a template (`invoice` or `receipt`); the same data and instant produce the same bytes.

    Raises `TemplateBroken`, and `Unavailable` if it takes too long.
    """
    folder = str(settings.ENV.templates_dir or SHIPPED)
    given = {"template": template, "folder": folder, "data": data, "timestamp": int(instant.timestamp())}
    done = run_program("typst_writer", json.dumps(given).encode())
    if done.returncode == TYPESETTING_REFUSED:
        logger.error(
            "template_broken", extra={"template": template, "diagnostic": done.stderr.decode(errors="replace")}
        )
        raise TemplateBroken
    if done.returncode != 0:
        raise RuntimeError(f"typesetting failed: {done.stderr[-2000:].decode(errors='replace')}")
    return done.stdout
