"""Sends messages to the product: kept until they are acknowledged, held, repeated or shuffled when a test asks.

A message is signed at each attempt by its gateway's signer. The times here are the machine's: a product refuses
signatures that are old, and the control plane moves only the gateway's clock.
"""

import http.client
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fake_gateway.records import Record
from fake_gateway.store import Store

SENDERS = 4
ANSWER_SECONDS = 20
PAUSES = (1, 2, 4, 8, 15, 30, 60)
ATTEMPTS = 25
# Among how many of the oldest messages a shuffle chooses.
SHUFFLED = 1000

type Sign = Callable[[bytes], Mapping[str, str]]


@dataclass(frozen=True)
class Target:
    """Where a gateway's messages go, and how they are signed."""

    url: str
    sign: Sign


def post(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
    """Status and a line about it; status 0 where nobody answered. Redirects are not followed."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("POST", parts.path or "/", body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read(500).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, f"{type(error).__name__}: {error}"
    finally:
        connection.close()


class Deliveries:
    """The messages that wait, and the threads that send them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.targets: dict[str, Target] = {}
        self._stopping = threading.Event()
        self._ready = threading.Condition()
        self._threads: list[threading.Thread] = []
        with store.lock:
            store.database.execute("UPDATE deliveries SET state = 'pending', due = 0 WHERE state = 'sending'")

    @property
    def policy(self) -> Record:
        """`hold` keeps messages back, `copies` is how often each is sent, `shuffle_seed` mixes their order."""
        standard: Record = {"hold": False, "copies": 1, "shuffle_seed": None}
        return {**standard, **self.store.setting("policy", {})}

    def set_policy(self, changes: Record) -> Record:
        """Change the policy; messages that were held go out once nothing holds them."""
        with self.store.transaction():
            self.store.set_setting("policy", {**self.policy, **changes})
        self._wake()
        return self.policy

    def queue(self, gateway: str, event: str, body: bytes) -> None:
        """Keep a message for sending, in the transaction in which its event came about."""
        if gateway in self.targets:
            for _ in range(int(self.policy["copies"])):
                self._insert(gateway, event, body)
            self._wake()

    def resend(self, event: str) -> int:
        """Send an event's message once more; the number of its messages that are kept."""
        with self.store.transaction():
            found = "SELECT gateway, body FROM deliveries WHERE event = ? ORDER BY number LIMIT 1"
            rows = self.store.database.execute(found, (event,)).fetchall()
            for gateway, body in rows:
                self._insert(gateway, event, body)
        self._wake()
        return len(rows)

    def _insert(self, gateway: str, event: str, body: bytes) -> None:
        self.store.database.execute(
            "INSERT INTO deliveries (gateway, event, body, state, attempts, due, status, note)"
            " VALUES (?, ?, ?, 'pending', 0, 0, 0, '')",
            (gateway, event, body),
        )

    def counts(self) -> Record:
        """How many messages are in which state."""
        with self.store.lock:
            rows = self.store.database.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall()
        return {"pending": 0, "sending": 0, "delivered": 0, "failed": 0, **dict(rows)}

    def all(self) -> list[Record]:
        """The messages, oldest first, with the product's latest answer to each."""
        names = ("number", "gateway", "event", "state", "attempts", "status", "note")
        with self.store.lock:
            rows = self.store.database.execute(f"SELECT {', '.join(names)} FROM deliveries ORDER BY number").fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def start(self) -> None:
        """Start sending."""
        for number in range(SENDERS):
            thread = threading.Thread(target=self._send_all, name=f"sender-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Stop sending; what is on its way is sent again after the next start."""
        self._stopping.set()
        self._wake()
        for thread in self._threads:
            thread.join(1)

    def _wake(self) -> None:
        with self._ready:
            self._ready.notify_all()

    def _send_all(self) -> None:
        while not self._stopping.is_set():
            taken = self._take()
            if taken is None:
                with self._ready:
                    self._ready.wait(0.2)
            else:
                self._send(*taken)

    def _take(self) -> tuple[int, str, bytes, int] | None:
        with self.store.transaction():
            policy = self.policy
            if policy["hold"]:
                return None
            due = "SELECT number FROM deliveries WHERE state = 'pending' AND due <= ? ORDER BY number LIMIT ?"
            window = 1 if policy["shuffle_seed"] is None else SHUFFLED
            numbers = [row[0] for row in self.store.database.execute(due, (time.time(), window)).fetchall()]
            if not numbers:
                return None
            seed = policy["shuffle_seed"]
            mixed = random.Random(f"{seed} {numbers[0]} {len(numbers)}")
            number = numbers[0] if seed is None else mixed.choice(numbers)
            found = "SELECT number, gateway, body, attempts FROM deliveries WHERE number = ?"
            row = self.store.database.execute(found, (number,)).fetchone()
            self.store.database.execute("UPDATE deliveries SET state = 'sending' WHERE number = ?", (number,))
        number, gateway, body, attempts = row
        return int(number), str(gateway), bytes(body), int(attempts)

    def _send(self, number: int, gateway: str, body: bytes, attempts: int) -> None:
        target = self.targets.get(gateway)
        status, note = (0, "no address is set") if target is None else post(target.url, target.sign(body), body)
        if self._stopping.is_set():
            return  # the file may be closed; the message counts as on its way, and is sent again after the next start
        state = "delivered" if 200 <= status < 300 else "failed" if attempts + 1 >= ATTEMPTS else "pending"
        due = time.time() + PAUSES[min(attempts, len(PAUSES) - 1)]
        values: tuple[Any, ...] = (state, attempts + 1, due, status, note, number)
        with self.store.lock:
            self.store.database.execute(
                "UPDATE deliveries SET state = ?, attempts = ?, due = ?, status = ?, note = ? WHERE number = ?", values
            )
