"""Refunds: to the account's balance immediately, or by transfer, which somebody has to send.

A transfer needs a second operator if it is above the limit (together with what the first approved alone for the account
within a day), or if its beneficiary is not known as the payer. A refund to the balance needs only one operator, because
no money leaves.

Lock order: invoices by id, the payment, for a transfer the account, then the ledger's balances. A refund never reopens
an invoice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.errors import FourEyesRequired, InvalidTransition
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
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
from igny8_core.business.billing.selectors.approvals import refund_approvals_needed
from igny8_core.business.billing.selectors.payers import is_payers_account
from igny8_core.business.billing.services import invoice_credits, transitions
from igny8_core.business.ledger.domain.chart import Code, JournalKind, cash
from igny8_core.business.ledger.domain.entry import Entry
from igny8_core.business.ledger.public import credits, locked_balance, post
from igny8_core.events.catalogue import JSON, EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound
from igny8_core.kit.locks import Overtaken, conditional_update, hold, lock_all, lock_one
from igny8_core.kit.money import parse_amount
from igny8_core.kit.sealing import unseal


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """A refund request: `amount` is decimal text, None for everything that is left; `force` may overdraw credits."""

    operator_id: UUID
    destination: RefundDestination = RefundDestination.BALANCE
    amount: str | None = None
    reason: str = ""
    force: bool = False
    beneficiary_sealed: str = ""


def refund_payment(*, payment_id: UUID, request: RefundRequest) -> Refund:
    """Refund a succeeded payment, in full or in part.

    Raises `NotFound`, `ValidationError`, `InvalidTransition`, `AmountExceedsRefundable`, `InsufficientCredits`, and
    `InsufficientBalance` if overpaid money that would be paid out has been spent.
    """
    payment, invoices, allocations = _locked(payment_id)
    if payment.status != PaymentStatus.SUCCEEDED:
        raise InvalidTransition(f"A payment that is {payment.status} cannot be refunded.")
    transfer = request.destination is RefundDestination.TRANSFER
    if transfer:
        hold(Account, row_id=payment.account_id)
    plan = _plan(payment, allocations, request)
    _reserve(allocations, plan, sign=1)
    taken = {invoice_id: invoice_credits.recount(invoices[invoice_id]) for invoice_id, _ in plan.parts}
    refund = _insert(payment, request, plan, taken)
    _record(EventType.REFUND_REQUESTED, refund, needed=refund.approvals_needed)
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


def approve_refund(*, refund_id: UUID, operator_id: UUID, note: str = "") -> Refund:
    """Approve a refund that is waiting for a second operator.

    Raises `NotFound`, `InvalidTransition`, and `FourEyesRequired` for the operator who requested it.
    """
    refund, _, _, _ = _locked_refund(refund_id, to=RefundStatus.PENDING)
    if refund.requested_by_id == operator_id:
        raise FourEyesRequired("You requested this refund, so somebody else must approve it.")
    _move(
        refund,
        RefundStatus.PENDING,
        approved_by_id=operator_id,
        approved_at=clock.now(),
        approval_note=mask_card_numbers(note),
    )
    _record(EventType.REFUND_APPROVED, refund, needed=refund.approvals_needed)
    return refund


def mark_refund_paid(*, refund_id: UUID) -> Refund:
    """Record that the transfer of a pending refund was sent. Raises `NotFound`, `InvalidTransition`."""
    refund, payment, _, _ = _locked_refund(refund_id, to=RefundStatus.COMPLETED)
    out = {Code.REFUNDS_PAYABLE.value: refund.amount_minor, cash(payment.payment_method): -refund.amount_minor}
    _post(JournalKind.REFUND_PAID, refund, out)
    _complete(refund, payment)
    return refund


def cancel_refund(*, refund_id: UUID) -> Refund:
    """Cancel a refund that has not been paid out, or reject one that is waiting for approval.

    Its money returns to the payment, its credits to the account. Raises `NotFound`, `InvalidTransition`.
    """
    refund, _, invoices, allocations = _locked_refund(refund_id, to=RefundStatus.CANCELLED)
    if any(invoice.status == InvoiceStatus.VOID for invoice in invoices.values()):
        raise InvalidTransition("The invoice has been voided since, so its money must be refunded.")
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


def _locked_refund(
    refund_id: UUID, *, to: RefundStatus
) -> tuple[Refund, Payment, dict[UUID, Invoice], list[Allocation]]:
    """Lock the refund, which must be allowed to become `to`, and what it takes money from."""
    found = Refund.objects.across_accounts().filter(id=refund_id).first()
    if found is None:
        raise NotFound
    payment, invoices, allocations = _locked(found.payment_id)
    refund = lock_one(Refund.objects.for_account(found.account_id).filter(id=refund_id))
    assert refund is not None, "refunds are never deleted"
    ensure_refund_transition(RefundStatus(refund.status), to)
    return refund, payment, invoices, allocations


def _insert(payment: Payment, request: RefundRequest, plan: RefundPlan, taken: dict[UUID, int]) -> Refund:
    """Insert the refund, waiting if a second operator is needed; `taken` is the credits taken back with each part."""
    amount_minor = plan.settled_minor + plan.from_balance_minor
    known = _is_known(payment, request)
    needed = _approvals_needed(payment, request, amount_minor, known=known)
    return Refund.objects.create(
        account_id=payment.account_id,
        payment=payment,
        amount_minor=amount_minor,
        from_balance_minor=plan.from_balance_minor,
        currency=payment.currency,
        destination=request.destination.value,
        status=(RefundStatus.PENDING if needed == 1 else RefundStatus.PENDING_APPROVAL).value,
        reason=request.reason,
        requested_by_id=request.operator_id,
        parts=[
            {"invoice_id": str(invoice_id), "amount_minor": amount, "credits": taken[invoice_id]}
            for invoice_id, amount in plan.parts
        ],
        beneficiary_sealed=request.beneficiary_sealed,
        beneficiary_known=known,
        approvals_needed=needed,
        created_at=clock.now(),
    )


def _is_known(payment: Payment, request: RefundRequest) -> bool:
    if not request.beneficiary_sealed:
        return False
    return is_payers_account(account_id=payment.account_id, number=unseal(request.beneficiary_sealed)["iban"])


def _approvals_needed(payment: Payment, request: RefundRequest, amount_minor: int, *, known: bool) -> int:
    """Two for a transfer above the limit, and for a transfer to an account that is not known as the payer's."""
    if request.destination is RefundDestination.BALANCE:
        return 1
    if request.beneficiary_sealed and not known:
        return 2
    return refund_approvals_needed(payment, operator_id=request.operator_id, amount_minor=amount_minor)


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
        # Overpaid money is returned first, as far as it has not been spent.
        first = -locked_balance(account_id=payment.account_id, unit=payment.currency, code=Code.CUSTOMER_BALANCE)
    amount = None if request.amount is None else parse_amount(request.amount, payment.currency, field="amount")
    return plan_refund(amount_minor=amount, parts=parts, excess_left_minor=excess_left, excess_first_minor=first)


def _reserve(allocations: Iterable[Allocation], plan: RefundPlan, *, sign: int) -> None:
    by_invoice = {allocation.invoice_id: allocation for allocation in allocations}
    for invoice_id, amount in plan.parts:
        allocation = by_invoice[invoice_id]
        rows = Allocation.objects.for_account(allocation.account_id).filter(id=allocation.id)
        # Added here rather than with `F() + n`, which binds n as a 32-bit integer and truncates large amounts.
        conditional_update(
            rows.filter(refunded_minor=allocation.refunded_minor),
            refunded_minor=allocation.refunded_minor + sign * amount,
        )


def _request_lines(refund: Refund, plan: RefundPlan) -> dict[str, int]:
    """In a refund to the balance the excess does not move: it already belongs to the balance."""
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
    _move(refund, status, **{f"{status.value}_at": clock.now()})
    _record(fact, refund)


def _move(refund: Refund, to: RefundStatus, **changes: Any) -> None:
    """Change the status of a locked refund and the columns that go with it."""
    conditional_update(
        Refund.objects.for_account(refund.account_id).filter(id=refund.id, status=refund.status),
        status=to.value,
        **changes,
    )
    refund.refresh_from_db()


def _record(fact: EventType, refund: Refund, **more: JSON) -> None:
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
