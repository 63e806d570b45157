"""Disputes: what payers' banks take back through a gateway, booked as the gateway says.

The caller holds the locks on the invoices that `settlement.unsettle` needs, and then on the payment.
"""

import logging
from collections.abc import Sequence

from igny8_core.business.billing.domain.disputes import CLOSED, DisputedMoney, next_step
from igny8_core.business.billing.domain.money_back import Disputed, DisputeStatus, MoneyBack
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.refunds import RefundStatus
from igny8_core.business.billing.models import Dispute, Payment, Refund
from igny8_core.business.billing.services import settlement
from igny8_core.business.billing.services.settlement import Invoices
from igny8_core.business.ledger.domain.chart import Code, JournalKind, cash
from igny8_core.business.ledger.domain.entry import Entry
from igny8_core.business.ledger.public import post
from igny8_core.events.catalogue import JSON, EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.locks import conditional_update, lock_all

CHANGING = (
    *("reason", "amount_minor", "money", "moves", "fee_minor", "fee_currency"),
    *("refundable", "respond_by", "closed_at"),
)
LOST = "The payer's bank has taken the payment back after a dispute."

logger = logging.getLogger(__name__)


def may_take_back(back: MoneyBack | None) -> bool:
    """Whether a gateway's answer may take a whole payment back, so that more than its own invoice has to be locked."""
    return back is not None and any(one.is_taken and one.status is DisputeStatus.LOST for one in back.disputes)


def take_disputes(*, payment: Payment, gateway: str, invoices: Invoices, known: Sequence[Disputed]) -> str:
    """Book what the gateway says of a payment's disputes; returns what differs from our books, as a sentence."""
    own = lock_all(Dispute.objects.for_account(payment.account_id).filter(payment=payment))
    rows = {dispute.gateway_handle: dispute for dispute in own}
    problem = ""
    for found in known:
        dispute = rows.get(found.handle)
        if dispute is None:
            if payment.status not in (PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED):
                problem = "The gateway reports a dispute of money that was never settled here."
                continue
            dispute = _open(payment, gateway, found)
        problem = _take(dispute, payment, invoices, found) or problem
    return problem


def _open(payment: Payment, gateway: str, found: Disputed) -> Dispute:
    now = clock.now()
    dispute = Dispute.objects.create(
        account_id=payment.account_id,
        payment=payment,
        gateway=gateway,
        gateway_handle=found.handle,
        status=found.status.value,
        reason=found.reason[:80],
        amount_minor=found.amount_minor,
        currency=found.currency,
        refundable=found.refundable,
        respond_by=found.respond_by,
        opened_at=now,
        updated_at=now,
        closed_at=now if found.status in CLOSED else None,
    )
    respond_by = None if found.respond_by is None else found.respond_by.isoformat()
    _record(EventType.DISPUTE_OPENED, dispute, status=dispute.status, reason=dispute.reason, respond_by=respond_by)
    logger.error("dispute_opened", extra={"dispute_id": str(dispute.id), "payment_id": str(payment.id)})
    return dispute


def _take(dispute: Dispute, payment: Payment, invoices: Invoices, found: Disputed) -> str:
    if found.currency != payment.currency:
        return f"The gateway disputes {found.amount_minor} {found.currency} of a payment in {payment.currency}."
    if dispute.money != DisputedMoney.UNTOUCHED and found.amount_minor != dispute.amount_minor:
        return f"The gateway disputes {found.amount_minor} now, after it had moved {dispute.amount_minor}."
    if dispute.status != found.status:
        dispute.closed_at = clock.now() if found.status in CLOSED else None
        _record(EventType.DISPUTE_STATUS_CHANGED, dispute, **{"from": dispute.status, "to": found.status.value})
    dispute.amount_minor, dispute.refundable = found.amount_minor, found.refundable
    dispute.respond_by, dispute.reason = found.respond_by, found.reason[:80]
    _move_money(dispute, payment, invoices, found)
    problem = _take_fee(dispute, payment, found)
    _write(dispute, found.status)
    return problem


def _move_money(dispute: Dispute, payment: Payment, invoices: Invoices, found: Disputed) -> None:
    """Follow the money step by step, each with its own journal."""
    while True:
        current = DisputedMoney(dispute.money)
        whole = _is_whole(dispute, payment)
        following = next_step(current, found.status, is_taken=found.is_taken, is_whole=whole)
        if following is current:
            return
        dispute.money = following.value
        amount, held = dispute.amount_minor, cash(payment.payment_method)
        match following:
            case DisputedMoney.WITHDRAWN:
                _post(JournalKind.DISPUTE_WITHDRAWN, dispute, {held: -amount, Code.DISPUTED.value: amount})
                _record(EventType.DISPUTE_FUNDS_WITHDRAWN, dispute)
            case DisputedMoney.LOST:
                lines = {Code.DISPUTED.value: -amount, Code.DISPUTE_LOSSES.value: amount}
                _post(JournalKind.DISPUTE_LOST, dispute, lines)
            case DisputedMoney.CHARGED_BACK:
                settlement.unsettle(payment=payment, invoices=invoices, reason=LOST, held_in=Code.DISPUTED.value)
            case _:
                _post(JournalKind.DISPUTE_REINSTATED, dispute, {held: amount, _where(current): -amount})
                _record(EventType.DISPUTE_FUNDS_REINSTATED, dispute)


def _is_whole(dispute: Dispute, payment: Payment) -> bool:
    """Whether losing it takes back all that the payment brought, as a bounced transfer does."""
    if payment.status != PaymentStatus.SUCCEEDED or dispute.amount_minor != payment.amount_received_minor:
        return False
    refunds = Refund.objects.for_account(payment.account_id).filter(payment=payment)
    return not refunds.exclude(status=RefundStatus.CANCELLED.value).exists()


def _where(money: DisputedMoney) -> str:
    """The code that holds what comes back."""
    match money:
        case DisputedMoney.LOST:
            return Code.DISPUTE_LOSSES.value
        case DisputedMoney.CHARGED_BACK:
            return Code.CUSTOMER_BALANCE.value
        case _:
            return Code.DISPUTED.value


def _take_fee(dispute: Dispute, payment: Payment, found: Disputed) -> str:
    """Book what the gateway has charged for the dispute beyond what is booked, in its own currency."""
    if found.fee is None:
        return ""
    if dispute.fee_currency not in ("", found.fee.currency):
        return f"The gateway charges for the dispute in {found.fee.currency} now, and before in {dispute.fee_currency}."
    more = found.fee.amount_minor - dispute.fee_minor
    dispute.fee_minor, dispute.fee_currency = found.fee.amount_minor, found.fee.currency
    lines = {Code.GATEWAY_FEES.value: more, cash(payment.payment_method): -more}
    _post(JournalKind.GATEWAY_FEE, dispute, lines, unit=found.fee.currency)
    return ""


def _post(kind: JournalKind, dispute: Dispute, lines: dict[str, int], *, unit: str = "") -> None:
    if any(lines.values()):
        entry = Entry(kind, dispute.id, unit or dispute.currency, lines, cycle=dispute.moves)
        post(entry, account_id=dispute.account_id)
        dispute.moves += 1


def _write(dispute: Dispute, status: DisputeStatus) -> None:
    conditional_update(
        Dispute.objects.for_account(dispute.account_id).filter(id=dispute.id),
        status=status.value,
        **{name: getattr(dispute, name) for name in CHANGING},
        updated_at=clock.now(),
    )


def _record(fact: EventType, dispute: Dispute, **more: JSON) -> None:
    record(
        fact,
        account_id=dispute.account_id,
        subject_type="dispute",
        subject_id=dispute.id,
        data={
            "payment_id": str(dispute.payment_id),
            "amount_minor": dispute.amount_minor,
            "currency": dispute.currency,
            **more,
        },
    )
