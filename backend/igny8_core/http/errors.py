"""The one place that turns errors into HTTP statuses."""

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from psycopg_pool import PoolTimeout, TooManyRequests
from rest_framework import exceptions as drf

from igny8_core.kit.errors import (
    AppError,
    ErrorKind,
    Forbidden,
    Internal,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    ValidationError,
)
from igny8_core.kit.locks import Overtaken

STATUS_OF_KIND = {
    ErrorKind.INVALID: 400,
    ErrorKind.UNAUTHENTICATED: 401,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.METHOD_NOT_ALLOWED: 405,
    ErrorKind.CONFLICT: 409,
    ErrorKind.TOO_SLOW: 408,
    ErrorKind.TOO_LARGE: 413,
    ErrorKind.UNSUPPORTED_MEDIA_TYPE: 415,
    ErrorKind.KEY_REUSED: 422,
    ErrorKind.THROTTLED: 429,
    ErrorKind.INTERNAL: 500,
    ErrorKind.UNAVAILABLE: 503,
}
BUSY_SQLSTATES = frozenset({"55P03", "57014", "40P01", "40001", "53300", "57P01", "57P02", "57P03", "25P04"})
RETRY_AFTER_SECONDS = 1
MALFORMED = (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError)
"""What Django raises for a form that cannot be parsed: wrong encoding, missing boundary, truncated."""


def status_of(error: AppError) -> int:
    """The HTTP status of an error's kind."""
    return STATUS_OF_KIND[error.kind]


def from_exception(exception: BaseException) -> AppError | None:
    """The application error that an exception stands for; None for a bug of ours."""
    if isinstance(exception, AppError):
        return exception
    if isinstance(exception, drf.APIException):
        return _from_drf(exception)
    if isinstance(exception, Http404):
        return NotFound()
    if isinstance(exception, PermissionDenied):
        return Forbidden()
    if isinstance(exception, RequestDataTooBig):
        return TooLarge()
    if isinstance(exception, MALFORMED):
        return ValidationError("The request is malformed.")
    if _is_busy(exception):
        return Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS)
    return None


def _from_drf(exception: drf.APIException) -> AppError:
    match exception:
        case drf.ValidationError():
            return ValidationError(fields=flatten(exception.detail))
        case drf.MethodNotAllowed():
            return MethodNotAllowed()
        case drf.NotAuthenticated() | drf.AuthenticationFailed():
            return Unauthenticated()
        case drf.PermissionDenied():
            return Forbidden()
        case drf.NotFound():
            return NotFound()
        case drf.UnsupportedMediaType():
            return UnsupportedMediaType()
        case drf.ParseError():
            return ValidationError("The body cannot be read.")
    return Internal()


def flatten(detail: object, name: str = "") -> dict[str, list[str]]:
    """DRF's nested error details flattened: `lines.0.quantity` → sentences."""
    if isinstance(detail, dict):
        flat: dict[str, list[str]] = {}
        for key, inner in detail.items():
            flat.update(flatten(inner, f"{name}.{key}" if name else str(key)))
        return flat
    if isinstance(detail, list) and any(isinstance(item, (dict, list)) for item in detail):
        flat = {}
        for index, inner in enumerate(detail):
            if inner:
                flat.update(flatten(inner, f"{name}.{index}" if name else str(index)))
        return flat
    sentences = detail if isinstance(detail, list) else [detail]
    return {name or "non_field_errors": [str(sentence) for sentence in sentences]}


def _is_busy(exception: BaseException) -> bool:
    """Whether the database is unreachable, out of time or too busy: the client should retry, and it is not a bug."""
    if isinstance(exception, (PoolTimeout, TooManyRequests, Overtaken)):
        return True
    if not isinstance(exception, (DatabaseError, InterfaceError)):
        return False
    state = getattr(exception.__cause__, "sqlstate", None)
    return state in BUSY_SQLSTATES or (state is None and isinstance(exception, (OperationalError, InterfaceError)))
