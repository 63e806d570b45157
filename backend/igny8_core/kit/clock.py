"""The current time: injected, from the database, or (outside any transaction) from the system. Pure."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_injected: ContextVar[datetime | None] = ContextVar("injected_instant", default=None)
_unit: ContextVar[datetime | None] = ContextVar("unit_instant", default=None)


def now() -> datetime:
    """The current instant in UTC; inside a unit of work it is the transaction's start."""
    return _injected.get() or _unit.get() or datetime.now(UTC)


@contextmanager
def use(instant: datetime) -> Iterator[None]:
    """Fix the current time at `instant` (with a time zone) inside the block: for tests and for backdated history."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    token = _injected.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _injected.reset(token)


@contextmanager
def unit_of_work(instant: datetime) -> Iterator[None]:
    """Use the database's time of a transaction; an injected instant takes precedence."""
    token = _unit.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _unit.reset(token)
