"""The outermost layer: request id, oversized bodies, and the last catch of an unexpected exception."""

from collections.abc import Callable, Mapping

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from django.utils.cache import patch_vary_headers

from igny8_core.http import context, responses
from igny8_core.http.chunked import CHUNK_BYTES, DRAIN_BYTES
from igny8_core.http.errors import from_exception
from igny8_core.http.multipart import BESIDE_FILE_BYTES, MEDIA_TYPE
from igny8_core.kit.errors import Internal, TooLarge, ValidationError

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Load balancers and monitors ask these by address and not by name."""
CREDENTIALS = ("Authorization", "Cookie")
"""The headers that an answer depends on: a key or a token, or the session of a page."""

logger = structlog.get_logger(__name__)


class RequestContextMiddleware:
    """Gives every request its id and every answer the header; refuses a body past the limit before it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve one request."""
        request_id = context.begin(request.headers.get("X-Request-ID"))
        length = _length(request)
        refused = responses.failure(TooLarge()) if length > _limit(request) else _refuse_unknown_host(request)
        response = refused or self.get_response(request)
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            _drain(request, response, length)
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


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _limit(request: HttpRequest) -> int:
    """How long the body may be: only an address that takes files, sent as such, takes more than a document."""
    limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if not str(request.META.get("CONTENT_TYPE", "")).startswith(MEDIA_TYPE):
        return limit
    try:
        view = resolve(request.path_info).func
    except Http404:
        return limit
    view_class = getattr(view, "cls", None) or getattr(view, "view_class", view)
    uploads: Mapping[str, int] = getattr(view_class, "uploads", {})
    return max([limit, *(size + BESIDE_FILE_BYTES for size in uploads.values())])


def _drain(request: HttpRequest, response: HttpResponse, length: int) -> None:
    """Read what nobody has read: it lets the client see a refusal; a reset would hide it."""
    remaining = DRAIN_BYTES
    while remaining > 0:
        chunk = request.read(min(CHUNK_BYTES, remaining))
        if not chunk:
            break
        remaining -= len(chunk)
    if response.status_code >= 400 and length > DRAIN_BYTES:
        response["Connection"] = "close"


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
