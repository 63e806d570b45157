"""The life of an invoice before payment: drafted, finalized with number and reference, voided, written off."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.errors import InvalidTransition
from igny8_core.business.billing.domain.invoice_lines import LineKind, line_amounts
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus, ensure_invoice_transition
from igny8_core.business.billing.domain.references import creditor_reference, invoice_number
from igny8_core.business.billing.models import Allocation, Invoice, InvoiceCounter, InvoiceLine
from igny8_core.business.billing.selectors.parties import parties_of
from igny8_core.business.billing.services import settlement
from igny8_core.business.ledger.domain.chart import Code, JournalKind
from igny8_core.business.ledger.domain.entry import Entry
from igny8_core.business.ledger.public import lock_balances, post
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound, ValidationError
from igny8_core.kit.locks import conditional_update, lock_one
from igny8_core.kit.money import MAX_AMOUNT_MINOR, parse_amount

NEXT_REFERENCE = "SELECT nextval('billing_creditor_reference_sequence')"


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line as entered: `unit_amount` is decimal text in the invoice's currency, `tax_rate` in percent."""

    kind: LineKind
    description: str
    quantity: int
    unit_amount: str
    tax_rate: Decimal | None = None
    credits: int | None = None


def create_invoice(*, account: Account, currency: str, due_date: date | None, lines: list[DraftLine]) -> Invoice:
    """Draft an invoice; its amounts are computed from its lines. Raises `ValidationError`."""
    now = clock.now()
    rows = [_line(line, position, currency) for position, line in enumerate(lines)]
    tax_minor = sum(row.tax_minor for row in rows)
    total_minor = sum(row.amount_minor for row in rows) + tax_minor
    if not 0 < total_minor <= MAX_AMOUNT_MINOR:
        raise ValidationError(fields={"lines": ["The total is zero or too large."]})
    invoice = Invoice.objects.create(
        account=account,
        currency=currency,
        due_date=due_date,
        amount_total_minor=total_minor,
        amount_tax_minor=tax_minor,
        created_at=now,
        updated_at=now,
    )
    for row in rows:
        row.account_id, row.invoice_id = account.id, invoice.id
    InvoiceLine.objects.bulk_create(rows)
    _record(EventType.INVOICE_CREATED, invoice)
    return invoice


def finalize_invoice(*, invoice_id: UUID, apply_balance: bool = False) -> Invoice:
    """Finalize a draft: assign number and reference and let it be paid, on request immediately from the balance.

    Raises `NotFound`, `InvalidTransition`.
    """
    invoice = _locked(invoice_id)
    ensure_invoice_transition(InvoiceStatus(invoice.status), InvoiceStatus.PENDING)
    if invoice.status != InvoiceStatus.DRAFT:
        raise InvalidTransition("Only a draft can be finalized.")
    with connection.cursor() as cursor:
        cursor.execute(NEXT_REFERENCE)
        (reference,) = cursor.fetchone() or (0,)
    final = _change(
        invoice,
        InvoiceStatus.PENDING,
        EventType.INVOICE_FINALIZED,
        number=invoice_number(invoice.account.code, _next_number(invoice.account)),
        creditor_reference=creditor_reference(reference),
        finalized_at=clock.now(),
        parties=asdict(parties_of(invoice.account)),
    )
    if apply_balance:
        lock_balances(account_id=final.account_id, unit=final.currency)
    _post(
        JournalKind.INVOICE_ISSUED,
        final,
        {
            Code.RECEIVABLE: final.amount_total_minor,
            Code.REVENUE: final.amount_tax_minor - final.amount_total_minor,
            Code.TAX: -final.amount_tax_minor,
        },
    )
    if apply_balance:
        settlement.apply_balance(invoice=final)
    return final


def apply_balance(*, invoice_id: UUID) -> Invoice:
    """Pay a pending invoice from the account's balance, as far as it goes. Raises `NotFound`, `InvalidTransition`."""
    invoice = _locked(invoice_id)
    settlement.apply_balance(invoice=invoice)
    return invoice


def void_invoice(*, invoice_id: UUID) -> Invoice:
    """Void an invoice; its number stays used, and what the balance had paid on it returns to the balance.

    Refused if unrefunded money of a payment is settled on it. Raises `NotFound`, `InvalidTransition`.
    """
    invoice = _locked(invoice_id)
    ensure_invoice_transition(InvoiceStatus(invoice.status), InvoiceStatus.VOID)
    if invoice.status == InvoiceStatus.DRAFT:
        raise InvalidTransition("A draft has no number yet. Finalize it before you void it.")
    live = Allocation.objects.for_account(invoice.account_id).filter(invoice=invoice, reversed_at=None)
    paid = list(live.exclude(payment=None))
    if any(one.refunded_minor < one.amount_minor - one.charges_minor for one in paid):
        raise InvalidTransition("Money has been settled on this invoice. Refund it or move it to the balance first.")
    lock_balances(account_id=invoice.account_id, unit=invoice.currency)
    for allocation in live.filter(payment=None).order_by("id"):
        settlement.unapply_balance(allocation=allocation, invoice=invoice)
    charges, refunded = sum(one.charges_minor for one in paid), sum(one.refunded_minor for one in paid)
    voided = _change(invoice, InvoiceStatus.VOID, EventType.INVOICE_VOIDED, voided_at=clock.now())
    _post(
        JournalKind.INVOICE_VOIDED,
        voided,
        {
            Code.RECEIVABLE: voided.amount_settled_minor - voided.amount_total_minor,
            Code.REFUNDS: -refunded,
            Code.BANK_CHARGES: -charges,
            Code.REVENUE: voided.amount_total_minor - voided.amount_tax_minor,
            Code.TAX: voided.amount_tax_minor,
        },
    )
    return voided


def mark_uncollectible(*, invoice_id: UUID) -> Invoice:
    """Write off the amount due on an invoice. Raises `NotFound`, `InvalidTransition`."""
    invoice = _locked(invoice_id)
    ensure_invoice_transition(InvoiceStatus(invoice.status), InvoiceStatus.UNCOLLECTIBLE)
    given_up = _change(invoice, InvoiceStatus.UNCOLLECTIBLE, EventType.INVOICE_MARKED_UNCOLLECTIBLE)
    due = given_up.amount_total_minor - given_up.amount_settled_minor
    _post(JournalKind.INVOICE_WRITTEN_OFF, given_up, {Code.BAD_DEBTS: due, Code.RECEIVABLE: -due})
    return given_up


def _line(line: DraftLine, position: int, currency: str) -> InvoiceLine:
    unit_minor = parse_amount(line.unit_amount, currency, field=f"lines.{position}.unit_amount")
    amounts = line_amounts(quantity=line.quantity, unit_amount_minor=unit_minor, tax_rate=line.tax_rate)
    return InvoiceLine(
        position=position,
        kind=line.kind.value,
        description=line.description,
        quantity=line.quantity,
        unit_amount_minor=unit_minor,
        tax_rate=line.tax_rate,
        tax_minor=amounts.tax_minor,
        amount_minor=amounts.amount_minor,
        credits=line.credits,
    )


def _locked(invoice_id: UUID) -> Invoice:
    invoice = lock_one(Invoice.objects.across_accounts().select_related("account").filter(id=invoice_id))
    if invoice is None:
        raise NotFound
    return invoice


def _next_number(account: Account) -> int:
    """Increment the counter under its lock: a number is only used if its invoice commits."""
    counters = InvoiceCounter.objects.for_account(account)
    counter = lock_one(counters)
    if counter is None:
        InvoiceCounter.objects.bulk_create([InvoiceCounter(account=account)], ignore_conflicts=True)
        counter = lock_one(counters)
        assert counter is not None
    conditional_update(counters.filter(last_number=counter.last_number), last_number=counter.last_number + 1)
    return counter.last_number + 1


def _change(invoice: Invoice, to: InvoiceStatus, fact: EventType, **changes: Any) -> Invoice:
    conditional_update(
        Invoice.objects.for_account(invoice.account_id).filter(id=invoice.id, status=invoice.status),
        status=to.value,
        updated_at=clock.now(),
        **changes,
    )
    _record(fact, invoice)
    return Invoice.objects.for_account(invoice.account_id).get(id=invoice.id)


def _post(kind: JournalKind, invoice: Invoice, lines: dict[Code, int]) -> None:
    named = {code.value: amount for code, amount in lines.items()}
    post(Entry(kind, invoice.id, invoice.currency, named), account_id=invoice.account_id)


def _record(fact: EventType, invoice: Invoice) -> None:
    record(
        fact,
        account_id=invoice.account_id,
        subject_type="invoice",
        subject_id=invoice.id,
        data={
            "currency": invoice.currency,
            "amount_total_minor": invoice.amount_total_minor,
        },
    )
