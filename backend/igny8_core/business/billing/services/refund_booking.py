"""How a refund is booked, whoever asks for it: reserved, sent, failed, or given up. The caller decides whether.

Lock order: invoices by id, the payment, the account where money leaves, the refund, then the ledger's balances.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from igny8_core.business.billing.domain.methods import MANUAL
from igny8_core.business.billing.domain.notes import mask_card_numbers
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.refunds import (
    RefundDestination,
    RefundPlan,
    RefundStatus,
    SettledPart,
    ensure_refund_transition,
    plan_refund,
)
from igny8_core.business.billing.models import Allocation, Invoice, Payment, Refund
from igny8_core.business.billing.services import invoice_credits, transitions
from igny8_core.business.ledger.domain.chart import Code, JournalKind, cash
from igny8_core.business.ledger.domain.entry import Entry
from igny8_core.business.ledger.public import credits, locked_balance, post
from igny8_core.events.catalogue import JSON, EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound
from igny8_core.kit.locks import Overtaken, conditional_update, lock_all, lock_one


@dataclass(frozen=True, slots=True)
class Source:
    """A locked payment, and what it has settled."""

    payment: Payment
    invoices: dict[UUID, Invoice]
    allocations: list[Allocation]


def locked_source(payment_id: UUID) -> Source:
    """Lock the invoices that a payment has settled, and the payment. Raises `NotFound`."""
    payment = Payment.objects.across_accounts().filter(id=payment_id).first()
    if payment is None:
        raise NotFound
    account_id = payment.account_id
    live = Allocation.objects.for_account(account_id).filter(payment_id=payment_id, reversed_at=None)
    invoice_ids = set(live.values_list("invoice_id", flat=True))
    invoices = lock_all(Invoice.objects.for_account(account_id).filter(id__in=invoice_ids))
    locked = lock_one(Payment.objects.for_account(account_id).filter(id=payment_id))
    assert locked is not None, "payments are never deleted"
    allocations = list(live.order_by("id"))
    if {allocation.invoice_id for allocation in allocations} != invoice_ids:
        raise Overtaken("the payment was settled or taken back meanwhile")
    return Source(locked, {invoice.id: invoice for invoice in invoices}, allocations)


def locked_refund(refund_id: UUID, *, to: RefundStatus) -> tuple[Refund, Source]:
    """Lock a refund, which must be allowed to become `to`, and what it takes money from.

    Raises `NotFound`, `InvalidTransition`.
    """
    found = Refund.objects.across_accounts().filter(id=refund_id).first()
    if found is None:
        raise NotFound
    source = locked_source(found.payment_id)
    refund = lock_one(Refund.objects.for_account(found.account_id).filter(id=refund_id))
    assert refund is not None, "refunds are never deleted"
    ensure_refund_transition(RefundStatus(refund.status), to)
    return refund, source


def plan_of(source: Source, *, amount_minor: int | None, leaves: bool) -> RefundPlan:
    """What a refund takes; overpaid money first, as far as it has not been spent, where money leaves.

    Raises `AmountExceedsRefundable`.
    """
    payment = source.payment
    received = payment.amount_received_minor or 0
    parts = [
        SettledPart(one.invoice_id, one.amount_minor - one.charges_minor, one.refunded_minor)
        for one in source.allocations
    ]
    live = Refund.objects.for_account(payment.account_id).filter(payment=payment)
    gone = sum(one.from_balance_minor for one in live.exclude(status=RefundStatus.CANCELLED.value))
    excess_left = received - sum(part.cash_minor for part in parts) - gone
    first = 0
    if leaves and excess_left:
        first = -locked_balance(account_id=payment.account_id, unit=payment.currency, code=Code.CUSTOMER_BALANCE)
    return plan_refund(amount_minor=amount_minor, parts=parts, excess_left_minor=excess_left, excess_first_minor=first)


def book_request(source: Source, plan: RefundPlan, *, may_overdraw: bool, **columns: Any) -> Refund:
    """Insert a refund, and reserve what it takes; credits are taken back with it.

    `columns` are the refund's own. Raises `InsufficientCredits`, and `InsufficientBalance` if overpaid money that would
    be paid out has been spent.
    """
    payment = source.payment
    _reserve(source.allocations, plan, sign=1)
    taken = {invoice_id: invoice_credits.recount(source.invoices[invoice_id]) for invoice_id, _ in plan.parts}
    refund = Refund.objects.create(
        account_id=payment.account_id,
        payment=payment,
        amount_minor=plan.settled_minor + plan.from_balance_minor,
        from_balance_minor=plan.from_balance_minor,
        currency=payment.currency,
        parts=[
            {"invoice_id": str(invoice_id), "amount_minor": amount, "credits": taken[invoice_id]}
            for invoice_id, amount in plan.parts
        ],
        created_at=clock.now(),
        **columns,
    )
    record_about(EventType.REFUND_REQUESTED, refund, needed=refund.approvals_needed)
    to_balance = refund.destination == RefundDestination.BALANCE
    kind = JournalKind.REFUND_TO_BALANCE if to_balance else JournalKind.REFUND_REQUESTED
    post_lines(kind, refund, _request_lines(refund, plan))
    credits_taken = sum(taken.values())
    if credits_taken:
        credits.take_back(
            account_id=payment.account_id,
            source_id=refund.id,
            credits=credits_taken,
            memo="Refund",
            may_overdraw=may_overdraw,
        )
    return refund


def pay_out(refund: Refund, payment: Payment) -> None:
    """Its money has left us, and the refund is completed."""
    post_lines(JournalKind.REFUND_PAID, refund, _paid_lines(refund, payment))
    complete(refund, payment)


def complete(refund: Refund, payment: Payment) -> None:
    """A payment whose whole money is returned becomes `refunded`."""
    refunded = payment.amount_refunded_minor + refund.amount_minor
    if refunded == payment.amount_received_minor:
        transitions.apply(payment, to=PaymentStatus.REFUNDED, amount_refunded_minor=refunded)
    else:
        _write_refunded(payment, refunded)
    close(refund, RefundStatus.COMPLETED, EventType.REFUND_COMPLETED)


def fail(refund: Refund, payment: Payment, *, reason: str) -> None:
    """The payer does not get it: we owe it still, and what was paid out has come back.

    Its amount stays reserved until an operator gives the refund up.
    """
    was_completed = refund.status == RefundStatus.COMPLETED
    close(refund, RefundStatus.FAILED, EventType.REFUND_FAILED, failure_reason=mask_card_numbers(reason)[:500])
    if not was_completed:
        return
    back = {code: -amount for code, amount in _paid_lines(refund, payment).items()}
    post_lines(JournalKind.REFUND_FAILED, refund, back)
    refunded = payment.amount_refunded_minor - refund.amount_minor
    if payment.status == PaymentStatus.REFUNDED:
        transitions.apply(payment, to=PaymentStatus.SUCCEEDED, reversal=True, amount_refunded_minor=refunded)
    else:
        _write_refunded(payment, refunded)


def give_up(refund: Refund, source: Source) -> None:
    """Its money returns to the payment, its credits to the account."""
    plan = RefundPlan(
        tuple((UUID(part["invoice_id"]), part["amount_minor"]) for part in refund.parts), refund.from_balance_minor
    )
    _reserve(source.allocations, plan, sign=-1)
    given_back = -sum(invoice_credits.recount(source.invoices[invoice_id]) for invoice_id, _ in plan.parts)
    back = {code: -amount for code, amount in _request_lines(refund, plan).items()}
    post_lines(JournalKind.REFUND_CANCELLED, refund, back)
    if given_back:
        credits.restore(account_id=refund.account_id, source_id=refund.id, credits=given_back, memo="Refund cancelled")
    close(refund, RefundStatus.CANCELLED, EventType.REFUND_CANCELLED)


def close(refund: Refund, status: RefundStatus, fact: EventType, **changes: Any) -> None:
    """Give a locked refund a status that nobody waits on, with its time, and record the event."""
    move(refund, status, next_ask_at=None, **{f"{status.value}_at": clock.now()}, **changes)
    record_about(fact, refund)


def move(refund: Refund, to: RefundStatus, **changes: Any) -> None:
    """Change the status of a locked refund and the columns that go with it."""
    conditional_update(
        Refund.objects.for_account(refund.account_id).filter(id=refund.id, status=refund.status),
        status=to.value,
        **changes,
    )
    refund.refresh_from_db()


def post_lines(kind: JournalKind, refund: Refund, lines: dict[str, int]) -> None:
    """Post a journal of the refund, if there is anything to post."""
    if any(lines.values()):
        post(Entry(kind, refund.id, refund.currency, lines), account_id=refund.account_id)


def record_about(fact: EventType, refund: Refund, **more: JSON) -> None:
    """Record a fact about a refund."""
    record(
        fact,
        account_id=refund.account_id,
        subject_type="refund",
        subject_id=refund.id,
        data={
            "payment_id": str(refund.payment_id),
            "amount_minor": refund.amount_minor,
            "currency": refund.currency,
            "destination": refund.destination,
            **more,
        },
    )


def _reserve(allocations: Iterable[Allocation], plan: RefundPlan, *, sign: int) -> None:
    by_invoice = {allocation.invoice_id: allocation for allocation in allocations}
    for invoice_id, amount in plan.parts:
        allocation = by_invoice[invoice_id]
        rows = Allocation.objects.for_account(allocation.account_id).filter(id=allocation.id)
        # Added here rather than with `F() + n`, which binds n as a 32-bit integer and truncates large amounts.
        refunded = allocation.refunded_minor + sign * amount
        conditional_update(rows.filter(refunded_minor=allocation.refunded_minor), refunded_minor=refunded)
        allocation.refunded_minor = refunded


def _request_lines(refund: Refund, plan: RefundPlan) -> dict[str, int]:
    """In a refund to the balance the excess does not move: it already belongs to the balance."""
    if refund.destination == RefundDestination.BALANCE:
        return {Code.REFUNDS.value: plan.settled_minor, Code.CUSTOMER_BALANCE.value: -plan.settled_minor}
    return {
        Code.REFUNDS.value: plan.settled_minor,
        Code.CUSTOMER_BALANCE.value: plan.from_balance_minor,
        Code.REFUNDS_PAYABLE.value: -refund.amount_minor,
    }


def _paid_lines(refund: Refund, payment: Payment) -> dict[str, int]:
    """A transfer is paid out of the bank, also where a gateway holds what the payment brought."""
    by_gateway = payment.payment_method not in MANUAL
    transfer = refund.destination == RefundDestination.TRANSFER
    paid_from = "bank_transfer" if transfer and by_gateway else payment.payment_method
    return {Code.REFUNDS_PAYABLE.value: refund.amount_minor, cash(paid_from): -refund.amount_minor}


def _write_refunded(payment: Payment, refunded_minor: int) -> None:
    row = Payment.objects.for_account(payment.account_id).filter(
        id=payment.id, amount_refunded_minor=payment.amount_refunded_minor
    )
    conditional_update(row, amount_refunded_minor=refunded_minor, updated_at=clock.now())
    payment.amount_refunded_minor = refunded_minor
