"""Four eyes: how many operators a decision on money needs, and who may be one of them. Pure; minor units throughout."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from igny8_core.business.billing.domain.errors import FourEyesRequired

NO_LIMIT_SET = 0
"""The limit of a currency that nobody has set one for: everything is above it."""
UNLIMITED = 2**63 - 1
"""The limit of a currency for which two admins have said that there is none; no sum of amounts reaches it."""
WINDOW = timedelta(hours=24)
"""What one operator decided alone within so much time counts together: a limit is not passed in slices."""


def approvals_needed(*, amount_minor: int, limit_minor: int) -> int:
    """How many different operators must approve: two above the currency's limit, one otherwise."""
    return 2 if amount_minor > limit_minor else 1


def approvals_told(*, amount_minor: int, limit_minor: int, given: int, is_settled: bool) -> int:
    """How many approvals a payment is said to need, whoever looks at it.

    Once one was given and was not enough, it needs two; once it is settled, what was given has been enough, whatever
    the limit says today.
    """
    if is_settled:
        return max(1, given)
    return 2 if given else approvals_needed(amount_minor=amount_minor, limit_minor=limit_minor)


def ensure_may_approve(*, operator_id: UUID, recorded_by: UUID | None, given_by: Collection[UUID]) -> None:
    """Refuse who recorded the payment and who has approved it already; raises `FourEyesRequired`."""
    if operator_id == recorded_by:
        raise FourEyesRequired("You recorded this payment, so somebody else must approve it.")
    if operator_id in given_by:
        raise FourEyesRequired("You have already approved this payment. Somebody else must approve it too.")
