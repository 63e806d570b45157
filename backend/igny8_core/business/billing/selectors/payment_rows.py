"""How a payment looks outside, from a database row to the contract's fields. On the hot path: no ORM, no serializer."""

from typing import Any

from igny8_core.kit.money import format_amount

COLUMNS = """p.sequence, p.amount_minor, p.currency, p.amount_received_minor, p.amount_refunded_minor,
 p.id, p.invoice_id, i.number, i.status, p.payment_method, p.status, p.transaction_reference, p.failure_reason,
 p.notes, p.duplicate_reference, p.paid_on, p.created_at, p.updated_at, p.submitted_at, p.approved_at,
 p.processed_at, p.failed_at, p.refunded_at, p.cancelled_at"""
JOIN = "billing_payment p LEFT JOIN billing_invoice i ON i.account_id = p.account_id AND i.id = p.invoice_id"


def document(row: tuple[Any, ...]) -> dict[str, Any]:
    """A row of `COLUMNS` as the contract's payment."""
    (
        _sequence, amount, currency, received, refunded, payment_id, invoice_id, number, invoice_status, method,
        status, reference, failure_reason, notes, duplicate, paid_on, created_at, updated_at, submitted_at,
        approved_at, processed_at, failed_at, refunded_at, cancelled_at,
    ) = row  # fmt: skip
    return {
        "id": payment_id,
        "invoice": invoice_id and {"id": invoice_id, "number": number, "status": invoice_status},
        "invoice_id": invoice_id,
        "amount": format_amount(amount, currency),
        "currency": currency,
        "amount_received": None if received is None else format_amount(received, currency),
        "amount_refunded": format_amount(refunded, currency),
        "payment_method": method,
        "status": status,
        "transaction_reference": reference,
        "failure_reason": failure_reason,
        "notes": notes,
        "duplicate_reference": duplicate,
        "paid_on": paid_on,
        "created_at": created_at,
        "updated_at": updated_at,
        "submitted_at": submitted_at,
        "approved_at": approved_at,
        "processed_at": processed_at,
        "failed_at": failed_at,
        "refunded_at": refunded_at,
        "cancelled_at": cancelled_at,
    }
