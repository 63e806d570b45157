"""domain/invoice_states.py: the whole table, and when an invoice is late."""

from datetime import date

import pytest
from igny8_core.business.billing.domain.errors import InvalidTransition
from igny8_core.business.billing.domain.invoice_states import (
    InvoiceStatus,
    ensure_invoice_transition,
    is_overdue,
)

# The columns stand in the order of the rows.
TABLE = {
    "draft": ". y . y .",
    "pending": ". . y y y",
    "paid": ". y . . .",
    "void": ". . . . .",
    "uncollectible": ". . . . .",
}
CELLS = [
    (current, target, cell) for current, row in TABLE.items() for target, cell in zip(TABLE, row.split(), strict=True)
]
DUE = date(2025, 3, 31)


@pytest.mark.parametrize(("current", "target", "cell"), CELLS)
def test_every_step(current: str, target: str, cell: str) -> None:
    if cell == "y":
        ensure_invoice_transition(InvoiceStatus(current), InvoiceStatus(target))
        return
    with pytest.raises(InvalidTransition):
        ensure_invoice_transition(InvoiceStatus(current), InvoiceStatus(target))


def test_the_table_is_whole() -> None:
    assert [status.value for status in InvoiceStatus] == list(TABLE)


def test_late_is_the_day_after_and_only_while_pending() -> None:
    after = date(2025, 4, 1)
    assert not is_overdue(due_date=DUE, today=DUE, status=InvoiceStatus.PENDING)
    assert not is_overdue(due_date=None, today=after, status=InvoiceStatus.PENDING)
    late = [status for status in InvoiceStatus if is_overdue(due_date=DUE, today=after, status=status)]
    assert late == [InvoiceStatus.PENDING]
