"""QR codes as pictures, for documents and pages."""

import io
from typing import TYPE_CHECKING

from igny8_core.kit.on_demand import OnDemand

if TYPE_CHECKING:
    import segno
else:
    segno = OnDemand("segno")

QUIET_ZONE = 4
PNG_SCALE = 8


def qr_svg(text: str) -> str:
    """An SVG with its quiet zone (ISO/IEC 18004 requires four modules) on white, so that dark pages can show it."""
    buffer = io.BytesIO()
    _code(text).save(buffer, kind="svg", border=QUIET_ZONE, light="#fff", dark="#000", xmldecl=False, omitsize=True)
    return buffer.getvalue().decode()


def qr_png(text: str) -> bytes:
    """The same as a PNG, for letters: few mail clients show SVG."""
    buffer = io.BytesIO()
    _code(text).save(buffer, kind="png", border=QUIET_ZONE, scale=PNG_SCALE)
    return buffer.getvalue()


def _code(text: str) -> "segno.QRCode":
    """Error correction M in UTF-8, as EPC069-12 requires; other networks do not specify it."""
    return segno.make_qr(text, error="m", encoding="utf-8" if not text.isascii() else None, boost_error=False)
