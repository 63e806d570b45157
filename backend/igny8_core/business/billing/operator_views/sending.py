"""Refunds that a gateway sends: the call between the transaction that decides and the one that books."""

from collections.abc import Callable

from django.http import HttpResponse

from igny8_core.business.billing.domain.refunds import RefundStatus
from igny8_core.business.billing.models import Refund
from igny8_core.business.billing.selectors.refunds import find_refund
from igny8_core.business.billing.services.asking import Heard, ask, asked_of_refund, hear
from igny8_core.http.answering import CallsOut

TOLD = {
    RefundStatus.PENDING_APPROVAL: "The refund is waiting. Another operator must approve it before it is paid out.",
    RefundStatus.PROCESSING: "The refund is on its way. The gateway is asked until it is done.",
    RefundStatus.FAILED: "The gateway refused the refund. It is still owed: cancel it to refund in another way.",
}
"""What to tell an operator of a refund that is not done."""


def sent(refund: Refund, answer: Callable[[Refund], HttpResponse]) -> HttpResponse | CallsOut[Heard, HttpResponse]:
    """Answer about a refund; one that its gateway has to send is sent first."""
    if refund.status != RefundStatus.PROCESSING:
        return answer(refund)
    asked, refund_id = asked_of_refund(refund), refund.id

    def finish(heard: Heard) -> HttpResponse:
        hear(asked, heard)
        return answer(find_refund(refund_id))

    return CallsOut(refund_id, lambda: ask(asked), finish)
