"""The statuses of an invoice and their transitions. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from igny8_core.business.billing.domain.errors import InvalidTransition


class InvoiceStatus(StrEnum):
    """Status of an invoice; the values are stored and appear in the API."""

    DRAFT = "draft"
    PENDING = "pending"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


_I = InvoiceStatus

INVOICE_TRANSITIONS: Mapping[InvoiceStatus, frozenset[InvoiceStatus]] = {
    _I.DRAFT: frozenset({_I.PENDING, _I.VOID}),
    _I.PENDING: frozenset({_I.PAID, _I.VOID, _I.UNCOLLECTIBLE}),
    # Only a bounced transfer reopens a paid invoice; a refund never does.
    _I.PAID: frozenset({_I.PENDING}),
    _I.VOID: frozenset(),
    # Money that arrives after the write-off goes to the account's balance.
    _I.UNCOLLECTIBLE: frozenset(),
}
"""The allowed transitions."""


def ensure_invoice_transition(current: InvoiceStatus, target: InvoiceStatus) -> None:
    """Refuse a transition that is not in the table; raises InvalidTransition."""
    if target not in INVOICE_TRANSITIONS[current]:
        raise InvalidTransition(
            f"An invoice that is {current.value} cannot become {target.value}.",
            data={"from": current.value, "to": target.value},
        )


def is_overdue(*, due_date: date | None, today: date, status: InvoiceStatus) -> bool:
    """Whether the invoice is unpaid after its due date (on the due date itself it is not)."""
    return status is InvoiceStatus.PENDING and due_date is not None and due_date < today
