"""The facts on an invoice, a receipt and a letter about a payment, independent of language and layout. Pure.

Amounts are in minor units; days are in the account's time zone.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from igny8_core.seller import Party


@dataclass(frozen=True, slots=True)
class Parties:
    """Seller and buyer; an invoice keeps them as they were when it was finalised."""

    seller: Party
    buyer: Party


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `amount_minor` is without tax, `tax_rate` in percent, None if no tax was given."""

    description: str
    quantity: int
    unit_minor: int
    amount_minor: int
    tax_minor: int
    tax_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class WayToPay:
    """How the rest can be paid: completed instructions by field, and the text of a QR code."""

    name: str
    instructions: dict[str, str]
    qr: str | None


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An invoice in its current state."""

    id: UUID
    account_id: UUID
    changed_at: datetime
    number: str
    reference: str
    status: str
    currency: str
    issued_on: date
    due_on: date | None
    paid_on: date | None
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    total_minor: int
    tax_minor: int
    settled_minor: int
    ways_to_pay: tuple[WayToPay, ...] = field(default=())

    @property
    def due_minor(self) -> int:
        """What is left to pay; zero for an invoice that no longer accepts payments."""
        return self.total_minor - self.settled_minor if self.status == "pending" else 0


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The lines with one tax rate, added up."""

    rate: Decimal
    base_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Applied:
    """What a payment has settled on an invoice; the bank kept `charges_minor` of it."""

    invoice_number: str
    amount_minor: int
    charges_minor: int


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """A payment as described to its account; `invoice_due_minor` is what is currently left to pay of its invoice.

    `kept_minor` is what of it has settled nothing and is the account's balance.
    """

    id: UUID
    account_id: UUID
    status: str
    currency: str
    method: str
    reference: str
    amount_minor: int
    received_minor: int | None
    failure_reason: str
    invoice_id: UUID | None
    invoice_number: str
    invoice_due_minor: int
    kept_minor: int


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """A payment that succeeded, whether or not it was refunded later."""

    account_id: UUID
    changed_at: datetime
    number: str
    method: str
    reference: str
    currency: str
    received_minor: int
    refunded_minor: int
    received_on: date
    seller: Party
    buyer: Party
    applied: tuple[Applied, ...]


def tax_groups(lines: tuple[Line, ...]) -> list[TaxGroup]:
    """Base and tax by rate, the highest rate first; lines without a rate count as zero."""
    groups: dict[Decimal, tuple[int, int]] = {}
    for line in lines:
        rate = (line.tax_rate or Decimal(0)).normalize()
        base, tax = groups.get(rate, (0, 0))
        groups[rate] = (base + line.amount_minor, tax + line.tax_minor)
    return [TaxGroup(rate, *groups[rate]) for rate in sorted(groups, reverse=True)]
