"""The current request's id, for log lines, events and envelopes."""

from contextvars import ContextVar
from uuid import UUID, uuid4

_request_id: ContextVar[UUID | None] = ContextVar("request_id", default=None)


def begin(header: str | None) -> UUID:
    """Use a well-formed X-Request-ID or create one, and remember it for this request."""
    request_id = _well_formed(header) or uuid4()
    _request_id.set(request_id)
    return request_id


def request_id() -> UUID | None:
    """The id of the current request; None outside a request."""
    return _request_id.get()


def _well_formed(header: str | None) -> UUID | None:
    if header is None or len(header) != 36:
        return None
    try:
        return UUID(header)
    except ValueError:
        return None
