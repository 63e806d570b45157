"""What a refund or a dispute of PayPal's says, in our words."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from igny8_core.business.billing.domain.money_back import Disputed, DisputeStatus, Returned, ReturnStatus
from igny8_core.business.billing.gateways.paypal.amounts import Money

STATUSES = {
    "PENDING": ReturnStatus.ON_ITS_WAY,
    "COMPLETED": ReturnStatus.DONE,
    "FAILED": ReturnStatus.FAILED,
    "CANCELLED": ReturnStatus.FAILED,
}
WON = frozenset({"RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER", "RESOLVED_WITH_PAYOUT", "DENIED"})
"""The outcomes after which the money is ours; of a payout PayPal bears the loss."""


class _Reason(Struct):
    reason: str = ""


class Refund(Struct):
    """A refund, as far as we read it. Its invoice number is our refund's id, or the payment's if PayPal made it."""

    id: str
    status: str
    amount: Money
    invoice_id: str = ""
    custom_id: str = ""
    status_details: _Reason | None = None


class _Outcome(Struct):
    outcome_code: str = ""


class Dispute(Struct):
    """A dispute, as far as we read it."""

    dispute_id: str
    status: str
    dispute_amount: Money
    reason: str = ""
    dispute_life_cycle_stage: str = ""
    dispute_outcome: _Outcome | None = None
    seller_response_due_date: Annotated[datetime, Meta(tz=True)] | None = None


class InShort(Struct):
    """A dispute in a list: only its name is used."""

    dispute_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,100}$")]


class Disputes(Struct):
    """A list of disputes."""

    items: list[InShort] = []


def returned_of(refund: Refund) -> Returned:
    """A refund, also one that PayPal made by itself. Raises `ValueError` or `LookupError` for what is none."""
    return Returned(
        handle=refund.id,
        reference="" if refund.invoice_id == refund.custom_id else refund.invoice_id,
        amount_minor=refund.amount.minor(),
        currency=refund.amount.currency_code,
        status=STATUSES[refund.status],
        reason="" if refund.status_details is None else refund.status_details.reason[:80],
    )


def disputed_of(dispute: Dispute) -> Disputed:
    """A dispute. Raises `ValueError` for what is none.

    PayPal holds the money back meanwhile and takes it by a refund of its own when the dispute is lost. So none is taken
    by the dispute itself, or it would be booked twice.
    """
    return Disputed(
        handle=dispute.dispute_id,
        status=_status(dispute),
        amount_minor=dispute.dispute_amount.minor(),
        currency=dispute.dispute_amount.currency_code,
        is_taken=False,
        refundable=dispute.status != "RESOLVED" and dispute.dispute_life_cycle_stage == "INQUIRY",
        reason=dispute.reason[:80],
        respond_by=dispute.seller_response_due_date,
    )


def _status(dispute: Dispute) -> DisputeStatus:
    if dispute.status == "RESOLVED":
        outcome = "" if dispute.dispute_outcome is None else dispute.dispute_outcome.outcome_code
        return DisputeStatus.WON if outcome in WON else DisputeStatus.LOST
    needs_us = dispute.status in ("OPEN", "WAITING_FOR_SELLER_RESPONSE")
    if dispute.dispute_life_cycle_stage == "INQUIRY":
        return DisputeStatus.WARNING_NEEDS_RESPONSE if needs_us else DisputeStatus.WARNING_UNDER_REVIEW
    return DisputeStatus.NEEDS_RESPONSE if needs_us else DisputeStatus.UNDER_REVIEW
