"""A payment as read for answers and pages: one row, whose fields make the SELECT list. On the hot path: no ORM."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


class PaymentRow(NamedTuple):
    """A payment with details of its invoice; amounts in minor units. This is the only place that lists its columns."""

    id: UUID
    sequence: int
    account_id: UUID
    invoice_id: UUID | None
    invoice_number: str | None
    invoice_status: str | None
    amount_minor: int
    currency: str
    payment_method: str
    status: str
    transaction_reference: str
    notes: str
    duplicate_reference: bool
    paid_on: date | None
    created_at: datetime
    updated_at: datetime
    amount_received_minor: int | None = None
    amount_refunded_minor: int = 0
    failure_reason: str = ""
    submitted_at: datetime | None = None
    approved_at: datetime | None = None
    processed_at: datetime | None = None
    failed_at: datetime | None = None
    refunded_at: datetime | None = None
    cancelled_at: datetime | None = None


JOINED = {"invoice_number": "i.number", "invoice_status": "i.status"}
COLUMNS = ", ".join(JOINED.get(name, f"p.{name}") for name in PaymentRow._fields)
JOIN = "billing_payment p LEFT JOIN billing_invoice i ON i.account_id = p.account_id AND i.id = p.invoice_id"
