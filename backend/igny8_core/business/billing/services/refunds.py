"""Refunds as operators decide on them: to the account's balance, by transfer, or back through the payment's gateway.

Money that leaves needs a second operator if it is above the limit (together with what the first let out alone for the
account within a day), and a transfer also if its beneficiary is not known as the payer. A refund to the balance needs
only one operator, because no money leaves. Through a gateway it goes back to where it came from, so that nobody is
named. A refund never reopens an invoice.
"""

from dataclasses import dataclass
from uuid import UUID

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.errors import FourEyesRequired, InvalidTransition, PaymentDisputed
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.methods import MANUAL
from igny8_core.business.billing.domain.notes import mask_card_numbers
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.refunds import RefundDestination, RefundPlan, RefundStatus
from igny8_core.business.billing.models import Payment, Refund
from igny8_core.business.billing.selectors.approvals import refund_approvals_needed
from igny8_core.business.billing.selectors.disputes import is_disputed
from igny8_core.business.billing.selectors.payers import is_payers_account
from igny8_core.business.billing.services import refund_booking
from igny8_core.business.billing.services.checkout_rows import AT_WORK
from igny8_core.events.catalogue import EventType
from igny8_core.kit import clock
from igny8_core.kit.errors import ValidationError
from igny8_core.kit.locks import hold
from igny8_core.kit.money import parse_amount
from igny8_core.kit.sealing import unseal

NO_GATEWAY = "This payment did not come through a gateway. Choose transfer or balance."
NOBODY_NAMED = "The money goes back to where it came from, so nobody can be named."


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
    """Refund a succeeded payment, in full or in part. One that is `processing` is to be sent by the gateway.

    Raises `NotFound`, `ValidationError`, `InvalidTransition`, `PaymentDisputed`, `AmountExceedsRefundable`,
    `InsufficientCredits`, and `InsufficientBalance` if overpaid money that would be paid out has been spent.
    """
    source = refund_booking.locked_source(payment_id)
    payment = source.payment
    if payment.status != PaymentStatus.SUCCEEDED:
        raise InvalidTransition(f"A payment that is {payment.status} cannot be refunded.")
    _ensure_way_back(payment, request)
    if is_disputed(payment):
        raise PaymentDisputed
    leaves = request.destination is not RefundDestination.BALANCE
    if leaves:
        hold(Account, row_id=payment.account_id)
    amount = None if request.amount is None else parse_amount(request.amount, payment.currency, field="amount")
    plan = refund_booking.plan_of(source, amount_minor=amount, leaves=leaves)
    known = _is_known(payment, request)
    needed = _approvals_needed(payment, request, plan, known=known)
    status = RefundStatus.PENDING_APPROVAL if needed > 1 else _released(request.destination)
    refund = refund_booking.book_request(
        source,
        plan,
        may_overdraw=request.force,
        destination=request.destination.value,
        status=status.value,
        reason=request.reason,
        requested_by_id=request.operator_id,
        beneficiary_sealed=request.beneficiary_sealed,
        beneficiary_known=known,
        approvals_needed=needed,
        next_ask_at=clock.now() + AT_WORK if status is RefundStatus.PROCESSING else None,
    )
    if not leaves:
        refund_booking.complete(refund, payment)
    return refund


def approve_refund(*, refund_id: UUID, operator_id: UUID, note: str = "") -> Refund:
    """Approve a refund that is waiting for a second operator.

    Raises `NotFound`, `InvalidTransition`, and `FourEyesRequired` for the operator who requested it.
    """
    refund, _ = refund_booking.locked_refund(refund_id, to=RefundStatus.PENDING)
    if refund.requested_by_id == operator_id:
        raise FourEyesRequired("You requested this refund, so somebody else must approve it.")
    status = _released(RefundDestination(refund.destination))
    refund_booking.move(
        refund,
        status,
        approved_by_id=operator_id,
        approved_at=clock.now(),
        approval_note=mask_card_numbers(note),
        next_ask_at=clock.now() + AT_WORK if status is RefundStatus.PROCESSING else None,
    )
    refund_booking.record_about(EventType.REFUND_APPROVED, refund, needed=refund.approvals_needed)
    return refund


def mark_refund_paid(*, refund_id: UUID) -> Refund:
    """Record that the transfer of a pending refund was sent. Raises `NotFound`, `InvalidTransition`."""
    refund, source = refund_booking.locked_refund(refund_id, to=RefundStatus.COMPLETED)
    if refund.destination == RefundDestination.ORIGINAL:
        raise InvalidTransition("The gateway sends this refund, and says when it is done.")
    refund_booking.pay_out(refund, source.payment)
    return refund


def cancel_refund(*, refund_id: UUID) -> Refund:
    """Cancel a refund that has not been paid out, reject one that is waiting for approval, or give a failed one up.

    Its money returns to the payment, its credits to the account. Raises `NotFound`, `InvalidTransition`.
    """
    refund, source = refund_booking.locked_refund(refund_id, to=RefundStatus.CANCELLED)
    if any(invoice.status == InvoiceStatus.VOID for invoice in source.invoices.values()):
        raise InvalidTransition("The invoice has been voided since, so its money must be refunded.")
    refund_booking.give_up(refund, source)
    return refund


def _ensure_way_back(payment: Payment, request: RefundRequest) -> None:
    if request.destination is not RefundDestination.ORIGINAL:
        return
    if payment.payment_method in MANUAL:
        raise ValidationError(fields={"destination": [NO_GATEWAY]})
    if request.beneficiary_sealed:
        raise ValidationError(fields={"beneficiary": [NOBODY_NAMED]})


def _released(destination: RefundDestination) -> RefundStatus:
    """What a refund is once nobody has to approve it: a person sends a transfer, the gateway what goes back by it."""
    return RefundStatus.PROCESSING if destination is RefundDestination.ORIGINAL else RefundStatus.PENDING


def _is_known(payment: Payment, request: RefundRequest) -> bool:
    if not request.beneficiary_sealed:
        return False
    return is_payers_account(account_id=payment.account_id, number=unseal(request.beneficiary_sealed)["iban"])


def _approvals_needed(payment: Payment, request: RefundRequest, plan: RefundPlan, *, known: bool) -> int:
    """Two for money that leaves above the limit, and for a transfer to an account that is not known as the payer's."""
    if request.destination is RefundDestination.BALANCE:
        return 1
    if request.beneficiary_sealed and not known:
        return 2
    amount_minor = plan.settled_minor + plan.from_balance_minor
    return refund_approvals_needed(payment, operator_id=request.operator_id, amount_minor=amount_minor)
