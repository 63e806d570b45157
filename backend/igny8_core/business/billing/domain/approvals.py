"""Four eyes: how many operators must approve a decision on money, and who may be one of them. Pure; minor units
throughout.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from igny8_core.business.billing.domain.errors import FourEyesRequired

NO_LIMIT_SET = 0
"""The limit of a currency for which none is set: every amount is above it."""
UNLIMITED = 2**63 - 1
"""The limit of a currency that two admins have exempted; no sum of amounts reaches it."""
WINDOW = timedelta(hours=24)
"""What one operator decided alone within this time is added up, so that a limit cannot be passed in slices."""


def approvals_needed(*, amount_minor: int, limit_minor: int) -> int:
    """How many different operators must approve: two above the currency's limit, otherwise one."""
    return 2 if amount_minor > limit_minor else 1


def approvals_needed_overall(*, amount_minor: int, limit_minor: int, given: int, is_settled: bool) -> int:
    """How many approvals a payment needs, independent of who is asking.

    If one approval was given and was not enough, it needs two. Once the payment is settled, the approvals given were
    enough, whatever the current limit is.
    """
    if is_settled:
        return max(1, given)
    return 2 if given else approvals_needed(amount_minor=amount_minor, limit_minor=limit_minor)


def ensure_may_approve(*, operator_id: UUID, recorded_by: UUID | None, given_by: Collection[UUID]) -> None:
    """Refuse an operator who recorded the payment or has already approved it; raises `FourEyesRequired`."""
    if operator_id == recorded_by:
        raise FourEyesRequired("You recorded this payment, so somebody else must approve it.")
    if operator_id in given_by:
        raise FourEyesRequired("You have already approved this payment. Somebody else must approve it too.")
