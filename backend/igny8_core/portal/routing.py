"""Answers for addresses without a route: a page inside the portal, the unified JSON elsewhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from igny8_core.http import routing
from igny8_core.kit.errors import Internal, NotFound, ValidationError
from igny8_core.portal import pages


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return pages.error_page(request, NotFound()) if _is_page(request) else routing.not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 for requests that Django itself refuses, such as an unknown host."""
    if _is_page(request):
        return pages.error_page(request, ValidationError())
    return routing.bad_request(request, exception)


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    """500 without internal details."""
    return pages.error_page(request, Internal()) if _is_page(request) else routing.server_error(request, *args)


def _is_page(request: HttpRequest) -> bool:
    return request.path.startswith(pages.LOCAL_PATH)
