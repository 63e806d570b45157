"""Answers for addresses without a route, in the unified form."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from igny8_core.http import responses
from igny8_core.kit.errors import Internal, NotFound, ValidationError


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same body as for a missing object."""
    return responses.failure(NotFound())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 for requests that Django itself refuses, such as an unknown host."""
    return responses.failure(ValidationError("The request is malformed."))


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    """500 without internal details."""
    return responses.failure(Internal())
