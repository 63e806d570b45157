"""The outermost layer: request id, refused bodies, and the last catch of an unexpected exception."""

from collections.abc import Callable

import structlog
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from igny8_core.http import context, responses
from igny8_core.http.bodies import limit_of
from igny8_core.http.errors import from_exception
from igny8_core.kit.errors import AppError, Internal, TooLarge, ValidationError

HEALTH = "/healthz"
PROBES = frozenset({HEALTH, "/readyz", "/metrics"})
"""Load balancers and monitors ask these by address and not by name."""
CREDENTIALS = ("Authorization", "Cookie")
"""The headers that an answer depends on: a key or a token, or the session of a page."""
REFUSAL = "igny8.refusal"
"""Where a request's environment says why its body may not be read."""

logger = structlog.get_logger(__name__)


class RequestContextMiddleware:
    """Gives every request its id and every answer the header; refuses a body past the limit before it is read."""

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
        """Anything a view let through: the unified body, with nothing of the inside."""
        return unexpected(exception)


def _keep_from_caches(response: HttpResponse) -> None:
    """What does not say how long it may be kept is kept by nobody, and what nobody keeps is shown to nobody else."""
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "no-store"
    if "no-store" in response["Cache-Control"]:
        patch_vary_headers(response, CREDENTIALS)


def _refuse_body(request: HttpRequest) -> HttpResponse | None:
    """What is too long, too slow or not whole; its connection ends, for nobody knows where a next request begins."""
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
    """Page links are made of the host's name: one that is not ours must not get into them."""
    try:
        request.path_info in PROBES or request.get_host()
    except DisallowedHost:
        return responses.failure(ValidationError("This host name is not served here; see IGNY8_ALLOWED_HOSTS."))
    return None


def unexpected(exception: BaseException) -> HttpResponse:
    """The answer for an exception that is nobody's 4xx: 503 when the database is busy, else a logged 500."""
    error = from_exception(exception)
    if error is None:
        logger.error("unexpected_exception", exc_info=exception)
        error = Internal()
    return responses.failure(error)
