"""Money that goes back: to the account's balance at once, or out by transfer once somebody has sent it.

Locks as everywhere: invoices by id, the payment, then the ledger's balances. A refund never reopens an invoice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from igny8_core.business.billing.domain.errors import InvalidTransition
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.refunds import (
    RefundDestination,
    RefundPlan,
    RefundStatus,
    SettledPart,
    plan_refund,
)
from igny8_core.business.billing.models import Allocation, Invoice, Payment, Refund
from igny8_core.business.billing.services import invoice_credits, transitions
from igny8_core.business.ledger.domain.chart import Code, JournalKind, cash
from igny8_core.business.ledger.domain.entry import Entry
from igny8_core.business.ledger.services import credits
from igny8_core.business.ledger.services.posting import locked_balance, post
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound, ValidationError
from igny8_core.kit.locks import Overtaken, conditional_update, lock_all, lock_one
from igny8_core.kit.money import InvalidAmount, parse_amount


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What an operator asks for: `amount` is decimal text, None for all that is left; `force` overdraws credits."""

    operator_id: UUID
    destination: RefundDestination
    amount: str | None = None
    reason: str = ""
    force: bool = False
    beneficiary_sealed: str = ""


def refund_payment(*, payment_id: UUID, request: RefundRequest) -> Refund:
    """Refund a succeeded payment, wholly or in part.

    Raises `NotFound`, `ValidationError`, `InvalidTransition`, `AmountExceedsRefundable`, `InsufficientCredits`, and
    `InsufficientBalance` when overpaid money that is to go out has been spent.
    """
    payment, invoices, allocations = _locked(payment_id)
    if payment.status != PaymentStatus.SUCCEEDED:
        raise InvalidTransition(f"A payment that is {payment.status} cannot be refunded.")
    plan = _plan(payment, allocations, request)
    _reserve(allocations, plan, sign=1)
    taken = {invoice_id: invoice_credits.recount(invoices[invoice_id]) for invoice_id, _ in plan.parts}
    transfer = request.destination is RefundDestination.TRANSFER
    refund = Refund.objects.create(
        account_id=payment.account_id,
        payment=payment,
        amount_minor=plan.settled_minor + plan.from_balance_minor,
        from_balance_minor=plan.from_balance_minor,
        currency=payment.currency,
        destination=request.destination.value,
        status=RefundStatus.PENDING.value,
        reason=request.reason,
        requested_by_id=request.operator_id,
        parts=[
            {"invoice_id": str(invoice_id), "amount_minor": amount, "credits": taken[invoice_id]}
            for invoice_id, amount in plan.parts
        ],
        beneficiary_sealed=request.beneficiary_sealed,
        created_at=clock.now(),
    )
    _record(EventType.REFUND_REQUESTED, refund)
    kind = JournalKind.REFUND_REQUESTED if transfer else JournalKind.REFUND_TO_BALANCE
    _post(kind, refund, _request_lines(refund, plan))
    credits_taken = sum(taken.values())
    if credits_taken:
        credits.take_back(
            account_id=payment.account_id,
            source_id=refund.id,
            credits=credits_taken,
            memo="Refund",
            may_overdraw=request.force,
        )
    if not transfer:
        _complete(refund, payment)
    return refund


def mark_refund_paid(*, refund_id: UUID) -> Refund:
    """Say that the transfer of a pending refund was sent. Raises `NotFound`, `InvalidTransition`."""
    refund, payment, _, _ = _locked_refund(refund_id)
    out = {Code.REFUNDS_PAYABLE.value: refund.amount_minor, cash(payment.payment_method): -refund.amount_minor}
    _post(JournalKind.REFUND_PAID, refund, out)
    _complete(refund, payment)
    return refund


def cancel_refund(*, refund_id: UUID) -> Refund:
    """Take back a refund nobody has paid out: its money is the payment's again, its credits the account's.

    Raises `NotFound`, `InvalidTransition`.
    """
    refund, _, invoices, allocations = _locked_refund(refund_id)
    if any(invoice.status == InvoiceStatus.VOID for invoice in invoices.values()):
        raise InvalidTransition("The invoice was voided since; its money has to go back.")
    plan = RefundPlan(
        tuple((UUID(part["invoice_id"]), part["amount_minor"]) for part in refund.parts), refund.from_balance_minor
    )
    _reserve(allocations, plan, sign=-1)
    given_back = -sum(invoice_credits.recount(invoices[invoice_id]) for invoice_id, _ in plan.parts)
    back = {code: -amount for code, amount in _request_lines(refund, plan).items()}
    _post(JournalKind.REFUND_CANCELLED, refund, back)
    if given_back:
        credits.restore(account_id=refund.account_id, source_id=refund.id, credits=given_back, memo="Refund cancelled")
    _close(refund, RefundStatus.CANCELLED, EventType.REFUND_CANCELLED)
    return refund


def _locked(payment_id: UUID) -> tuple[Payment, dict[UUID, Invoice], list[Allocation]]:
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
    return locked, {invoice.id: invoice for invoice in invoices}, allocations


def _locked_refund(refund_id: UUID) -> tuple[Refund, Payment, dict[UUID, Invoice], list[Allocation]]:
    found = Refund.objects.across_accounts().filter(id=refund_id).first()
    if found is None:
        raise NotFound
    payment, invoices, allocations = _locked(found.payment_id)
    refund = lock_one(Refund.objects.for_account(found.account_id).filter(id=refund_id))
    assert refund is not None, "refunds are never deleted"
    if refund.status != RefundStatus.PENDING:
        raise InvalidTransition(f"This refund is {refund.status}.")
    return refund, payment, invoices, allocations


def _plan(payment: Payment, allocations: list[Allocation], request: RefundRequest) -> RefundPlan:
    received = payment.amount_received_minor or 0
    parts = [
        SettledPart(one.invoice_id, one.amount_minor - one.charges_minor, one.refunded_minor) for one in allocations
    ]
    live = Refund.objects.for_account(payment.account_id).filter(payment=payment)
    gone = sum(one.from_balance_minor for one in live.exclude(status=RefundStatus.CANCELLED.value))
    excess_left = received - sum(part.cash_minor for part in parts) - gone
    first = 0
    if request.destination is RefundDestination.TRANSFER and excess_left:
        # Overpaid money goes home first, as far as it has not been spent.
        first = -locked_balance(account_id=payment.account_id, unit=payment.currency, code=Code.CUSTOMER_BALANCE)
    try:
        amount = None if request.amount is None else parse_amount(request.amount, payment.currency)
    except InvalidAmount as error:
        raise ValidationError(fields={"amount": [error.message]}) from error
    return plan_refund(amount_minor=amount, parts=parts, excess_left_minor=excess_left, excess_first_minor=first)


def _reserve(allocations: Iterable[Allocation], plan: RefundPlan, *, sign: int) -> None:
    by_invoice = {allocation.invoice_id: allocation for allocation in allocations}
    for invoice_id, amount in plan.parts:
        allocation = by_invoice[invoice_id]
        rows = Allocation.objects.for_account(allocation.account_id).filter(id=allocation.id)
        # Counted here and not as `F() + n`, which binds n as a 32-bit integer and loses the rest of a large amount.
        conditional_update(
            rows.filter(refunded_minor=allocation.refunded_minor),
            refunded_minor=allocation.refunded_minor + sign * amount,
        )


def _request_lines(refund: Refund, plan: RefundPlan) -> dict[str, int]:
    """Of a refund to the balance the excess is no movement: it is there already."""
    if refund.destination == RefundDestination.BALANCE:
        return {Code.REFUNDS.value: plan.settled_minor, Code.CUSTOMER_BALANCE.value: -plan.settled_minor}
    return {
        Code.REFUNDS.value: plan.settled_minor,
        Code.CUSTOMER_BALANCE.value: plan.from_balance_minor,
        Code.REFUNDS_PAYABLE.value: -refund.amount_minor,
    }


def _post(kind: JournalKind, refund: Refund, lines: dict[str, int]) -> None:
    if any(lines.values()):
        post(Entry(kind, refund.id, refund.currency, lines), account_id=refund.account_id)


def _complete(refund: Refund, payment: Payment) -> None:
    refunded = payment.amount_refunded_minor + refund.amount_minor
    if refunded == payment.amount_received_minor:
        transitions.apply(payment, to=PaymentStatus.REFUNDED, amount_refunded_minor=refunded)
    else:
        row = Payment.objects.for_account(payment.account_id).filter(
            id=payment.id, amount_refunded_minor=payment.amount_refunded_minor
        )
        conditional_update(row, amount_refunded_minor=refunded, updated_at=clock.now())
    _close(refund, RefundStatus.COMPLETED, EventType.REFUND_COMPLETED)


def _close(refund: Refund, status: RefundStatus, fact: EventType) -> None:
    now = clock.now()
    changes = {f"{status.value}_at": now}
    conditional_update(
        Refund.objects.for_account(refund.account_id).filter(id=refund.id, status=RefundStatus.PENDING.value),
        status=status.value,
        **changes,
    )
    refund.refresh_from_db()
    _record(fact, refund)


def _record(fact: EventType, refund: Refund) -> None:
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
        },
    )
