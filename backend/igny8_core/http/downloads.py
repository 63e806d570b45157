"""Files that leave: as attachments, under a policy that lets nothing in them run."""

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes

SANDBOX = "sandbox; default-src 'none'"
PDF_ANSWER: dict[Any, Any] = {(200, "application/pdf"): OpenApiTypes.BINARY}


def download(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """The bytes as a file of this name (RFC 6266), which no browser shows in our own origin or takes for another."""
    answer = HttpResponse(content, content_type=content_type)
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "._-") else "_" for one in name)
    answer["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    answer["Content-Length"] = str(len(content))
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "private, no-store"
    return answer
