"""kit/clock.py: whose time it is."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from igny8_core.kit import clock

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def test_outside_it_is_the_systems_time() -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().utcoffset() == timedelta(0)


def test_an_injected_instant_holds_inside_the_block_and_nests() -> None:
    with clock.use(NOON):
        assert clock.now() == NOON
        with clock.use(LATER):
            assert clock.now() == LATER
        assert clock.now() == NOON
    assert clock.now() > LATER


def test_an_instant_needs_a_time_zone_and_becomes_utc() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.use(NOON.replace(tzinfo=None)):
        pass
    with clock.use(NOON.astimezone(timezone(timedelta(hours=5)))):
        assert clock.now() == NOON
        assert clock.now().tzinfo is UTC


def test_a_unit_of_work_stands_still_and_an_injected_instant_wins() -> None:
    with clock.unit_of_work(NOON):
        assert clock.now() == clock.now() == NOON
        with clock.use(LATER):
            assert clock.now() == LATER
    with clock.use(LATER), clock.unit_of_work(NOON):
        assert clock.now() == LATER


def test_an_error_puts_the_time_back() -> None:
    with pytest.raises(RuntimeError), clock.use(NOON), clock.unit_of_work(NOON):
        raise RuntimeError
    assert clock.now() > LATER
