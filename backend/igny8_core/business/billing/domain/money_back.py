"""What a payment gateway can say of money that went back: refunds, and what payers' banks dispute. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from igny8_core.business.billing.domain.gateway_states import Fee


class ReturnStatus(StrEnum):
    """Where a refund stands at its gateway."""

    ON_ITS_WAY = "on_its_way"
    DONE = "done"
    """The gateway has sent it. It may still come back, days later."""
    FAILED = "failed"
    """The payer does not get it, and the gateway holds the money again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A refund as its gateway tells it, in minor units of `currency`; `handle` is the gateway's name for it.

    `reference` is our refund's id, empty for one that was made in the gateway's own dashboard.
    """

    handle: str
    reference: str
    amount_minor: int
    currency: str
    status: ReturnStatus
    reason: str = ""


class DisputeStatus(StrEnum):
    """Where a dispute stands; the values are stored and appear in the API. A `warning` only asks and moves no money."""

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"
    APPEAL_NEEDS_RESPONSE = "appeal_needs_response"
    APPEAL_UNDER_REVIEW = "appeal_under_review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """A dispute as the gateway tells it; `amount_minor` may differ from the payment's.

    `is_taken` says that the gateway has withdrawn the money and not given it back. `fee` is what it has charged for the
    dispute so far. `refundable` says whether the payment can be refunded all the same. `respond_by` is when evidence
    has to be there.
    """

    handle: str
    status: DisputeStatus
    amount_minor: int
    currency: str
    is_taken: bool
    refundable: bool
    reason: str = ""
    fee: Fee | None = None
    respond_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class MoneyBack:
    """Every refund and every dispute of a payment that its gateway knows, whoever asked for them."""

    refunds: tuple[Returned, ...] = ()
    disputes: tuple[Disputed, ...] = ()
