"""kit/ids.py: ids that sort by their making."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122, UUID

import pytest
from igny8_core.kit.ids import uuid7


def test_version_variant_and_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, RFC_4122)
    assert before <= made.int >> 80 <= after + 1


def test_ids_of_one_process_rise() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert [str(one) for one in made] == sorted(str(one) for one in made)


def test_ids_rise_while_the_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    last = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000)
    made = [last, *(uuid7() for _ in range(5_000))]
    assert made == sorted(set(made))


def test_threads_never_share_an_id() -> None:
    def several(_: int) -> list[UUID]:
        return [uuid7() for _ in range(2_000)]

    with ThreadPoolExecutor(4) as pool:
        made = [one for batch in pool.map(several, range(4)) for one in batch]
    assert len(set(made)) == len(made)
