"""What a refund takes its money from, and the credits taken back with it. Pure; minor units throughout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from igny8_core.business.billing.domain.errors import AmountExceedsRefundable, InvalidTransition


class RefundDestination(StrEnum):
    """Destination of a refund; the values are stored and appear in the API."""

    BALANCE = "balance"
    TRANSFER = "transfer"
    ORIGINAL = "original"
    """Back through the gateway to where it came from."""


class RefundStatus(StrEnum):
    """Status of a refund; the values are stored and appear in the API.

    A refund reserves its amount unless it is cancelled.
    """

    PENDING_APPROVAL = "pending_approval"
    """It waits for a second operator: it is not exported and cannot be marked as paid."""
    PENDING = "pending"
    """Somebody has to send the transfer."""
    PROCESSING = "processing"
    """In the gateway's hands, whether or not it has answered yet."""
    COMPLETED = "completed"
    FAILED = "failed"
    """The payer did not get it, perhaps after it had been completed, so it is still owed."""
    CANCELLED = "cancelled"


_R = RefundStatus

REFUND_TRANSITIONS: Mapping[RefundStatus, frozenset[RefundStatus]] = {
    _R.PENDING_APPROVAL: frozenset({_R.PENDING, _R.PROCESSING, _R.CANCELLED}),
    _R.PENDING: frozenset({_R.COMPLETED, _R.CANCELLED}),
    _R.PROCESSING: frozenset({_R.COMPLETED, _R.FAILED}),
    _R.COMPLETED: frozenset({_R.FAILED}),
    _R.FAILED: frozenset({_R.PROCESSING, _R.COMPLETED, _R.CANCELLED}),
    _R.CANCELLED: frozenset(),
}
"""The allowed transitions; the database refuses every other change."""

APPROVED: frozenset[RefundStatus] = frozenset({_R.PENDING, _R.PROCESSING, _R.COMPLETED})
"""As many operators as required have approved it."""


def ensure_refund_transition(current: RefundStatus, target: RefundStatus) -> None:
    """Refuse a transition that is not in the table; raises `InvalidTransition`."""
    if target in REFUND_TRANSITIONS[current]:
        return
    if current is RefundStatus.PENDING_APPROVAL:
        raise InvalidTransition("This refund is waiting for another operator's approval.")
    raise InvalidTransition(f"This refund is {current.value}.")


@dataclass(frozen=True, slots=True)
class SettledPart:
    """What a payment has settled on an invoice, and what refunds (including pending ones) have taken of it."""

    invoice_id: UUID
    cash_minor: int
    refunded_minor: int

    @property
    def left_minor(self) -> int:
        """What can still be refunded."""
        return self.cash_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """What a refund takes: from each invoice's settled part, and from the excess that became balance."""

    parts: tuple[tuple[UUID, int], ...]
    from_balance_minor: int

    @property
    def settled_minor(self) -> int:
        """The part that comes from settled invoices."""
        return sum(amount for _, amount in self.parts)


def plan_refund(
    *, amount_minor: int | None, parts: Sequence[SettledPart], excess_left_minor: int, excess_first_minor: int
) -> RefundPlan:
    """Choose what a refund takes; `amount_minor` None means everything that is left.

    `excess_first_minor` of the excess is taken before the settled parts (a transfer returns overpaid money first), and
    the rest of the excess after them. Raises `AmountExceedsRefundable`.
    """
    left_minor = sum(part.left_minor for part in parts) + excess_left_minor
    wanted = left_minor if amount_minor is None else amount_minor
    if wanted <= 0 or wanted > left_minor:
        raise AmountExceedsRefundable
    first = min(wanted, excess_first_minor, excess_left_minor)
    rest, taken = wanted - first, []
    for part in parts:
        take = min(rest, part.left_minor)
        if take > 0:
            taken.append((part.invoice_id, take))
            rest -= take
    return RefundPlan(tuple(taken), first + rest)


def credits_due_back(*, granted: int, refunded_minor: int, cash_minor: int) -> int:
    """How many of the granted credits are taken back for refunds of this much of an invoice's money, rounded down.

    Computed from the total refunded so far, so that several refunds take as much as one refund of their sum.
    """
    return 0 if cash_minor <= 0 else granted * min(refunded_minor, cash_minor) // cash_minor
