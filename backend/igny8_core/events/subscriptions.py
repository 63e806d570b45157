"""Who is told of which facts. A room's `tasks.py` subscribes when it is imported."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from igny8_core.events.catalogue import EventType

_subscribers: dict[str, list[Any]] = defaultdict(list)


def on(*types: EventType) -> Callable[[Any], Any]:
    """Subscribe a task to facts: `@on(EventType.PAYMENT_SUBMITTED)` above `@app.task(...)`.

    It is deferred with `event_id` and `account_id` as text, at least once for each fact, and so has to be
    idempotent.
    """

    def subscribe(task: Any) -> Any:
        for kind in types:
            _subscribers[kind.value].append(task)
        return task

    return subscribe


def subscribers_of(kind: str) -> list[Any]:
    """The tasks that are told of this type."""
    return _subscribers[kind]
