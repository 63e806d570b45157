"""Bodies sent without a length (`Transfer-Encoding: chunked`), which WSGI frameworks take for empty ones.

An empty body is a valid request here and there (approve the whole amount), so that a body must never get lost on the
way: it is read first, and then has a length like any other. What passes the limit meets the limit's own 413.
"""

from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

DRAIN_BYTES = 16 * 1024 * 1024
"""How much of a body that will be refused is read, so that the client sees the refusal."""
CHUNK_BYTES = 64 * 1024
IN_MEMORY_BYTES = 1024 * 1024

type Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class ChunkedBodies:
    """A WSGI application around another that sees every body with its length."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve one request; its body is read first where it came in chunks."""
        if "chunked" not in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            return self.application(environ, start_response)
        with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as body:
            length = _copy(environ["wsgi.input"], body)
            body.seek(0)
            # The server does not tell a broken body from one that ended; nothing at all is taken for broken.
            sent = {**environ, "CONTENT_LENGTH": str(length or 1), "wsgi.input": body}
            del sent["HTTP_TRANSFER_ENCODING"]
            return list(self.application(sent, start_response))


def _copy(source: Any, target: Any) -> int:
    """Copy up to one byte more than is ever read of a refused body; returns the length."""
    length = 0
    while length <= DRAIN_BYTES:
        chunk = source.read(min(CHUNK_BYTES, DRAIN_BYTES + 1 - length))
        if not chunk:
            break
        target.write(chunk)
        length += len(chunk)
    return length
