"""How dear a password is, and that few are hashed at once."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from igny8_core.accounts import hashers
from igny8_core.accounts.hashers import BoundedArgon2, Turns
from igny8_core.kit.errors import Unavailable


def test_the_cost_is_what_owasp_asks_for() -> None:
    hasher = BoundedArgon2()
    encoded = hasher.encode("correct horse battery", hasher.salt())
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert hasher.verify("correct horse battery", encoded)
    assert not hasher.verify("another horse battery", encoded)
    assert not hasher.must_update(encoded)


def test_one_hashes_at_a_time() -> None:
    turns, lock, inside, most = Turns(), threading.Lock(), 0, 0
    barrier = threading.Barrier(16)

    def count() -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        with lock:
            inside -= 1

    def work() -> None:
        barrier.wait()
        turns.run(count)

    with ThreadPoolExecutor(16) as pool:
        for each in [pool.submit(work) for _ in range(16)]:
            each.result()
    assert (inside, most) == (0, 1)


def test_who_comes_when_too_many_wait_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashers, "MAX_WAITING", 1)
    turns = Turns()
    began, release = threading.Event(), threading.Event()

    def hold() -> None:
        turns.run(lambda: (began.set(), release.wait()))

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        began.wait()
        try:
            with pytest.raises(Unavailable) as refused:
                turns.run(lambda: None)
        finally:
            release.set()
        holder.result()
    assert refused.value.retry_after_seconds == 2


def test_who_waits_too_long_is_asked_to_come_again_and_is_not_hashed_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashers, "WAIT_SECONDS", 0.05)
    turns = Turns()
    began, release, hashed_late = threading.Event(), threading.Event(), threading.Event()

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(lambda: turns.run(lambda: (began.set(), release.wait())))
        began.wait()
        try:
            with pytest.raises(Unavailable):
                turns.run(hashed_late.set)
        finally:
            release.set()
        with pytest.raises(Unavailable):
            holder.result()
    turns.run(lambda: None)
    assert not hashed_late.is_set()


@pytest.mark.skipif(sys.platform != "linux", reason="no other system gives a thread a priority of its own")
def test_hashing_gives_way_to_requests() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    hashing = Turns().run(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
    assert hashing > before
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
