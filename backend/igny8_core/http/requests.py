"""Django's request, tolerant of headers that Django refuses to parse, for which it would answer a bare 500 before any
view.
"""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class TolerantRequest(WSGIRequest):
    """An unreadable content type counts as none, so that views refuse the request in the usual way.

    Text is always decoded as UTF-8: other codecs that a content type may name can produce lone surrogates or no text at
    all.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        try:
            parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError):
            environ["CONTENT_TYPE"] = ""
        super().__init__(environ)

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class TolerantHandler(WSGIHandler):
    """Django as a WSGI application that uses this request class."""

    request_class = TolerantRequest
