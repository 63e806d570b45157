"""Where disputed money is, and what follows from a gateway's word. Pure."""

from enum import StrEnum

from igny8_core.business.billing.domain.money_back import DisputeStatus


class DisputedMoney(StrEnum):
    """Where a dispute's money is; the values are stored."""

    UNTOUCHED = "untouched"
    WITHDRAWN = "withdrawn"
    """The gateway has taken it until the payer's bank decides."""
    REINSTATED = "reinstated"
    LOST = "lost"
    """It is gone, and the payment stands: only a part was disputed, or some had been refunded."""
    CHARGED_BACK = "charged_back"
    """It is gone, and with it the whole payment: what that had settled is due again."""
    RETURNED_LATE = "returned_late"
    """It came back after the payment had been taken back, so that it is balance."""


_M = DisputedMoney

BLOCKING: frozenset[DisputedMoney] = frozenset({_M.WITHDRAWN, _M.LOST})
"""While a payment's money is here, whatever is refunded would go back twice."""
CLOSED: frozenset[DisputeStatus] = frozenset(
    {DisputeStatus.WARNING_CLOSED, DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.PREVENTED}
)


def next_step(money: DisputedMoney, status: DisputeStatus, *, is_taken: bool, is_whole: bool) -> DisputedMoney:
    """One step towards what the gateway says; the same place where nothing follows.

    `is_whole` says that the dispute is about all that the payment brought, and that nothing of it was refunded.
    """
    if not is_taken:
        if money in (_M.WITHDRAWN, _M.LOST):
            return _M.REINSTATED
        return _M.RETURNED_LATE if money is _M.CHARGED_BACK else money
    if money in (_M.UNTOUCHED, _M.REINSTATED):
        return _M.WITHDRAWN
    if money is _M.WITHDRAWN and status is DisputeStatus.LOST:
        return _M.CHARGED_BACK if is_whole else _M.LOST
    return money
