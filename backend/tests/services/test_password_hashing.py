"""How dear a password is, and that few are hashed at once."""

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

    def work() -> None:
        nonlocal inside, most
        barrier.wait()
        with turns.one():
            with lock:
                inside += 1
                most = max(most, inside)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(16) as pool:
        for each in [pool.submit(work) for _ in range(16)]:
            each.result()
    assert (inside, most) == (0, 1)


def test_who_comes_when_too_many_wait_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashers, "MAX_WAITING", 1)
    turns = Turns()
    began, release = threading.Event(), threading.Event()

    def hold() -> None:
        with turns.one():
            began.set()
            release.wait()

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        began.wait()
        try:
            with pytest.raises(Unavailable) as refused, turns.one():
                pass
        finally:
            release.set()
        holder.result()
    assert refused.value.retry_after_seconds == 2
