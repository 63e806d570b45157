"""The outermost layer: request id, refused bodies, and unexpected exceptions."""

import logging
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from igny8_core.http import context, responses
from igny8_core.http.bodies import limit_of
from igny8_core.http.errors import from_exception
from igny8_core.kit.errors import AppError, Internal, TooLarge, ValidationError

HEALTH = "/healthz"
PROBES = frozenset({HEALTH, "/readyz", "/metrics"})
"""Load balancers and monitors request these by IP address rather than host name."""
CREDENTIALS = ("Authorization", "Cookie")
"""The headers that an answer depends on: a key or token, or the session cookie."""
REFUSAL = "igny8.refusal"
"""The key in a request's environment with the reason why its body was refused."""

logger = logging.getLogger(__name__)


class RequestContextMiddleware:
    """Gives every request an id and every answer its header; refuses oversized bodies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one request."""
        request_id = context.begin(request.headers.get("X-Request-ID"))
        response = _refuse_body(request) or _refuse_unknown_host(request) or self.get_response(request)
        response["X-Request-ID"] = str(request_id)
        _keep_from_caches(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        """The unified error body for an exception that a view did not handle, without internal details."""
        return unexpected(exception)


def _keep_from_caches(response: HttpResponse) -> None:
    """Answers are private and not cached unless they say otherwise."""
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    if "no-store" in response["Cache-Control"]:
        patch_vary_headers(response, CREDENTIALS)


def _refuse_body(request: HttpRequest) -> HttpResponse | None:
    """Refuse a body that is too long, too slow or incomplete, and close the connection: the next request's start is
    unknown.
    """
    refusal: AppError | None = request.META.get(REFUSAL)
    if _length(request) > limit_of(request.path_info, request.META.get("CONTENT_TYPE", "")):
        refusal = TooLarge()
    if refusal is None:
        return None
    response = responses.failure(refusal)
    response["Connection"] = "close"
    return response


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _refuse_unknown_host(request: HttpRequest) -> HttpResponse | None:
    """Page links contain the host name, so a host name that is not ours is refused."""
    try:
        request.path_info in PROBES or request.get_host()
    except DisallowedHost:
        return responses.failure(ValidationError("This host name is not served here; see IGNY8_ALLOWED_HOSTS."))
    return None


def unexpected(exception: BaseException) -> HttpResponse:
    """The answer to an unhandled exception: 503 if the database is busy, otherwise a logged 500."""
    error = from_exception(exception)
    if error is None:
        logger.error("unexpected_exception", exc_info=exception)
        error = Internal()
    return responses.failure(error)
