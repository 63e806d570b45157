"""Subscriptions of tasks to events. A room's `tasks.py` subscribes when it is imported."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from igny8_core.events.catalogue import EventType

_subscribers: dict[str, list[Any]] = defaultdict(list)
_beside: list[Callable[[], int]] = []


def on(*types: EventType) -> Callable[[Any], Any]:
    """Subscribe a task to events: `@on(EventType.PAYMENT_SUBMITTED)` above `@app.task(...)`.

    It is deferred with `event_id` and `account_id` as text, at least once per event, and therefore must be idempotent.
    """

    def subscribe(task: Any) -> Any:
        for kind in types:
            _subscribers[kind.value].append(task)
        return task

    return subscribe


def beside_events(take: Callable[[], int]) -> None:
    """Have the dispatcher empty another queue too: `take` processes one batch and returns its size.

    For requests that the web process cannot record as an event, because it does not know the account yet.
    """
    _beside.append(take)


def queues_beside() -> list[Callable[[], int]]:
    """The additional queues that the dispatcher empties."""
    return _beside


def subscribers_of(kind: str) -> list[Any]:
    """The tasks subscribed to this type."""
    return _subscribers[kind]
