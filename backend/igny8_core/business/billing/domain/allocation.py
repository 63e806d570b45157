"""How much of an invoice a new payment may cover. Pure."""

from igny8_core.business.billing.domain.errors import AmountExceedsDue
from igny8_core.kit.errors import ValidationError


def decide_amount(*, total_minor: int, settled_minor: int, open_minor: int, requested_minor: int | None) -> int:
    """The payment's amount in minor units: what was asked, or what is left; raises AmountExceedsDue."""
    left_minor = total_minor - settled_minor - open_minor
    if left_minor <= 0:
        raise AmountExceedsDue("Nothing is left to pay: the whole total is settled or submitted.")
    if requested_minor is None:
        return left_minor
    if requested_minor <= 0:
        raise ValidationError(fields={"amount": ["The amount must be more than zero."]})
    if requested_minor > left_minor:
        raise AmountExceedsDue
    return requested_minor
