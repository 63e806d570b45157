"""What time it is for the code: injected, or the database's, or (outside any transaction) the system's. Pure."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_injected: ContextVar[datetime | None] = ContextVar("injected_instant", default=None)
_unit: ContextVar[datetime | None] = ContextVar("unit_instant", default=None)


def now() -> datetime:
    """This instant, in UTC: inside a unit of work it stands still at the transaction's start."""
    return _injected.get() or _unit.get() or datetime.now(UTC)


@contextmanager
def use(instant: datetime) -> Iterator[None]:
    """Let it be `instant` (with a time zone) inside the block: for tests and for history written afterwards."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    token = _injected.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _injected.reset(token)


@contextmanager
def unit_of_work(instant: datetime) -> Iterator[None]:
    """Give the code the database's time of a transaction; an injected instant still wins."""
    token = _unit.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _unit.reset(token)
