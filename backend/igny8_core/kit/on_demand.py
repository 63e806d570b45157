"""Modules that are imported when they are first used: what a process never does takes none of its memory.

For large libraries that few requests need, and for the rooms behind their addresses. Types stay known:

    if TYPE_CHECKING:
        import openpyxl
    else:
        openpyxl = OnDemand("openpyxl")
"""

from importlib import import_module
from threading import RLock
from types import ModuleType
from typing import Any

_IMPORTING = RLock()
"""One module after the other: two threads that import parts of one library at once can find it half made."""


def imported(name: str) -> ModuleType:
    """The module of this name."""
    with _IMPORTING:
        return import_module(name)


class OnDemand:
    """Stands for a module: the first use of one of its names imports it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._module: ModuleType | None = None

    def __getattr__(self, name: str) -> Any:
        if self._module is None:
            self._module = imported(self._name)
        return getattr(self._module, name)
