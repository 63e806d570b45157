"""Four eyes: how many operators a payment needs, and who may be one of them. Pure."""

from collections.abc import Collection
from uuid import UUID

from igny8_core.business.billing.domain.errors import FourEyesRequired


def approvals_needed(*, amount_minor: int, limit_minor: int | None) -> int:
    """How many different operators must approve: two above the currency's limit, one otherwise."""
    return 2 if limit_minor is not None and amount_minor > limit_minor else 1


def ensure_may_approve(*, operator_id: UUID, recorded_by: UUID | None, given_by: Collection[UUID]) -> None:
    """Refuse who recorded the payment and who has approved it already; raises `FourEyesRequired`."""
    if operator_id == recorded_by:
        raise FourEyesRequired("Who recorded a payment does not approve it.")
    if operator_id in given_by:
        raise FourEyesRequired("You have approved this payment; somebody else has to approve it too.")
