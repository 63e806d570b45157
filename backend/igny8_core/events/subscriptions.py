"""Who is told of which facts. A room's `tasks.py` subscribes when it is imported."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from igny8_core.events.catalogue import EventType

_subscribers: dict[str, list[Any]] = defaultdict(list)
_beside: list[Callable[[], int]] = []


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


def beside_events(take: Callable[[], int]) -> None:
    """Have the dispatcher empty another queue too: `take` works off a batch of it and says how many there were.

    It is for what the web may not say in an event, because it does not know yet whose event it would be.
    """
    _beside.append(take)


def queues_beside() -> list[Callable[[], int]]:
    """What the dispatcher empties with the events."""
    return _beside


def subscribers_of(kind: str) -> list[Any]:
    """The tasks that are told of this type."""
    return _subscribers[kind]
