"""Reads of refunds, and how one looks to operators."""

from typing import Any

from django.db.models import QuerySet

from igny8_core.business.billing.models import Refund
from igny8_core.kit.money import format_amount
from igny8_core.kit.sealing import unseal


def refunds_across_accounts() -> QuerySet[Refund]:
    """Every refund, for operators."""
    return Refund.objects.across_accounts()


def refund_document(refund: Refund) -> dict[str, Any]:
    """A refund as answered; of the beneficiary's account only the last four characters."""
    currency = refund.currency
    return {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "account_id": refund.account_id,
        "amount": format_amount(refund.amount_minor, currency),
        "from_balance": format_amount(refund.from_balance_minor, currency),
        "currency": currency,
        "destination": refund.destination,
        "status": refund.status,
        "reason": refund.reason,
        "parts": [
            {
                "invoice_id": part["invoice_id"],
                "amount": format_amount(part["amount_minor"], currency),
                "credits": part["credits"],
            }
            for part in refund.parts
        ],
        "beneficiary": _masked(refund),
        "created_at": refund.created_at,
        "completed_at": refund.completed_at,
        "cancelled_at": refund.cancelled_at,
    }


def _masked(refund: Refund) -> str | None:
    if not refund.beneficiary_sealed:
        return None
    beneficiary = unseal(refund.beneficiary_sealed)
    return f"{beneficiary['name']}, account ending {beneficiary['iban'][-4:]}"
