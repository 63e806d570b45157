"""Django's request, made also of headers that it refuses to read: it would do so before any view, with a bare 500."""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class TolerantRequest(WSGIRequest):
    """A content type that nobody can read is none: what needs one refuses the request as it refuses any other."""

    def __init__(self, environ: dict[str, Any]) -> None:
        try:
            parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        except ValueError:
            environ["CONTENT_TYPE"] = ""
        super().__init__(environ)


class TolerantHandler(WSGIHandler):
    """Django as a WSGI application, with that request."""

    request_class = TolerantRequest
