"""Refunds that go back through the payment's gateway: sent by it, looked up at it, and booked as it says.

A refund is sent only after the gateway was asked which refunds it has, so that a lost answer never sends one twice. One
that nobody here asked for is booked, too: its money has left.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from igny8_core.business.billing.domain.errors import AmountExceedsRefundable
from igny8_core.business.billing.domain.gateway_states import GatewayStatus, next_ask
from igny8_core.business.billing.domain.money_back import Returned, ReturnStatus
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.refunds import RefundDestination, RefundStatus
from igny8_core.business.billing.gateways.base import (
    Declined,
    Gateway,
    GatewayError,
    NotTaken,
    NotThere,
    RefundOrder,
)
from igny8_core.business.billing.models import Checkout, Refund
from igny8_core.business.billing.services import refund_booking
from igny8_core.business.billing.services.refund_booking import Source
from igny8_core.business.ledger.domain.chart import Code
from igny8_core.business.ledger.public import locked_balance
from igny8_core.events.catalogue import EventType
from igny8_core.kit import clock
from igny8_core.kit.locks import conditional_update, lock_all

MADE_THERE = "Refunded in the gateway's dashboard."
NEVER_MADE = "The gateway never made this refund."
REFUSED = "The gateway refused this refund."
CAME_BACK = "The refund did not reach the payer."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of sending one refund: the gateway's answer, or why there is none. Neither: its key lives no more."""

    order: RefundOrder
    answer: Returned | None = None
    failure: GatewayError | None = None


def orders_of(checkout: Checkout) -> tuple[RefundOrder, ...]:
    """What the gateway has to send back of a payment, and has not said yet that it does."""
    unsent = Refund.objects.for_account(checkout.account_id).filter(
        payment_id=checkout.payment_id, status=RefundStatus.PROCESSING.value, gateway_handle=""
    )
    return tuple(
        RefundOrder(
            reference=str(refund.id),
            payment=str(refund.payment_id),
            handle=checkout.payment.gateway_handle,
            charge=checkout.charge,
            amount_minor=refund.amount_minor,
            currency=refund.currency,
            begun_at=refund.approved_at or refund.created_at,
        )
        for refund in unsent.order_by("sequence")
    )


def send(gateway: Gateway, orders: Sequence[RefundOrder], known: Sequence[Returned]) -> tuple[Sent, ...]:
    """Have the gateway send what it has not yet; outside of any transaction. Raises nothing that a gateway may do."""
    there = {one.reference for one in known}
    return tuple(_sent(gateway, order) for order in orders if order.reference not in there)


def take_refunds(*, payment_id: UUID, known: Sequence[Returned], sent: Sequence[Sent]) -> str:
    """Book what the gateway says of a payment's refunds; returns what differs from our books, as a sentence.

    The caller holds the locks on invoice and payment.
    """
    answers = [*known, *(one.answer for one in sent if one.answer is not None)]
    source = refund_booking.locked_source(payment_id)
    if source.payment.status not in (PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED):
        return "The gateway has refunded money that was never settled here." if answers else ""
    own = lock_all(Refund.objects.for_account(source.payment.account_id).filter(payment_id=payment_id))
    by_handle = {refund.gateway_handle: refund for refund in own if refund.gateway_handle}
    by_reference = {str(refund.id): refund for refund in own if not refund.gateway_handle}
    problem = ""
    for answer in answers:
        refund = by_handle.get(answer.handle) or by_reference.pop(answer.reference, None)
        if refund is None or refund.status == RefundStatus.CANCELLED:
            problem = _book_foreign(source, answer) or problem
        else:
            problem = _take(refund, source, answer) or problem
    for one in sent:
        refund = by_reference.get(one.order.reference)
        if refund is not None and one.answer is None and refund.status == RefundStatus.PROCESSING:
            _take_failure(refund, source, one.failure)
    return problem


def note_silence(*, account_id: UUID, payment_id: UUID) -> None:
    """The gateway did not answer: its refunds on their way are asked about again later, and at last by a person."""
    waiting = Refund.objects.for_account(account_id).filter(payment_id=payment_id)
    for refund in lock_all(waiting.filter(status=RefundStatus.PROCESSING.value)):
        _schedule(refund)


def _sent(gateway: Gateway, order: RefundOrder) -> Sent:
    if clock.now() - order.begun_at >= gateway.traits.refund_key_life:
        return Sent(order)
    try:
        return Sent(order, answer=gateway.refund(order, key=f"{order.reference}:1:refund"))
    except GatewayError as failure:
        return Sent(order, failure=failure)


def _take(refund: Refund, source: Source, answer: Returned) -> str:
    """Let one of our refunds become what the gateway says."""
    if (answer.amount_minor, answer.currency) != (refund.amount_minor, refund.currency):
        return f"The gateway refunds {answer.amount_minor} {answer.currency} instead of {refund.amount_minor}."
    if not refund.gateway_handle:
        refund_booking.move(refund, RefundStatus(refund.status), gateway_handle=answer.handle)
    status = RefundStatus(refund.status)
    if answer.status is ReturnStatus.FAILED:
        if status in (RefundStatus.PROCESSING, RefundStatus.COMPLETED):
            _fail(refund, source, f"{CAME_BACK} {answer.reason}".strip())
        return ""
    if status is RefundStatus.FAILED and refund.completed_at is not None:
        return "The gateway has sent a refund that had come back."
    if answer.status is ReturnStatus.DONE and status in (RefundStatus.PROCESSING, RefundStatus.FAILED):
        refund_booking.pay_out(refund, source.payment)
    elif answer.status is ReturnStatus.ON_ITS_WAY and status in (RefundStatus.PROCESSING, RefundStatus.FAILED):
        refund_booking.move(refund, RefundStatus.PROCESSING)
        _schedule(refund, answered=GatewayStatus.PROCESSING)
    return ""


def _take_failure(refund: Refund, source: Source, failure: GatewayError | None) -> None:
    """It was not sent, or nobody knows; without a failure its key lives no more and the gateway has no such refund."""
    if failure is None:
        _fail(refund, source, NEVER_MADE)
    elif isinstance(failure, Declined | NotTaken | NotThere):
        _fail(refund, source, f"{REFUSED} {failure}")
    else:
        _schedule(refund)


def _book_foreign(source: Source, answer: Returned) -> str:
    """Book a refund that nobody here asked for; what had come back before we heard of it moves nothing."""
    payment = source.payment
    if answer.status is ReturnStatus.FAILED:
        return ""
    if answer.currency != payment.currency:
        return f"The gateway has refunded {answer.amount_minor} {answer.currency} by itself."
    try:
        plan = refund_booking.plan_of(source, amount_minor=answer.amount_minor, leaves=True)
    except AmountExceedsRefundable:
        return f"The gateway has refunded {answer.amount_minor} by itself, which is more than is left here."
    held = -locked_balance(account_id=payment.account_id, unit=payment.currency, code=Code.CUSTOMER_BALANCE)
    if plan.from_balance_minor > held:
        return f"The gateway has refunded {answer.amount_minor} by itself, which the account has spent as balance."
    refund = refund_booking.book_request(
        source,
        plan,
        may_overdraw=True,
        destination=RefundDestination.ORIGINAL.value,
        status=RefundStatus.PROCESSING.value,
        reason=MADE_THERE,
        gateway_handle=answer.handle,
    )
    return _take(refund, source, answer)


def _fail(refund: Refund, source: Source, reason: str) -> None:
    refund_booking.fail(refund, source.payment, reason=reason)
    logger.error("refund_failed", extra={"refund_id": str(refund.id), "problem": reason})


def _schedule(refund: Refund, *, answered: GatewayStatus | None = None) -> None:
    """Note when the gateway is asked again; at last an operator is told instead."""
    begun_at = refund.approved_at or refund.created_at
    again = next_ask(now=clock.now(), begun_at=begun_at, expires_at=begun_at, asks=refund.asks, answered=answered)
    rows = Refund.objects.for_account(refund.account_id).filter(id=refund.id)
    conditional_update(rows, asks=refund.asks + 1, next_ask_at=again)
    refund.asks, refund.next_ask_at = refund.asks + 1, again
    if again is None:
        refund_booking.record_about(EventType.REFUND_GIVEN_UP, refund)
        logger.error("refund_given_up", extra={"refund_id": str(refund.id)})
