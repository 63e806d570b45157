"""Modules that are imported on first use, so that a process does not pay memory for what it never does.

For large libraries that few requests need, and for rooms behind their routes. Type checkers still see the types:

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
"""Imports one module at a time: two threads importing parts of one library can see it half initialised."""


def imported(name: str) -> ModuleType:
    """The module with this name."""
    with _IMPORTING:
        return import_module(name)


class OnDemand:
    """A proxy for a module: the first access to one of its names imports it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._module: ModuleType | None = None

    def __getattr__(self, name: str) -> Any:
        if self._module is None:
            self._module = imported(self._name)
        return getattr(self._module, name)
