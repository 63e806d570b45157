"""Few passwords are hashed at once; who waits for it keeps neither a request's thread nor a connection.

A hash is dear on purpose: unbounded, a storm of wrong sign-ins takes every processor and every thread there is. Django
asks the hasher wherever a password is checked or set, so that no place can forget the bound.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection

from igny8_core.kit.errors import Unavailable
from igny8_core.kit.threads import stepped_aside

MAX_WAITING = 32
"""How many requests of a process wait at most: each is a thread, and half a second later the next would be answered."""
MAX_WAITING_IN_TRANSACTIONS = 3
"""Who waits inside a transaction keeps a connection, and the pool has few."""
WAIT_SECONDS = 10
RETRY_AFTER_SECONDS = 2


class BoundedArgon2(Argon2PasswordHasher):
    """Argon2id as OWASP's password storage cheat sheet has it: 19 MiB, two passes, one lane.

    Django's 100 MiB in eight lanes would double a web process, and take eight processors for one sign-in.
    """

    time_cost, memory_cost, parallelism = 2, 19 * 1024, 1

    def encode(self, password: str, salt: str) -> str:
        """The hash; raises `Unavailable` where too many wait."""
        with _turns.one():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the hash is the password's; raises `Unavailable` where too many wait."""
        with _turns.one():
            return super().verify(password, encoded)


class Turns:
    """One works in a process, and half as many as there are processors on the machine; a few wait."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._counts = threading.Lock()
        self._waiting = {False: 0, True: 0}
        self._most = {False: MAX_WAITING, True: MAX_WAITING_IN_TRANSACTIONS}

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for the turn; raises `Unavailable` when too many do already, or when it does not come."""
        in_transaction = connection.in_atomic_block
        with self._among_those_waiting(in_transaction=in_transaction):
            if not in_transaction:
                connection.close()
            with stepped_aside():
                if not self._turn.acquire(timeout=WAIT_SECONDS):
                    raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS)
                try:
                    with _one_of_the_machine():
                        yield
                finally:
                    self._turn.release()

    @contextmanager
    def _among_those_waiting(self, *, in_transaction: bool) -> Iterator[None]:
        with self._counts:
            if self._waiting[in_transaction] >= self._most[in_transaction]:
                raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS)
            self._waiting[in_transaction] += 1
        try:
            yield
        finally:
            with self._counts:
                self._waiting[in_transaction] -= 1


@contextmanager
def _one_of_the_machine() -> Iterator[None]:
    """Hold one of the files of which there are half as many as processors; the system frees a dead process's."""
    slot = os.getpid() % max(1, (os.cpu_count() or 1) // 2)
    path = settings.ENV.data_dir / f"hashing-{slot}.lock"
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


_turns = Turns()
