"""The outermost layer: request id, oversized bodies, and the last catch of an unexpected exception."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from igny8_core.http import context, responses
from igny8_core.http.errors import from_exception
from igny8_core.kit.errors import Internal, TooLarge

DRAIN_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 64 * 1024

logger = structlog.get_logger(__name__)


class RequestContextMiddleware:
    """Gives every request its id and every answer the header; refuses a body past the limit before it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one request."""
        request_id = context.begin(request.headers.get("X-Request-ID"))
        response = self._refuse_large_body(request) or self.get_response(request)
        response["X-Request-ID"] = str(request_id)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        """Anything a view let through: the unified body, with nothing of the inside."""
        return unexpected(exception)

    def _refuse_large_body(self, request: HttpRequest) -> HttpResponse | None:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return None
        # Reading what the client is still sending lets it see the answer; a reset would hide it.
        remaining = min(length, DRAIN_BYTES)
        while remaining > 0:
            chunk = request.read(min(CHUNK_BYTES, remaining))
            if not chunk:
                break
            remaining -= len(chunk)
        response = responses.failure(TooLarge())
        if length > DRAIN_BYTES:
            response["Connection"] = "close"
        return response


def unexpected(exception: BaseException) -> HttpResponse:
    """The answer for an exception that is nobody's 4xx: 503 when the database is busy, else a logged 500."""
    error = from_exception(exception)
    if error is None:
        logger.error("unexpected_exception", exc_info=exception, request_id=str(context.request_id()))
        error = Internal()
    return responses.failure(error)
