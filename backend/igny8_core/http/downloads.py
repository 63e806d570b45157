"""Files for download: attachments with a policy that prevents anything in them from running."""

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes

SANDBOX = "sandbox; default-src 'none'"
PDF_ANSWER: dict[Any, Any] = {(200, "application/pdf"): OpenApiTypes.BINARY}


def download(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """The bytes as a file with this name (RFC 6266), which browsers neither display in our origin nor sniff."""
    answer = HttpResponse(content, content_type=content_type)
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "._-") else "_" for one in name)
    answer["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    answer["Content-Length"] = str(len(content))
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cache-Control"] = "private, no-store"
    return answer
