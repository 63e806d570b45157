"""Decisions of operators on submitted payments: approve (two operators above a limit), reject, or record a bounce."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.approvals import ensure_may_approve
from igny8_core.business.billing.domain.errors import ApprovalsDisagree, InvalidTransition, PaymentDisputed
from igny8_core.business.billing.domain.notes import mask_card_numbers
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.models import Approval, Invoice, Payment, Refund
from igny8_core.business.billing.selectors.approvals import Grounds, grounds_of, meant_for
from igny8_core.business.billing.selectors.disputes import is_disputed
from igny8_core.business.billing.services import settlement, transitions
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound, ValidationError
from igny8_core.kit.locks import conditional_update, hold, lock_by_id
from igny8_core.kit.money import format_amount, parse_amount


@dataclass(frozen=True, slots=True)
class Decision:
    """What an approver has verified: how much arrived and when. `amount_received` is decimal text, None for the full
    amount.

    `note` is the reason if more arrived than was claimed. `payer_account` is the bank account it came from, according
    to a bank line: letters and digits only.
    """

    operator_id: UUID
    amount_received: str | None = None
    value_date: date | None = None
    note: str = ""
    payer_account: str = ""


def approve_payment(*, payment_id: UUID, decision: Decision) -> Payment:
    """Approve a payment; the last required approval settles it in the same transaction.

    Raises `NotFound`, `ValidationError`, `InvalidTransition`, `FourEyesRequired`, `ApprovalsDisagree`.
    """
    payment, invoices = _locked(payment_id)
    _ensure_awaiting(payment, "approved")
    hold(Account, row_id=payment.account_id)
    grounds = grounds_of(payment, operator_id=decision.operator_id)
    ensure_may_approve(
        operator_id=decision.operator_id,
        recorded_by=payment.recorded_by_id,
        given_by={approval.operator_id for approval in grounds.given},
    )
    received = _received(payment, decision, grounds)
    needed = 2 if grounds.given else grounds.needed_for(payment.amount_minor, received_minor=received)
    given = len(grounds.given) + 1
    _give(payment, decision, received, given=given, needed=needed)
    if given < needed:
        return payment
    dates = [decision.value_date, *(one.value_date for one in grounds.given), payment.value_date]
    settlement.settle(
        payment=payment,
        invoices=invoices,
        received_minor=received,
        value_date=next((seen for seen in dates if seen is not None), None),
        decided_alone_by_id=decision.operator_id if given == 1 else None,
        tolerance_minor=grounds.closing_tolerance_minor,
    )
    return payment


def _give(payment: Payment, decision: Decision, received: int, *, given: int, needed: int) -> None:
    """Record the approval, and the bank account that it identifies as the payer's."""
    Approval.objects.create(
        account_id=payment.account_id,
        payment=payment,
        operator_id=decision.operator_id,
        amount_received_minor=received,
        value_date=decision.value_date,
        note=mask_card_numbers(decision.note),
        created_at=clock.now(),
    )
    record(
        EventType.PAYMENT_APPROVAL_GIVEN,
        account_id=payment.account_id,
        subject_type="payment",
        subject_id=payment.id,
        data={"amount_received_minor": received, "given": given, "needed": needed},
    )
    if decision.payer_account and not payment.payer_account:
        row = Payment.objects.for_account(payment.account_id).filter(id=payment.id, payer_account="")
        conditional_update(row, payer_account=decision.payer_account)


def approve_idempotently(*, payment_id: UUID, operator_id: UUID) -> str:
    """Approve a payment as submitted and return its status; an already approved one returns `already_succeeded`.

    Raises what `approve_payment` raises.
    """
    try:
        return str(approve_payment(payment_id=payment_id, decision=Decision(operator_id)).status)
    except InvalidTransition as error:
        if error.data.get("status") == PaymentStatus.SUCCEEDED:
            return "already_succeeded"
        raise


def reject_payment(*, payment_id: UUID, reason: str) -> Payment:
    """Reject a payment that awaits approval; its invoice can be paid again. Raises `NotFound`, `InvalidTransition`."""
    payment, _ = _locked(payment_id)
    _ensure_awaiting(payment, "rejected")
    transitions.apply(payment, to=PaymentStatus.FAILED, reason=reason)
    return payment


def bounce_payment(*, payment_id: UUID, reason: str) -> Payment:
    """Reverse a payment whose transfer the bank has returned: its invoices are due again and its credits are taken
    back.

    Refused if any of it was refunded or is disputed. Raises `NotFound`, `InvalidTransition`, `PaymentDisputed`.
    """
    payment = Payment.objects.across_accounts().filter(id=payment_id).first()
    if payment is None:
        raise NotFound
    touched = settlement.touched_by_unsettling(
        account_id=payment.account_id, payment_id=payment_id, currency=payment.currency
    )
    invoices = _lock_invoices(payment.account_id, touched)
    payment = _lock_payment(payment.account_id, payment_id)
    if payment.status != PaymentStatus.SUCCEEDED:
        raise InvalidTransition(f"A payment that is {payment.status} cannot bounce.")
    refunds = Refund.objects.for_account(payment.account_id).filter(payment=payment)
    if refunds.exclude(status="cancelled").exists():
        raise InvalidTransition("Part of this payment has been refunded, so it cannot bounce.")
    if is_disputed(payment):
        raise PaymentDisputed
    settlement.unsettle(payment=payment, invoices=invoices, reason=reason)
    return payment


def _locked(payment_id: UUID) -> tuple[Payment, dict[UUID, Invoice]]:
    """Lock the invoices that the payment is meant for, ordered by id, and then the payment."""
    found = meant_for(payment_id)
    if found is None:
        raise NotFound
    account_id, invoice_ids = found
    invoices = _lock_invoices(account_id, invoice_ids)
    return _lock_payment(account_id, payment_id), invoices


def _lock_invoices(account_id: UUID, invoice_ids: Iterable[UUID]) -> dict[UUID, Invoice]:
    return {invoice.id: invoice for invoice in lock_by_id(Invoice, account_id=account_id, ids=invoice_ids)}


def _lock_payment(account_id: UUID, payment_id: UUID) -> Payment:
    (payment,) = lock_by_id(Payment, account_id=account_id, ids=[payment_id])
    return payment


def _ensure_awaiting(payment: Payment, done: str) -> None:
    if payment.status != PaymentStatus.PENDING_APPROVAL:
        raise InvalidTransition(
            f"A payment that is {payment.status} cannot be {done}.", data={"status": payment.status}
        )


def _received(payment: Payment, decision: Decision, grounds: Grounds) -> int:
    """The amount received according to this approver and earlier ones; raises `ValidationError`,
    `ApprovalsDisagree`.
    """
    said = grounds.given[0].amount_received_minor if grounds.given else None
    told = decision.amount_received
    given = told and parse_amount(told, payment.currency, field="amount_received")
    received = given or said or payment.amount_minor
    if said is not None and received != said:
        raise ApprovalsDisagree(data={"amount_received": format_amount(said, payment.currency)})
    explained = decision.note.strip() or any(one.note for one in grounds.given)
    if received > payment.amount_minor + grounds.tolerance_minor and not explained:
        raise ValidationError(
            fields={"note": ["More was received than was claimed. Add a note that says where you saw it."]}
        )
    return received
