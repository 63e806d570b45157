"""domain/invoice_lines.py: what a line comes to."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from igny8_core.business.billing.domain.invoice_lines import LineAmounts, LineKind, line_amounts
from igny8_core.kit.errors import ValidationError
from igny8_core.kit.money import MAX_AMOUNT_MINOR


@pytest.mark.parametrize(
    ("quantity", "unit", "rate", "expected"),
    [
        (1, 450_000, None, (450_000, 0)),
        (3, 1_000, "20", (3_000, 600)),
        (1, 250, "1", (250, 3)),
        (1, 249, "1", (249, 2)),
        (5, 50, "1", (250, 3)),
        (1, 999, "0", (999, 0)),
        (2, 0, "20", (0, 0)),
        (1, MAX_AMOUNT_MINOR, None, (MAX_AMOUNT_MINOR, 0)),
    ],
)
def test_lines(quantity: int, unit: int, rate: str | None, expected: tuple[int, int]) -> None:
    tax_rate = None if rate is None else Decimal(rate)
    made = line_amounts(quantity=quantity, unit_amount_minor=unit, tax_rate=tax_rate)
    assert made == LineAmounts(*expected)


@pytest.mark.parametrize(
    ("quantity", "unit", "rate", "field"),
    [
        (0, 1, None, "quantity"),
        (1, -1, None, "unit_amount"),
        (1, 1, "-1", "tax_rate"),
        (1, 1, "100.01", "tax_rate"),
        (1, 1, "NaN", "tax_rate"),
        (2, MAX_AMOUNT_MINOR, None, "unit_amount"),
        (1, MAX_AMOUNT_MINOR, "1", "unit_amount"),
    ],
)
def test_refused_lines(quantity: int, unit: int, rate: str | None, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        line_amounts(quantity=quantity, unit_amount_minor=unit, tax_rate=None if rate is None else Decimal(rate))
    assert list(caught.value.fields) == [field]


@given(st.integers(1, 1_000), st.integers(0, 10**9), st.decimals(0, 100, places=2))
def test_tax_is_the_nearest_unit(quantity: int, unit: int, rate: Decimal) -> None:
    made = line_amounts(quantity=quantity, unit_amount_minor=unit, tax_rate=rate)
    exact = Decimal(made.amount_minor) * rate / 100
    assert made.amount_minor == quantity * unit
    assert -Decimal("0.5") < made.tax_minor - exact <= Decimal("0.5")


def test_kinds() -> None:
    assert list(LineKind) == ["subscription", "credit_package", "addon", "custom"]
