"""The statuses of an invoice and their transitions. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from igny8_core.business.billing.domain.errors import InvalidTransition


class InvoiceStatus(StrEnum):
    """Where an invoice stands; the values are stored and appear in the API."""

    DRAFT = "draft"
    PENDING = "pending"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


_I = InvoiceStatus

INVOICE_TRANSITIONS: Mapping[InvoiceStatus, frozenset[InvoiceStatus]] = {
    _I.DRAFT: frozenset({_I.PENDING, _I.VOID}),
    _I.PENDING: frozenset({_I.PAID, _I.VOID, _I.UNCOLLECTIBLE}),
    # Only a bounced transfer takes the money of a paid invoice away again; a refund never reopens it.
    _I.PAID: frozenset({_I.PENDING}),
    _I.VOID: frozenset(),
    # Money that arrives after the write-off goes to the account's balance.
    _I.UNCOLLECTIBLE: frozenset(),
}
"""What each status may become."""


def ensure_invoice_transition(current: InvoiceStatus, target: InvoiceStatus) -> None:
    """Refuse a step the table does not hold; raises InvalidTransition."""
    if target not in INVOICE_TRANSITIONS[current]:
        raise InvalidTransition(
            f"An invoice that is {current.value} cannot become {target.value}.",
            data={"from": current.value, "to": target.value},
        )


def is_overdue(*, due_date: date | None, today: date, status: InvoiceStatus) -> bool:
    """Whether the invoice waits for money after its due date (on that day it is still in time)."""
    return status is InvoiceStatus.PENDING and due_date is not None and due_date < today
