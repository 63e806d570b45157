"""What follows from a gateway's word, and when it is asked again."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from igny8_core.business.billing.domain.gateway_states import (
    UNDECIDED,
    Expected,
    GatewayStatus,
    Move,
    State,
    difference,
    move,
    next_ask,
)
from igny8_core.business.billing.domain.payment_states import TRANSITIONS, PaymentStatus
from igny8_core.business.billing.domain.return_addresses import ensure_return_address
from igny8_core.kit.errors import ValidationError

BEGUN = datetime(2026, 11, 26, 12, tzinfo=UTC)
EXPIRES = BEGUN + timedelta(hours=1)
BECOMES = {
    Move.SETTLE: PaymentStatus.SUCCEEDED,
    Move.FAIL: PaymentStatus.FAILED,
    Move.CLOSE: PaymentStatus.CANCELLED,
    Move.WAIT: PaymentStatus.PROCESSING,
}


def test_every_move_is_allowed_and_nothing_decided_is_decided_again() -> None:
    moves = {(status, word): move(status, word) for status, word in product(PaymentStatus, GatewayStatus)}
    for (status, word), step in moves.items():
        if step is Move.STAY:
            assert status not in UNDECIDED or word in (GatewayStatus.OPEN, GatewayStatus.PROCESSING)
        else:
            assert status in UNDECIDED
            assert BECOMES[step] in TRANSITIONS[status]
    assert moves[PaymentStatus.PENDING, GatewayStatus.PAID] is Move.SETTLE
    assert moves[PaymentStatus.PROCESSING, GatewayStatus.PROCESSING] is Move.STAY


def test_an_answer_that_differs_is_told_how() -> None:
    expected = Expected(reference="p", amount_minor=100, currency="PKR", live=False)
    same = {"reference": "p", "amount_minor": 100, "currency": "PKR", "live": False}
    assert difference(State(status=GatewayStatus.PAID, **same), expected) == ""
    for change in ({"reference": "q"}, {"amount_minor": 99}, {"currency": "USD"}, {"live": True}):
        assert difference(State(status=GatewayStatus.PAID, **{**same, **change}), expected)


def test_the_waits_double_and_end() -> None:
    def waits(asks: int, *, after: timedelta, answered: GatewayStatus | None = None) -> timedelta | None:
        now = BEGUN + after
        again = next_ask(now=now, begun_at=BEGUN, expires_at=EXPIRES, asks=asks, answered=answered)
        return None if again is None else again - now

    minute, day = timedelta(minutes=1), timedelta(days=1)
    found = [waits(asks, after=minute) for asks in (0, 1, 2, 9, 500)]
    assert [wait and wait.total_seconds() for wait in found] == [15, 30, 60, 3600, 3600]
    assert waits(9, after=3 * day) == timedelta(hours=1)
    assert waits(9, after=3 * day + timedelta(seconds=1)) is None
    assert waits(9, after=4 * day) is None
    assert waits(20, after=30 * day, answered=GatewayStatus.PROCESSING) == timedelta(hours=6)
    assert waits(20, after=4 * day, answered=GatewayStatus.PROCESSING) == timedelta(hours=6)
    assert waits(20, after=31 * day, answered=GatewayStatus.PROCESSING) is None
    assert waits(0, after=minute, answered=GatewayStatus.OPEN) == timedelta(minutes=61)
    # At its expiry a checkout is not left alone any longer: nobody can pay there.
    assert waits(0, after=EXPIRES - BEGUN, answered=GatewayStatus.OPEN) == timedelta(seconds=15)
    assert waits(0, after=2 * timedelta(hours=1), answered=GatewayStatus.OPEN) == timedelta(seconds=15)


@pytest.mark.parametrize(
    "text",
    [
        "https://a.test",
        "https://a.test/",
        "https://A.test/x?y=1&z=%20",
        "https://b.test:8443/x",
        "http://localhost:3000/",
    ],
)
def test_addresses_to_come_back_to(text: str) -> None:
    hosts = {"a.test", "b.test:8443", "localhost:3000"}
    assert ensure_return_address(text, hosts=hosts, field="success_url") is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    "text",
    [
        *("", "a.test", "//a.test/", "ftp://a.test/", "http://a.test/", "https://a.test.evil/", "https://evil/?a.test"),
        *("https://a.test:8443/", "https://u@a.test/", "https://a.test\\@evil/", "https://evil#@a.test/"),
        *("https://a.test/\n", "https://a.test/ x", "https://a.test/{x}", "https://a.test/é", "https:a.test"),
    ],
)
def test_addresses_nobody_is_sent_back_to(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ensure_return_address(text, hosts={"a.test"}, field="success_url")
    assert list(refused.value.fields) == ["success_url"]
