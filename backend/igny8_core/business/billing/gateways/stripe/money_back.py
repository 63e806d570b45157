"""What a refund or a dispute of Stripe's says, in our words."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from igny8_core.business.billing.domain.gateway_states import Fee
from igny8_core.business.billing.domain.money_back import Disputed, DisputeStatus, Returned, ReturnStatus
from igny8_core.business.billing.gateways.stripe.amounts import from_wire

# What a person has to do at the payer's side (`requires_action`) is on its way for us.
STATUSES = {
    "pending": ReturnStatus.ON_ITS_WAY,
    "requires_action": ReturnStatus.ON_ITS_WAY,
    "succeeded": ReturnStatus.DONE,
    "failed": ReturnStatus.FAILED,
    "canceled": ReturnStatus.FAILED,
}


class _Named(Struct):
    refund: str = ""


class _Refund(Struct):
    id: str
    amount: int
    currency: str
    status: str
    metadata: _Named | None = None
    failure_reason: str | None = None


class _Booking(Struct):
    amount: int
    fee: int
    currency: str


class _Evidence(Struct):
    due_by: int | None = None


class _Dispute(Struct):
    id: str
    amount: int
    currency: str
    status: DisputeStatus
    balance_transactions: list[_Booking]
    is_charge_refundable: bool
    reason: str = ""
    evidence_details: _Evidence | None = None


def refund_of(document: object) -> Returned:
    """A refund. Raises `ValueError`, `LookupError` or `msgspec.ValidationError` for what is none."""
    refund = msgspec.convert(document, _Refund)
    currency = refund.currency.upper()
    return Returned(
        handle=refund.id,
        reference="" if refund.metadata is None else refund.metadata.refund,
        amount_minor=from_wire(refund.amount, currency),
        currency=currency,
        status=STATUSES[refund.status],
        reason=refund.failure_reason or "",
    )


def dispute_of(document: object) -> Disputed:
    """A dispute: its money was taken if more was withdrawn than came back. Raises as `refund_of` does.

    The fees are in the currency that the account is paid in, and the transactions' amounts, too.
    """
    dispute = msgspec.convert(document, _Dispute)
    currency, booked = dispute.currency.upper(), dispute.balance_transactions
    due_by = None if dispute.evidence_details is None else dispute.evidence_details.due_by
    return Disputed(
        handle=dispute.id,
        status=dispute.status,
        amount_minor=from_wire(dispute.amount, currency),
        currency=currency,
        is_taken=sum(one.amount for one in booked) < 0,
        refundable=dispute.is_charge_refundable,
        reason=dispute.reason,
        fee=_fee(booked),
        respond_by=None if due_by is None else datetime.fromtimestamp(due_by, UTC),
    )


def _fee(booked: Sequence[_Booking]) -> Fee | None:
    if not booked:
        return None
    (currency,) = {one.currency.upper() for one in booked}
    return Fee(from_wire(sum(one.fee for one in booked), currency), currency)
