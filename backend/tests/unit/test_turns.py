"""kit/turns.py: a few at once, one of a party, in the order of their coming, and a limit for each party."""

import threading
from collections.abc import Callable

import pytest
from igny8_core.kit.errors import Throttled, Unavailable
from igny8_core.kit.turns import Turns

PATIENCE = 20


class Worker:
    """A thread that takes a turn and keeps it until it is let go."""

    def __init__(self, turns: Turns, party: str, done: list[str]) -> None:
        self.began, self.may_end = threading.Event(), threading.Event()
        self.refusal: Exception | None = None
        self._turns, self._party, self._done = turns, party, done
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            with self._turns.turn(self._party):
                self._done.append(self._party)
                self.began.set()
                assert self.may_end.wait(PATIENCE)
        except (Throttled, Unavailable) as refusal:
            self.refusal = refusal

    def end(self) -> None:
        """Let it go."""
        self.may_end.set()
        self._thread.join(PATIENCE)


def eventually(holds: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    pause = threading.Event()
    assert any(holds() or pause.wait(0.01) for _ in range(PATIENCE * 100))


def test_parties_take_turns_in_the_order_of_their_coming() -> None:
    turns, done = Turns(at_once=2, in_hand=3, wait_seconds=PATIENCE), list[str]()
    first = Worker(turns, "a", done)
    assert first.began.wait(PATIENCE)
    waiting = [Worker(turns, "a", done) for _ in range(2)]
    eventually(lambda: len(turns._waiting) == 2)
    other = Worker(turns, "b", done)
    assert other.began.wait(PATIENCE), "b waits for nobody: a has one place of the two, however much it wants"
    third = Worker(turns, "c", done)
    eventually(lambda: len(turns._waiting) == 3)
    assert done == ["a", "b"]
    other.end()
    assert third.began.wait(PATIENCE), "a's next came earlier, but a runs one already"
    for worker in (first, third, *waiting):
        worker.end()
    assert done == ["a", "b", "c", "a", "a"]


def test_a_party_with_too_much_in_hand_is_told_at_once_and_nobody_else() -> None:
    turns, done = Turns(at_once=1, in_hand=2, wait_seconds=PATIENCE), list[str]()
    first = Worker(turns, "a", done)
    assert first.began.wait(PATIENCE)
    second = Worker(turns, "a", done)
    eventually(lambda: len(turns._waiting) == 1)
    with pytest.raises(Throttled) as refused, turns.turn("a"):
        pass
    assert refused.value.retry_after_seconds == PATIENCE
    other = Worker(turns, "b", done)
    eventually(lambda: len(turns._waiting) == 2)
    for worker in (first, second, other):
        worker.end()
    assert (done, other.refusal) == (["a", "a", "b"], None)


def test_who_waits_in_vain_is_told_and_leaves_nothing_behind() -> None:
    turns, done = Turns(at_once=1, in_hand=1, wait_seconds=0), list[str]()
    first = Worker(turns, "a", done)
    assert first.began.wait(PATIENCE)
    with pytest.raises(Unavailable), turns.turn("b"):
        pass
    first.end()
    with turns.turn("b"):
        done.append("b")
    assert done == ["a", "b"]


def test_a_failure_gives_the_turn_back() -> None:
    turns = Turns(at_once=1, in_hand=1, wait_seconds=0)
    with pytest.raises(ZeroDivisionError), turns.turn("a"):
        raise ZeroDivisionError
    with turns.turn("a"):
        pass
