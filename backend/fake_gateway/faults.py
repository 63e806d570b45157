"""Faults on purpose: which call fails, and how. The control plane writes the rules, the APIs ask before each call."""

import random
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum

from fake_gateway.http_server import RESET, Answer
from fake_gateway.records import Record


class FaultKind(StrEnum):
    """What can go wrong with a call."""

    DELAY = "delay"
    """Waits `seconds`, then does what was asked and answers; meanwhile its idempotency key is in use."""
    HANG = "hang"
    """Does what was asked, is silent for `seconds`, then resets the connection."""
    RESET_BEFORE = "reset_before"
    """Resets the connection; nothing has happened."""
    RESET_AFTER = "reset_after"
    """Does what was asked and resets the connection in place of an answer."""
    ERROR_500 = "error_500"
    """Does what was asked and answers 500; Stripe repeats that answer for the same key."""
    ERROR_500_BEFORE = "error_500_before"
    """Does nothing and answers 500; Stripe repeats that answer for the same key."""
    TRUNCATE = "truncate"
    """Does what was asked and sends half of the answer."""
    RATE_LIMIT = "rate_limit"
    """Does nothing and answers 429."""


@dataclass
class Fault:
    """A rule: the next `times` matching calls, or a `ratio` of them drawn with `seed`, or all."""

    kind: FaultKind
    gateway: str = ""
    method: str = ""
    path: str = ""
    times: int | None = None
    ratio: float | None = None
    seed: int = 0
    seconds: float = 30
    hits: int = 0
    draw: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)

    def strikes(self, gateway: str, method: str, path: str) -> bool:
        """Whether this call fails by this rule; counts it."""
        if self.gateway not in ("", gateway) or self.method not in ("", method) or not path.startswith(self.path):
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        if self.ratio is not None and self.draw.random() >= self.ratio:
            return False
        self.hits += 1
        return True

    def record(self) -> Record:
        """The rule as JSON."""
        names = ("kind", "gateway", "method", "path", "times", "ratio", "seed", "seconds", "hits")
        return {name: getattr(self, name) for name in names}


class Faults:
    """The rules in force, oldest first; they end with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put a rule in force."""
        with self._lock:
            self._rules.append(fault)

    def clear(self) -> None:
        """Take all rules out."""
        with self._lock:
            self._rules.clear()

    def all(self) -> list[Record]:
        """The rules and how often each has struck."""
        with self._lock:
            return [rule.record() for rule in self._rules]

    def strike(self, gateway: str, method: str, path: str) -> Fault | None:
        """The first rule that this call falls under."""
        with self._lock:
            return next((rule for rule in self._rules if rule.strikes(gateway, method, path)), None)


def spoiled(answer: Answer, fault: Fault | None) -> Answer:
    """What is left of an answer that a fault hits after the effect."""
    if fault is None:
        return answer
    if fault.kind is FaultKind.HANG:
        time.sleep(fault.seconds)
    if fault.kind in (FaultKind.HANG, FaultKind.RESET_AFTER):
        return RESET
    return answer.ended("cut") if fault.kind is FaultKind.TRUNCATE else answer
