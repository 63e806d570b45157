"""The class hierarchy of errors that services may raise. Pure: no Django, no HTTP.

A subclass defines its `kind` (which decides the status, in `http/errors.py`), its `code` (stable, for machines) and a
sentence for a person. `docs/api/errors.md` lists every code; a test compares the two.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import ClassVar


class ErrorKind(StrEnum):
    """What kind of failure it is, independent of any protocol."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    CONFLICT = "conflict"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    KEY_REUSED = "key_reused"
    THROTTLED = "throttled"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"


class AppError(Exception):
    """An error with a code.

    `fields` maps field names to sentences; `data` contains details that the caller may act on; `retry_after_seconds` is
    when trying again makes sense.
    """

    kind: ClassVar[ErrorKind]
    code: ClassVar[str]
    default_message: ClassVar[str]

    def __init__(
        self,
        message: str | None = None,
        *,
        fields: Mapping[str, Sequence[str]] | None = None,
        data: Mapping[str, object] | None = None,
        retry_after_seconds: int | None = None,
    ) -> None:
        self.message = message or self.default_message
        self.fields = dict(fields or {})
        self.data = dict(data or {})
        self.retry_after_seconds = retry_after_seconds
        super().__init__(self.message)


class ValidationError(AppError):
    """The input is invalid."""

    kind = ErrorKind.INVALID
    code = "validation_error"
    default_message = "The request is not valid."


class Unauthenticated(AppError):
    """No credential, or one that is unknown, expired or revoked."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "authentication_required"
    default_message = "A valid API key or access token is required."


class InvalidCredentials(AppError):
    """The e-mail address or the password is wrong."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "invalid_credentials"
    default_message = "The e-mail address or the password is wrong."


class Forbidden(AppError):
    """The caller's role is too low."""

    kind = ErrorKind.FORBIDDEN
    code = "permission_denied"
    default_message = "Your role does not allow this."


class AccountRequired(AppError):
    """An operator called an account's route."""

    kind = ErrorKind.FORBIDDEN
    code = "account_required"
    default_message = "This address is for accounts; operators use the addresses under admin/."


class AccountSuspended(AppError):
    """The credential is valid, but its account is suspended."""

    kind = ErrorKind.FORBIDDEN
    code = "account_suspended"
    default_message = "This account is suspended."


class UserSuspended(AppError):
    """The credential is valid, but its user is suspended."""

    kind = ErrorKind.FORBIDDEN
    code = "user_suspended"
    default_message = "This user is suspended."


class NotFound(AppError):
    """The object does not exist or belongs to another account: the caller cannot tell which."""

    kind = ErrorKind.NOT_FOUND
    code = "not_found"
    default_message = "Nothing was found here. Check the address and the id."


class MethodNotAllowed(AppError):
    """The address exists, but not with this HTTP method."""

    kind = ErrorKind.METHOD_NOT_ALLOWED
    code = "method_not_allowed"
    default_message = "This method is not allowed here."


class BodyTooSlow(AppError):
    """The body did not arrive in time."""

    kind = ErrorKind.TOO_SLOW
    code = "body_too_slow"
    default_message = "The body did not arrive in time. Send it again."


class TooLarge(AppError):
    """The body is larger than the limit."""

    kind = ErrorKind.TOO_LARGE
    code = "body_too_large"
    default_message = "The body is too large."


class UnsupportedMediaType(AppError):
    """The body has a content type that this address does not accept."""

    kind = ErrorKind.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported_media_type"
    default_message = "This address accepts application/json."


class AlreadyTaken(AppError):
    """A value that must be unique is already used."""

    kind = ErrorKind.CONFLICT
    code = "already_taken"
    default_message = "This is already in use."


class IdempotencyKeyReused(AppError):
    """The idempotency key was used with another body."""

    kind = ErrorKind.KEY_REUSED
    code = "idempotency_key_reused"
    default_message = "This idempotency key was already used with a different request."


class RequestInProgress(AppError):
    """The first request with this idempotency key is still running."""

    kind = ErrorKind.CONFLICT
    code = "request_in_progress"
    default_message = "The first request with this idempotency key is still running."


class Throttled(AppError):
    """Too many requests."""

    kind = ErrorKind.THROTTLED
    code = "throttled"
    default_message = "Too many requests. Try again later."


class Unavailable(AppError):
    """The service cannot answer now, and trying again makes sense."""

    kind = ErrorKind.UNAVAILABLE
    code = "unavailable"
    default_message = "The service is busy. Try again."


class Internal(AppError):
    """A bug of ours; the log has it under the request id."""

    kind = ErrorKind.INTERNAL
    code = "internal_error"
    default_message = "Something went wrong on our side."
