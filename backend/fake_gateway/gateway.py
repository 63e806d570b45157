"""What every part of the gateway shares: the store, the clock, the keys, ids, and work that is due later."""

import secrets
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fake_gateway.deliveries import Deliveries
from fake_gateway.faults import Faults
from fake_gateway.keys import Keys
from fake_gateway.store import Store

LETTERS = string.ascii_letters + string.digits

type Work = Callable[["Gateway", str], None]


@dataclass
class Gateway:
    """One gateway; `public_url` is where browsers reach it, `later_seconds` how long a slow payment method takes.

    `api_url` is where the product reaches it: certificates are there and nowhere else.
    """

    store: Store
    keys: Keys
    public_url: str
    deliveries: Deliveries
    later_seconds: int = 30
    api_url: str = ""
    faults: Faults = field(default_factory=Faults)
    works: dict[str, Work] = field(default_factory=dict)

    def now(self) -> int:
        """The gateway's time in seconds: the machine's, and what the control plane adds to it."""
        return int(time.time()) + self.offset

    @property
    def offset(self) -> int:
        """By how many seconds the gateway's clock is ahead of the machine's."""
        return int(self.store.setting("offset", 0))

    def new_id(self, prefix: str, length: int = 24) -> str:
        """An id that nobody guesses."""
        return prefix + "".join(secrets.choice(LETTERS) for _ in range(length))

    def later(self, name: str, subject: str, seconds: int) -> None:
        """Let `works[name]` run for a subject after some seconds of the gateway's clock."""
        self.store.add_task(name, subject, self.now() + seconds)

    def run_due(self) -> None:
        """Do what is due, oldest first, each in a transaction of its own."""
        while True:
            with self.store.transaction():
                task = self.store.take_task(self.now())
                if task is None:
                    return
                name, subject = task
                self.works[name](self, subject)
