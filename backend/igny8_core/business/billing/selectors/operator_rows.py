"""What operators see of a payment beyond what its account sees: who approved it, who has to, what it settled."""

import json
from datetime import datetime
from typing import Any

from igny8_core.business.billing.domain.approvals import approvals_needed
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.kit import clock
from igny8_core.kit.money import format_amount

OPERATOR_COLUMNS = """p.recorded_by_id, p.value_date,
 (SELECT l.amount_minor FROM billing_approvallimit l WHERE l.currency = p.currency),
 (SELECT jsonb_agg(jsonb_build_array(a.operator_id, a.created_at, a.amount_received_minor, a.note) ORDER BY a.id)
  FROM billing_approval a WHERE a.account_id = p.account_id AND a.payment_id = p.id)"""
SETTLED_COLUMN = """(SELECT jsonb_agg(jsonb_build_array(
   s.invoice_id, si.number, s.amount_minor, s.charges_minor, s.reversed_at) ORDER BY s.id)
  FROM billing_allocation s JOIN billing_invoice si ON si.account_id = s.account_id AND si.id = s.invoice_id
  WHERE s.account_id = p.account_id AND s.payment_id = p.id)"""
OPERATOR_NAMES = ("account_id", "duplicate_reference", "recorded_by", "value_date", "limit_minor", "given")
KEPT = frozenset({PaymentStatus.SUCCEEDED.value, PaymentStatus.REFUNDED.value})
WAITING = frozenset({PaymentStatus.PENDING_APPROVAL.value})


def operator_document(own: tuple[Any, ...], extra: dict[str, Any]) -> dict[str, Any]:
    """The operators' part of a payment; `own` is its row of `payment_rows.COLUMNS`."""
    _, amount_minor, currency, received_minor, *_ = own
    given = [_approval(one, currency) for one in _decoded(extra["given"])]
    largest = max(amount_minor, received_minor or 0, *(one[2] for one in _decoded(extra["given"])))
    status, submitted_at = own[10], own[18]
    return {
        "account_id": extra["account_id"],
        "duplicate_reference": extra["duplicate_reference"],
        "recorded_by": extra["recorded_by"],
        "value_date": extra["value_date"],
        "approvals": {
            "needed": approvals_needed(amount_minor=largest, limit_minor=extra["limit_minor"]),
            "given_by": given,
        },
        "waiting_seconds": _waited(submitted_at) if status in WAITING else None,
    }


def settlement_document(own: tuple[Any, ...], settled: Any) -> dict[str, Any]:
    """What a payment has settled, on which invoices, and what of it became the account's balance (null before).

    `settled` is what `SETTLED_COLUMN` holds.
    """
    currency, received_minor, status = own[2], own[3], own[10]
    rows = _decoded(settled)
    cash_minor = sum(amount_minor - charges_minor for _, _, amount_minor, charges_minor, _ in rows)
    return {
        "allocations": [
            {
                "invoice_id": invoice_id,
                "invoice_number": number,
                "amount": format_amount(amount_minor, currency),
                "bank_charges": format_amount(charges_minor, currency),
                "reversed_at": reversed_at and datetime.fromisoformat(reversed_at),
            }
            for invoice_id, number, amount_minor, charges_minor, reversed_at in rows
        ],
        "to_balance": format_amount(received_minor - cash_minor, currency) if status in KEPT else None,
    }


def _decoded(given: Any) -> list[Any]:
    if given is None:
        return []
    return list(json.loads(given) if isinstance(given, str) else given)


def _approval(one: list[Any], currency: str) -> dict[str, Any]:
    operator_id, at, amount_minor, note = one
    return {
        "operator_id": operator_id,
        "at": datetime.fromisoformat(at),
        "amount_received": format_amount(amount_minor, currency),
        "note": note,
    }


def _waited(since: datetime | None) -> int | None:
    return None if since is None else max(0, int((clock.now() - since).total_seconds()))
