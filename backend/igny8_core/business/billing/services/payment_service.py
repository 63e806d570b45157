"""PaymentService: what an account does with payments. Other modules approve and settle them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, connection

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.allocation import decide_amount
from igny8_core.business.billing.domain.availability import MethodConfig, available
from igny8_core.business.billing.domain.errors import (
    DuplicateSubmission,
    InvoiceAlreadyPaid,
    InvoiceNotPayable,
    MethodNotAvailable,
    ProofRequired,
)
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.notes import mask_card_numbers
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.references import Reference, checked_reference
from igny8_core.business.billing.formats.proof_files import CleanFile
from igny8_core.business.billing.models import AccountPaymentMethod, Invoice, Payment
from igny8_core.business.billing.selectors.payment_rows import JOINED, PaymentRow
from igny8_core.business.billing.selectors.submissions import (
    method_configs,
    submission_facts,
)
from igny8_core.business.billing.services.gateways import is_offered, live_gateways
from igny8_core.business.billing.services.locking import LockedInvoice, lock_invoice
from igny8_core.business.billing.services.proofs import attach
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound, ValidationError
from igny8_core.kit.ids import uuid7
from igny8_core.kit.money import parse_amount

_WRITTEN = [name for name in PaymentRow._fields if name != "sequence" and name not in JOINED]
INSERT = f"""INSERT INTO billing_payment ({", ".join(_WRITTEN)}, reference_normalised, reference_skeleton)
 VALUES ({", ".join(f"%({name})s" for name in _WRITTEN)}, %(reference_normalised)s, %(reference_skeleton)s)
 RETURNING sequence"""


@dataclass(frozen=True, slots=True)
class ManualPayment:
    """A payer's submission: money sent outside the system, to be verified. `amount` is decimal text or None."""

    invoice_id: UUID
    payment_method: PaymentMethod
    transaction_reference: str
    notes: str = ""
    amount: str | None = None
    paid_on: date | None = None
    proof: CleanFile | None = None


@dataclass(frozen=True, slots=True)
class AvailableMethods:
    """The payment methods for a country and optionally an invoice."""

    country: str
    currency: str | None
    methods: list[MethodConfig]
    invoice: Invoice | None
    default_method: AccountPaymentMethod | None
    live_gateways: frozenset[str]


class PaymentService:
    """The operations behind the account's payment routes; each runs inside a unit of work."""

    @staticmethod
    def get_available_payment_methods(
        *, account: Account, country: str | None = None, currency: str | None = None, invoice_id: UUID | None = None
    ) -> AvailableMethods:
        """The enabled payment methods in the country (default: the account's), for an invoice's or a given currency.

        Raises `NotFound` if the account has no such invoice, `ValidationError` if invoice and currency differ.
        """
        invoice = None
        if invoice_id is not None:
            invoice = Invoice.objects.for_account(account).filter(id=invoice_id).first()
            if invoice is None:
                raise NotFound
            if currency is not None and currency != invoice.currency:
                raise ValidationError(fields={"currency": ["The invoice is in a different currency."]})
            currency = invoice.currency
        country = country or account.country
        left = invoice and invoice.amount_total_minor - invoice.amount_settled_minor
        saved = AccountPaymentMethod.objects.for_account(account).select_related("card")
        default = saved.filter(is_default=True).first()
        return AvailableMethods(
            country=country,
            currency=currency,
            methods=[
                config
                for config in available(
                    method_configs(country), country=country, currency=currency, amount_minor=left or None
                )
                if is_offered(config, amount_minor=left or None)
            ],
            invoice=invoice,
            default_method=default,
            live_gateways=frozenset(live_gateways()),
        )

    @staticmethod
    def create_manual_payment(*, account: Account, submission: ManualPayment) -> PaymentRow:
        """Record that the account says it has paid; the payment awaits approval.

        The invoice is locked before anything is decided, so that concurrent submissions never exceed its total. Raises,
        in this order: `ValidationError`, `NotFound`, `InvoiceAlreadyPaid`, `InvoiceNotPayable`, `MethodNotAvailable`,
        `ProofRequired`, `DuplicateSubmission`, `AmountExceedsDue`.
        """
        reference = checked_reference(submission.transaction_reference, field="transaction_reference")
        invoice = lock_invoice(account_id=account.id, invoice_id=submission.invoice_id)
        if invoice is None:
            raise NotFound
        _ensure_payable(invoice)
        requested = _requested_minor(submission.amount, invoice.currency)
        facts = submission_facts(
            account_id=account.id,
            invoice_id=invoice.id,
            payment_method=submission.payment_method.value,
            reference=reference,
        )
        left = invoice.amount_total_minor - invoice.amount_settled_minor - facts.open_minor
        _ensure_method(account, submission, invoice.currency, requested or max(left, 0) or None)
        if facts.duplicate is not None:
            payment_id, status = facts.duplicate
            raise DuplicateSubmission(data={"payment_id": payment_id, "status": status})
        amount_minor = decide_amount(
            total_minor=invoice.amount_total_minor,
            settled_minor=invoice.amount_settled_minor,
            open_minor=facts.open_minor,
            requested_minor=requested,
        )
        payment = _insert(account, submission, invoice, amount_minor, reference, duplicate=facts.used_elsewhere)
        if submission.proof is not None:
            attach(account_id=account.id, payment_id=payment.id, file=submission.proof)
        return payment

    @staticmethod
    def begin_gateway_payment(
        *, account: Account, invoice: Invoice, payment_method: PaymentMethod, amount_minor: int
    ) -> Payment:
        """Record that a payer goes to a gateway to pay so much of a locked invoice; the outcome is not known yet."""
        now = clock.now()
        payment = Payment.objects.create(
            account=account,
            invoice=invoice,
            amount_minor=amount_minor,
            currency=invoice.currency,
            payment_method=payment_method.value,
            status=PaymentStatus.PENDING.value,
            created_at=now,
            updated_at=now,
        )
        _record_submitted(payment)
        return payment


def _ensure_payable(invoice: LockedInvoice) -> None:
    if invoice.status == InvoiceStatus.PAID:
        raise InvoiceAlreadyPaid
    if invoice.status != InvoiceStatus.PENDING:
        raise InvoiceNotPayable


def _requested_minor(amount: str | None, currency: str) -> int | None:
    return None if amount is None else parse_amount(amount, currency, field="amount")


def _ensure_method(account: Account, submission: ManualPayment, currency: str, amount_minor: int | None) -> None:
    """Check that the method is offered, and that a proof is attached if every configuration of the
    method requires one.
    """
    offered = available(
        method_configs(account.country), country=account.country, currency=currency, amount_minor=amount_minor
    )
    ways = [config for config in offered if config.payment_method == submission.payment_method]
    if not ways:
        raise MethodNotAvailable
    if submission.proof is None and all(config.requires_proof for config in ways):
        raise ProofRequired


def _insert(
    account: Account,
    submission: ManualPayment,
    invoice: LockedInvoice,
    amount_minor: int,
    reference: Reference,
    *,
    duplicate: bool,
) -> PaymentRow:
    now = clock.now()
    payment = PaymentRow(
        id=uuid7(),
        sequence=0,
        account_id=account.id,
        invoice_id=invoice.id,
        invoice_number=invoice.number,
        invoice_status=invoice.status,
        amount_minor=amount_minor,
        currency=invoice.currency,
        payment_method=submission.payment_method.value,
        status=PaymentStatus.PENDING_APPROVAL.value,
        transaction_reference=reference.text,
        notes=mask_card_numbers(submission.notes),
        duplicate_reference=duplicate,
        paid_on=submission.paid_on,
        created_at=now,
        updated_at=now,
        submitted_at=now,
    )
    try:
        with connection.cursor() as cursor:
            compared = {"reference_normalised": reference.normalised, "reference_skeleton": reference.skeleton}
            cursor.execute(INSERT, {**payment._asdict(), **compared})
            (sequence,) = cursor.fetchone() or (0,)
    except IntegrityError as error:
        # The unique index is the second safeguard: it holds even if the invoice were not locked.
        raise DuplicateSubmission from error
    _record_submitted(payment)
    return payment._replace(sequence=sequence)


def _record_submitted(payment: Payment | PaymentRow) -> None:
    record(
        EventType.PAYMENT_SUBMITTED,
        account_id=payment.account_id,
        subject_type="payment",
        subject_id=payment.id,
        data={
            "from": None,
            "to": payment.status,
            "invoice_id": str(payment.invoice_id),
            "payment_method": payment.payment_method,
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
        },
    )
