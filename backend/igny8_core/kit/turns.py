"""Taking turns within one process: a few tasks at once, one per party, and no party fills the queue."""

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from igny8_core.kit.errors import Throttled, Unavailable


class Turns:
    """Limits expensive work: `at_once` tasks run, one per party, each as soon as its party is first in line.

    A party may have `in_hand` tasks running and waiting. Beyond that it is told to come back later: a waiting task
    blocks a thread that somebody else's request needs.
    """

    def __init__(self, *, at_once: int, in_hand: int, wait_seconds: int) -> None:
        self._at_once, self._in_hand, self._wait_seconds = at_once, in_hand, wait_seconds
        self._changed = threading.Condition()
        self._running: set[Hashable] = set()
        self._waiting: list[tuple[object, Hashable]] = []

    @contextmanager
    def turn(self, party: Hashable) -> Iterator[None]:
        """Wait for a turn and take it.

        Raises `Throttled` for a party with too many tasks, `Unavailable` after waiting in vain.
        """
        self._begin(party)
        try:
            yield
        finally:
            with self._changed:
                self._running.remove(party)
                self._changed.notify_all()

    def _begin(self, party: Hashable) -> None:
        ticket = object()
        with self._changed:
            held = Counter([*self._running, *(waiting for _, waiting in self._waiting)])
            if held[party] >= self._in_hand:
                raise Throttled(retry_after_seconds=self._wait_seconds)
            self._waiting.append((ticket, party))
            try:
                if not self._changed.wait_for(lambda: self._next() is ticket, timeout=self._wait_seconds):
                    raise Unavailable(retry_after_seconds=self._wait_seconds)
                self._running.add(party)
            finally:
                self._waiting.remove((ticket, party))
                self._changed.notify_all()

    def _next(self) -> object | None:
        """The ticket whose turn it is: the first of a party with nothing running, while there is capacity."""
        if len(self._running) >= self._at_once:
            return None
        return next((ticket for ticket, party in self._waiting if party not in self._running), None)
