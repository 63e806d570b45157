"""The statuses of a payment and the table of their transitions, which the database mirrors. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from igny8_core.business.billing.domain.errors import InvalidTransition
from igny8_core.kit.errors import ValidationError


class PaymentStatus(StrEnum):
    """Status of a payment; the values are stored and appear in the API."""

    PENDING = "pending"
    PENDING_APPROVAL = "pending_approval"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


_P = PaymentStatus

TRANSITIONS: Mapping[PaymentStatus, frozenset[PaymentStatus]] = {
    _P.PENDING: frozenset({_P.PENDING_APPROVAL, _P.PROCESSING, _P.SUCCEEDED, _P.FAILED, _P.CANCELLED}),
    _P.PENDING_APPROVAL: frozenset({_P.PROCESSING, _P.SUCCEEDED, _P.FAILED, _P.CANCELLED}),
    _P.PROCESSING: frozenset({_P.SUCCEEDED, _P.FAILED, _P.CANCELLED}),
    _P.SUCCEEDED: frozenset({_P.REFUNDED}),
    _P.FAILED: frozenset(),
    _P.REFUNDED: frozenset(),
    _P.CANCELLED: frozenset(),
}
"""The ordinary transitions."""

REVERSALS: frozenset[tuple[PaymentStatus, PaymentStatus]] = frozenset(
    {(_P.SUCCEEDED, _P.FAILED), (_P.REFUNDED, _P.SUCCEEDED)}
)
"""The additional transitions, which only a bank's or gateway's reversal takes: of the payment, or of its refund."""

OPEN: frozenset[PaymentStatus] = frozenset({_P.PENDING, _P.PENDING_APPROVAL, _P.PROCESSING})
"""Undecided."""

SUBMITTED: frozenset[PaymentStatus] = OPEN - {_P.PENDING}
"""Undecided, and the amount counts as submitted. An open checkout does not: its payer may never come back."""

LIVE: frozenset[PaymentStatus] = OPEN | {_P.SUCCEEDED}
"""While a payment has one of these statuses, its reference is taken on its invoice."""

_ALIASES: dict[str, PaymentStatus] = {"completed": _P.SUCCEEDED}
_BY_NAME: Mapping[str, PaymentStatus] = {status.value: status for status in PaymentStatus} | _ALIASES

_TIMESTAMPS: Mapping[PaymentStatus, tuple[str, ...]] = {
    _P.PENDING: (),
    _P.PENDING_APPROVAL: ("submitted_at",),
    _P.PROCESSING: (),
    _P.SUCCEEDED: ("approved_at", "processed_at"),
    _P.FAILED: ("failed_at",),
    _P.REFUNDED: ("refunded_at",),
    _P.CANCELLED: ("cancelled_at",),
}


def ensure_transition(current: PaymentStatus, target: PaymentStatus, *, reversal: bool = False) -> None:
    """Refuse a transition that is not in the table; `reversal` allows the reversals and nothing else."""
    allowed = (current, target) in REVERSALS if reversal else target in TRANSITIONS[current]
    if not allowed:
        raise InvalidTransition(
            f"A payment that is {current.value} cannot become {target.value}.",
            data={"from": current.value, "to": target.value},
        )


def parse_status_filter(text: str) -> tuple[PaymentStatus, ...]:
    """The statuses in a comma-separated list, without duplicates and in order; raises ValidationError for others."""
    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in _BY_NAME]
    if unknown:
        known = ", ".join(_BY_NAME)
        sentences = [f"Unknown status: {name!r}. Choose from: {known}." for name in unknown]
        raise ValidationError(fields={"status": sentences})
    return tuple(dict.fromkeys(_BY_NAME[name] for name in names))


def timestamp_columns(status: PaymentStatus) -> tuple[str, ...]:
    """The columns that record when a payment enters `status`."""
    return _TIMESTAMPS[status]
