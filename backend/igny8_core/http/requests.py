"""Django's request, made also of headers that it refuses to read: it would do so before any view, with a bare 500."""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class TolerantRequest(WSGIRequest):
    """A content type that nobody can read is none: what needs one refuses the request as it refuses any other.

    Texts are UTF-8, whatever a content type says: the codecs that it could name make half characters, or no text.
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
    """Django as a WSGI application, with that request."""

    request_class = TolerantRequest
