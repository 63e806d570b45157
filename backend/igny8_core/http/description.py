"""Descriptions of operations for the API document: noted beside each operation, evaluated when the document is
requested.
"""

from collections.abc import Callable
from typing import Any

_noted: list[tuple[Any, dict[str, Any]]] = []


def extend_schema[T](**said: Any) -> Callable[[T], T]:
    """Like drf-spectacular's decorator, but without importing that large library, which only the document needs."""

    def note(operation: T) -> T:
        _noted.append((operation, said))
        return operation

    return note


def taken_notes() -> list[tuple[Any, dict[str, Any]]]:
    """The descriptions noted since the last call."""
    taken, _noted[:] = _noted[:], []
    return taken
