"""domain/payment_states.py against the whole table of the contract, written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from igny8_core.business.billing.domain.errors import InvalidTransition
from igny8_core.business.billing.domain.methods import MANUAL, PaymentMethod
from igny8_core.business.billing.domain.payment_states import (
    LIVE,
    OPEN,
    PaymentStatus,
    ensure_transition,
    parse_status_filter,
    timestamp_columns,
)
from igny8_core.kit.errors import ValidationError

# The columns stand in the order of the rows; "y" yes, "." no, "r" only as a reversal.
TABLE = {
    "pending": ". y y y y . y",
    "pending_approval": ". . y y y . y",
    "processing": ". . . y y . y",
    "succeeded": ". . . . r y .",
    "failed": ". . . . . . .",
    "refunded": ". . . r . . .",
    "cancelled": ". . . . . . .",
}
CELLS = [
    (current, target, cell) for current, row in TABLE.items() for target, cell in zip(TABLE, row.split(), strict=True)
]


def test_the_table_is_whole() -> None:
    assert [status.value for status in PaymentStatus] == list(TABLE)
    assert len(CELLS) == 49


@pytest.mark.parametrize("reversal", [False, True])
@pytest.mark.parametrize(("current", "target", "cell"), CELLS)
def test_every_step(current: str, target: str, cell: str, *, reversal: bool) -> None:
    if cell == ("r" if reversal else "y"):
        ensure_transition(PaymentStatus(current), PaymentStatus(target), reversal=reversal)
        return
    with pytest.raises(InvalidTransition) as caught:
        ensure_transition(PaymentStatus(current), PaymentStatus(target), reversal=reversal)
    assert caught.value.data == {"from": current, "to": target}
    assert caught.value.code == "invalid_transition"


def test_groups() -> None:
    assert set(OPEN) == {"pending", "pending_approval", "processing"}
    assert set(LIVE) == {"pending", "pending_approval", "processing", "succeeded"}
    assert set(MANUAL) == {PaymentMethod.BANK_TRANSFER, PaymentMethod.LOCAL_WALLET}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("failed", ("failed",)),
        ("completed,failed", ("succeeded", "failed")),
        ("completed, succeeded", ("succeeded",)),
        ("cancelled,pending", ("cancelled", "pending")),
    ],
)
def test_status_filters(text: str, expected: tuple[str, ...]) -> None:
    assert parse_status_filter(text) == expected


@pytest.mark.parametrize("text", ["", ",", "failed,", "FAILED", "paid", "failed;pending", "failed,nope"])
def test_unknown_status_filters(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_status_filter(text)
    assert list(caught.value.fields) == ["status"]


@given(st.lists(st.sampled_from(PaymentStatus), min_size=1))
def test_a_filter_names_each_status_once(statuses: list[PaymentStatus]) -> None:
    assert parse_status_filter(",".join(statuses)) == tuple(dict.fromkeys(statuses))


def test_timestamp_columns() -> None:
    assert {status.value: timestamp_columns(status) for status in PaymentStatus} == {
        "pending": (),
        "pending_approval": ("submitted_at",),
        "processing": (),
        "succeeded": ("approved_at", "processed_at"),
        "failed": ("failed_at",),
        "refunded": ("refunded_at",),
        "cancelled": ("cancelled_at",),
    }
