"""domain/availability.py: a country's own rows win, limits are included, the order is stable."""

from dataclasses import replace
from uuid import UUID

import pytest
from igny8_core.business.billing.domain.availability import MethodConfig, available
from igny8_core.business.billing.domain.methods import ONLINE, PaymentMethod

BANK = MethodConfig(
    id=UUID(int=1),
    payment_method=PaymentMethod.BANK_TRANSFER,
    country="PK",
    currency="PKR",
    display_name="Bank",
    instructions={},
    min_amount_minor=None,
    max_amount_minor=None,
    tolerance_minor=0,
    requires_proof=False,
    enabled=True,
    sort_order=10,
)
WALLET = replace(BANK, id=UUID(int=2), payment_method=PaymentMethod.LOCAL_WALLET, display_name="JazzCash")
WIRE = replace(BANK, id=UUID(int=3), country="*", currency="USD", display_name="Wire")
GERMAN = replace(BANK, id=UUID(int=4), country="DE", currency="EUR")


def test_own_rows_hide_the_general_row_of_the_same_method() -> None:
    rows = [WIRE, WALLET, BANK, GERMAN]
    assert available(rows, country="PK", currency=None) == [BANK, WALLET]
    assert available(rows, country="PK", currency="USD") == []
    assert available([WIRE, WALLET], country="PK", currency=None) == [WIRE, WALLET]
    assert available(rows, country="JP", currency=None) == [WIRE]
    assert available(rows, country="JP", currency="EUR") == []


def test_a_disabled_own_row_hides_the_general_row_too() -> None:
    off = replace(BANK, enabled=False)
    assert available([off, WIRE], country="PK", currency=None) == []
    assert available([replace(WIRE, enabled=False)], country="PK", currency=None) == []


def test_order_is_sort_order_then_method_then_name() -> None:
    late = replace(BANK, sort_order=20, display_name="A")
    second = replace(WALLET, display_name="Easypaisa")
    rows = [late, WALLET, second, BANK]
    assert available(rows, country="PK", currency="PKR") == [BANK, second, WALLET, late]


@pytest.mark.parametrize(("amount", "taken"), [(None, True), (99, False), (100, True), (200, True), (201, False)])
def test_limits_are_included(amount: int | None, taken: bool) -> None:
    row = replace(BANK, min_amount_minor=100, max_amount_minor=200)
    assert bool(available([row], country="PK", currency="PKR", amount_minor=amount)) is taken


@pytest.mark.parametrize(("limits", "takes"), [((None, 200), [1, 100, 200]), ((100, None), [100, 200, 201])])
def test_each_limit_counts_alone(limits: tuple[int | None, int | None], takes: list[int]) -> None:
    row = replace(BANK, min_amount_minor=limits[0], max_amount_minor=limits[1])
    amounts = [1, 100, 200, 201]
    assert [n for n in amounts if available([row], country="PK", currency="PKR", amount_minor=n)] == takes


def test_the_methods_that_a_gateway_stands_for() -> None:
    assert ONLINE == (PaymentMethod.STRIPE, PaymentMethod.PAYPAL)
