"""Few passwords are hashed at once; who waits for it keeps neither a request's thread nor a connection.

A hash is dear on purpose: unbounded, a storm of wrong sign-ins takes every processor and every thread there is. Django
asks the hasher wherever a password is checked or set, so that no place can forget the bound.
"""

import fcntl
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
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
NICENESS = 5
"""A quarter of a processor's time beside a request that wants it all (sched(7)), all of it otherwise."""


class BoundedArgon2(Argon2PasswordHasher):
    """Argon2id as OWASP's password storage cheat sheet has it: 19 MiB, two passes, one lane.

    Django's 100 MiB in eight lanes would double a web process, and take eight processors for one sign-in.
    """

    time_cost, memory_cost, parallelism = 2, 19 * 1024, 1

    def encode(self, password: str, salt: str) -> str:
        """The hash; raises `Unavailable` where too many wait."""
        encode = super().encode
        return _turns.run(lambda: encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the hash is the password's; raises `Unavailable` where too many wait."""
        verify = super().verify
        return _turns.run(lambda: verify(password, encoded))


class Turns:
    """One works in a process, and half as many as there are processors on the machine; a few wait."""

    def __init__(self) -> None:
        self._hashing = ThreadPoolExecutor(1, thread_name_prefix="hashing", initializer=_give_way)
        self._counts = threading.Lock()
        self._waiting = {False: 0, True: 0}
        self._most = {False: MAX_WAITING, True: MAX_WAITING_IN_TRANSACTIONS}

    def run[T](self, work: Callable[[], T]) -> T:
        """What the work gives; raises `Unavailable` when too many wait already, or when the turn does not come."""
        in_transaction = connection.in_atomic_block
        with self._among_those_waiting(in_transaction=in_transaction):
            if not in_transaction:
                connection.close()
            turn = self._hashing.submit(_as_one_of_the_machine, work)
            with stepped_aside():
                done, _ = wait([turn], timeout=WAIT_SECONDS)
            if not done:
                turn.cancel()
                raise Unavailable(retry_after_seconds=RETRY_AFTER_SECONDS)
            return turn.result()

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


def _give_way() -> None:
    """Let the threads that answer requests go first.

    A hash keeps a processor for 40 ms at a stretch, and a request needs one for a tenth of a millisecond at a time:
    at the same priority, 50 wrong sign-ins made lists two to five times as slow. Linux alone gives a thread a priority.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, min(19, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS))


def _as_one_of_the_machine[T](work: Callable[[], T]) -> T:
    """Work holding one of as many files as half the processors; the system frees a dead process's."""
    slot = os.getpid() % max(1, (os.cpu_count() or 1) // 2)
    path = settings.ENV.data_dir / f"hashing-{slot}.lock"
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return work()
    finally:
        os.close(descriptor)


_turns = Turns()
