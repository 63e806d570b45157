"""domain/allocation.py: a payment never passes what is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from igny8_core.business.billing.domain.allocation import decide_amount
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
    with pytest.raises(ValidationError):
        decide_amount(total_minor=10, settled_minor=0, open_minor=0, requested_minor=requested)


@given(minor, minor, minor, st.none() | st.integers(1, 10**6))
def test_the_sum_never_passes_the_total(total: int, settled: int, submitted: int, requested: int | None) -> None:
    try:
        made = decide_amount(total_minor=total, settled_minor=settled, open_minor=submitted, requested_minor=requested)
    except AmountExceedsDue:
        assert settled + submitted + (requested or 1) > total
        return
    assert 0 < made <= total - settled - submitted
