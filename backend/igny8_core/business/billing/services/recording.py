"""Money that arrived without a submission: an operator records it and says what it pays."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.errors import (
    AmountExceedsDue,
    DuplicateSubmission,
    InvoiceAlreadyPaid,
    InvoiceNotPayable,
)
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.notes import mask_card_numbers
from igny8_core.business.billing.domain.payment_states import LIVE, PaymentStatus
from igny8_core.business.billing.domain.references import checked_reference
from igny8_core.business.billing.models import Invoice, Payment
from igny8_core.business.billing.selectors.approvals import grounds_of
from igny8_core.business.billing.selectors.claims import payments_alike
from igny8_core.business.billing.services import settlement
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound, ValidationError
from igny8_core.kit.locks import hold, lock_all
from igny8_core.kit.money import parse_amount


@dataclass(frozen=True, slots=True)
class Planned:
    """How much of the money an invoice should get; decimal text."""

    invoice_id: UUID
    amount: str


@dataclass(frozen=True, slots=True)
class RecordedMoney:
    """The money received; amounts are decimal text. What is not allocated becomes the account's balance.

    `payer_account` is the bank account it came from, according to a bank line: letters and digits only.
    """

    payment_method: PaymentMethod
    reference: str
    amount: str
    currency: str
    value_date: date
    allocations: tuple[Planned, ...] = ()
    note: str = ""
    payer_account: str = ""


def record_payment(*, account: Account, money: RecordedMoney, operator_id: UUID) -> Payment:
    """Record money and settle it immediately, or let it await others' approval.

    Above the limit it takes two other operators. If only the sum of what this operator has decided alone for the
    account within a day is above the limit, it takes one.

    Raises `NotFound` for an invoice the account does not have, `ValidationError`, `InvoiceAlreadyPaid`,
    `InvoiceNotPayable`, `AmountExceedsDue` and `DuplicateSubmission`.
    """
    amount_minor = parse_amount(money.amount, money.currency, field="amount")
    plan = [
        (line.invoice_id, parse_amount(line.amount, money.currency, field=f"allocations.{index}.amount"))
        for index, line in enumerate(money.allocations)
    ]
    _ensure_fits(amount_minor, plan)
    invoice_ids = [invoice_id for invoice_id, _ in plan]
    invoices = {one.id: one for one in lock_all(Invoice.objects.for_account(account).filter(id__in=invoice_ids))}
    for invoice_id, planned_minor in plan:
        _ensure_takes(invoices.get(invoice_id), planned_minor, money.currency)
    payment = _insert(account, money, amount_minor, plan, operator_id)
    hold(Account, row_id=account.id)
    grounds = grounds_of(payment, operator_id=operator_id)
    if grounds.needed_for(amount_minor, received_minor=amount_minor) == 1:
        settlement.settle(
            payment=payment,
            invoices=invoices,
            received_minor=amount_minor,
            value_date=money.value_date,
            decided_alone_by_id=operator_id,
            tolerance_minor=grounds.closing_tolerance_minor,
        )
    return payment


def _ensure_fits(amount_minor: int, plan: list[tuple[UUID, int]]) -> None:
    if len({invoice_id for invoice_id, _ in plan}) < len(plan):
        raise ValidationError(fields={"allocations": ["Name each invoice only once."]})
    if sum(planned for _, planned in plan) > amount_minor:
        raise ValidationError(fields={"allocations": ["Together they exceed the amount."]})


def _ensure_takes(invoice: Invoice | None, planned_minor: int, currency: str) -> None:
    if invoice is None:
        raise NotFound
    if invoice.currency != currency:
        raise ValidationError(fields={"currency": [f"Invoice {invoice.number} is in {invoice.currency}."]})
    if invoice.status == InvoiceStatus.PAID:
        raise InvoiceAlreadyPaid
    if invoice.status != InvoiceStatus.PENDING:
        raise InvoiceNotPayable
    if planned_minor > invoice.amount_total_minor - invoice.amount_settled_minor:
        raise AmountExceedsDue


def _insert(
    account: Account, money: RecordedMoney, amount_minor: int, plan: list[tuple[UUID, int]], operator_id: UUID
) -> Payment:
    now, reference = clock.now(), checked_reference(money.reference, field="reference")
    of_account = Payment.objects.for_account(account)
    alike = payments_alike(of_account, normalised=reference.normalised, skeleton=reference.skeleton)
    try:
        with transaction.atomic():
            payment = Payment.objects.create(
                account=account,
                invoice_id=plan[0][0] if len(plan) == 1 else None,
                amount_minor=amount_minor,
                currency=money.currency,
                payment_method=money.payment_method.value,
                status=PaymentStatus.PENDING_APPROVAL.value,
                transaction_reference=reference.text,
                reference_normalised=reference.normalised,
                reference_skeleton=reference.skeleton,
                duplicate_reference=alike.exists(),
                notes=mask_card_numbers(money.note),
                value_date=money.value_date,
                payer_account=money.payer_account,
                recorded_by_id=operator_id,
                plan=[[str(invoice_id), planned] for invoice_id, planned in plan],
                created_at=now,
                updated_at=now,
                submitted_at=now,
            )
    except IntegrityError as error:
        same = of_account.filter(
            reference_normalised=reference.normalised,
            payment_method=money.payment_method.value,
            status__in=sorted(map(str, LIVE)),
        )
        named = same.order_by("-sequence").values_list("id", "status").first()
        raise DuplicateSubmission(data=dict(zip(("payment_id", "status"), named or (), strict=False))) from error
    record(
        EventType.PAYMENT_RECORDED,
        account_id=account.id,
        subject_type="payment",
        subject_id=payment.id,
        data={
            "from": None,
            "to": payment.status,
            "payment_method": payment.payment_method,
            "amount_minor": amount_minor,
            "currency": money.currency,
        },
    )
    return payment
