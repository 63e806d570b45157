"""What the API document says of an operation: noted beside it, and worked out when the document is asked for."""

from collections.abc import Callable
from typing import Any

_noted: list[tuple[Any, dict[str, Any]]] = []


def extend_schema[T](**said: Any) -> Callable[[T], T]:
    """As drf-spectacular's decorator of this name, whose library is large and serves the document alone."""

    def note(operation: T) -> T:
        _noted.append((operation, said))
        return operation

    return note


def taken_notes() -> list[tuple[Any, dict[str, Any]]]:
    """What was noted since this was last asked."""
    taken, _noted[:] = _noted[:], []
    return taken
