"""The shape in which everything is kept and sent: a JSON object. A key that begins with `_` is ours, never sent."""

from typing import Any

type Record = dict[str, Any]


class Missing(LookupError):
    """Nothing is kept under this id."""


def shown(value: Any) -> Any:
    """A value as it may be sent: without our own keys, at any depth."""
    if isinstance(value, dict):
        return {key: shown(each) for key, each in value.items() if not key.startswith("_")}
    if isinstance(value, list):
        return [shown(each) for each in value]
    return value
