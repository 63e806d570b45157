"""domain/allocation.py: a payment never passes what is left."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from igny8_core.business.billing.domain.allocation import Claim, Share, decide_amount, split
from igny8_core.business.billing.domain.errors import AmountExceedsDue
from igny8_core.kit.errors import ErrorKind, ValidationError

minor = st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("settled", "submitted", "requested", "expected"),
    [(0, 0, None, 1_000), (300, 200, None, 500), (300, 200, 500, 500), (300, 200, 1, 1)],
)
def test_amounts(settled: int, submitted: int, requested: int | None, expected: int) -> None:
    made = decide_amount(total_minor=1_000, settled_minor=settled, open_minor=submitted, requested_minor=requested)
    assert made == expected


@pytest.mark.parametrize(
    ("settled", "submitted", "requested"),
    [(1_000, 0, None), (0, 1_000, None), (600, 400, 1), (600, 500, None), (0, 0, 1_001), (300, 200, 501)],
)
def test_more_than_is_left(settled: int, submitted: int, requested: int | None) -> None:
    with pytest.raises(AmountExceedsDue) as caught:
        decide_amount(total_minor=1_000, settled_minor=settled, open_minor=submitted, requested_minor=requested)
    assert (caught.value.kind, caught.value.code) == (ErrorKind.CONFLICT, "amount_exceeds_due")


@pytest.mark.parametrize("requested", [0, -1])
def test_amounts_above_zero_only(requested: int) -> None:
    with pytest.raises(ValidationError) as refused:
        decide_amount(total_minor=10, settled_minor=0, open_minor=0, requested_minor=requested)
    assert list(refused.value.fields) == ["amount"]


@given(minor, minor, minor, st.none() | st.integers(1, 10**6))
def test_the_sum_never_passes_the_total(total: int, settled: int, submitted: int, requested: int | None) -> None:
    try:
        made = decide_amount(total_minor=total, settled_minor=settled, open_minor=submitted, requested_minor=requested)
    except AmountExceedsDue:
        assert settled + submitted + (requested or 1) > total
        return
    assert 0 < made <= total - settled - submitted


def test_a_rest_is_bank_charges_only_where_the_money_was_used_up() -> None:
    """Whoever sent enough for the rest was not charged for the transfer: the rest stays due, the money is left over."""
    claim = Claim(uuid.UUID(int=1), due_minor=500, wanted_minor=499)
    enough = split(received_minor=1000, claims=[claim], tolerance_minor=1)
    assert (enough.shares, enough.excess_minor) == ((Share(claim.invoice_id, 499, 0),), 501)
    short = split(received_minor=499, claims=[claim], tolerance_minor=1)
    assert (short.shares, short.excess_minor) == ((Share(claim.invoice_id, 500, 1),), 0)


def test_the_last_unit_can_be_paid() -> None:
    assert decide_amount(total_minor=10, settled_minor=9, open_minor=0, requested_minor=None) == 1
    assert decide_amount(total_minor=10, settled_minor=0, open_minor=9, requested_minor=1) == 1


def test_nothing_is_written_off_unless_a_tolerance_is_given() -> None:
    claim = Claim(uuid.UUID(int=1), due_minor=500)
    assert split(received_minor=499, claims=[claim]).shares == (Share(claim.invoice_id, 499, 0),)
