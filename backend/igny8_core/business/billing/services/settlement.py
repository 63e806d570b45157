"""The only place where money settles: receipts settle invoices, bounces un-settle them, and the balance can pay too.

The caller holds the locks on the invoices, ordered by id, and then on the payment. This module then locks the ledger's
balances, money before credits; the head of the event chain is locked last, when the unit of work ends.
"""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models import Q

from igny8_core.business.billing.domain.allocation import Claim, Split, split
from igny8_core.business.billing.domain.errors import InvalidTransition
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.models import Allocation, Invoice, Payment
from igny8_core.business.billing.services import invoice_credits, transitions
from igny8_core.business.ledger.domain.chart import Code, JournalKind, cash
from igny8_core.business.ledger.domain.entry import Entry
from igny8_core.business.ledger.public import lock_balances, locked_balance, post
from igny8_core.events.catalogue import JSON, EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.locks import Overtaken, conditional_update

type Invoices = Mapping[UUID, Invoice]


def settle(
    *,
    payment: Payment,
    invoices: Invoices,
    received_minor: int,
    value_date: date | None,
    decided_alone_by_id: UUID | None,
    tolerance_minor: int = 0,
) -> None:
    """Settle what the received money was meant for; the rest becomes the account's balance.

    `decided_alone_by_id` is the operator if only one has approved. Raises `InvalidTransition`.
    """
    claims = _claims(payment, invoices)
    shared = split(received_minor=received_minor, claims=claims, tolerance_minor=tolerance_minor)
    transitions.apply(
        payment,
        to=PaymentStatus.SUCCEEDED,
        amount_received_minor=received_minor,
        value_date=value_date,
        decided_alone_by_id=decided_alone_by_id,
    )
    post(_settled_entry(payment, shared), account_id=payment.account_id)
    for share in shared.shares:
        Allocation.objects.create(
            account_id=payment.account_id,
            payment=payment,
            invoice_id=share.invoice_id,
            amount_minor=share.amount_minor,
            charges_minor=share.charges_minor,
            created_at=clock.now(),
        )
        _count(invoices[share.invoice_id], share.amount_minor)
    late: list[JSON] = [str(claim.invoice_id) for claim in claims if claim.due_minor == 0]
    if late:
        _record(EventType.PAYMENT_ARRIVED_LATE, payment, excess_minor=shared.excess_minor, invoice_ids=late)


def touched_by_unsettling(*, account_id: UUID, payment_id: UUID, currency: str) -> set[UUID]:
    """The invoices to lock before a payment is un-settled: what it has settled, and what the balance has paid.

    The excess may have to be taken back from the latter.
    """
    touched = Allocation.objects.for_account(account_id).filter(
        Q(payment_id=payment_id) | Q(payment=None, invoice__currency=currency), reversed_at=None
    )
    return set(touched.values_list("invoice_id", flat=True))


def unsettle(*, payment: Payment, invoices: Invoices, reason: str, held_in: str = "") -> None:
    """Reverse what a bounced transfer had settled: its invoices are due again and its credits are taken back.

    `invoices` holds those of `touched_by_unsettling`; `held_in` is the code that the money is in, if it is not with its
    method any more. Raises `InvalidTransition`, and `Overtaken` if the balance has paid another one since they were
    locked.
    """
    lock_balances(account_id=payment.account_id, unit=payment.currency)
    allocations = list(
        Allocation.objects.for_account(payment.account_id).filter(payment=payment, reversed_at=None).order_by("id")
    )
    received = payment.amount_received_minor or 0
    excess = received - sum(allocation.amount_minor - allocation.charges_minor for allocation in allocations)
    if excess:
        _free_balance(payment, excess, invoices)
    transitions.apply(payment, to=PaymentStatus.FAILED, reason=reason, reversal=True)
    post(_reversed_entry(payment, allocations, invoices, excess, held_in), account_id=payment.account_id)
    for allocation in allocations:
        _take_off(allocation, invoices[allocation.invoice_id])


def apply_balance(*, invoice: Invoice) -> int:
    """Pay a locked invoice from the account's balance, as far as it goes; returns minor units.

    Raises `InvalidTransition` if the invoice is not pending.
    """
    if invoice.status != InvoiceStatus.PENDING:
        raise InvalidTransition(f"An invoice that is {invoice.status} does not accept payments.")
    held = -locked_balance(account_id=invoice.account_id, unit=invoice.currency, code=Code.CUSTOMER_BALANCE)
    amount_minor = min(held, invoice.amount_total_minor - invoice.amount_settled_minor)
    if amount_minor <= 0:
        return 0
    allocation = Allocation.objects.create(
        account_id=invoice.account_id, invoice=invoice, amount_minor=amount_minor, created_at=clock.now()
    )
    _post_balance(
        JournalKind.BALANCE_APPLIED,
        allocation,
        invoice,
        {
            Code.CUSTOMER_BALANCE.value: amount_minor,
            Code.RECEIVABLE.value: -amount_minor,
        },
    )
    _record_balance(EventType.BALANCE_APPLIED, invoice, amount_minor)
    _count(invoice, amount_minor)
    return amount_minor


def unapply_balance(*, allocation: Allocation, invoice: Invoice) -> None:
    """Return to the balance what it had paid on a locked invoice."""
    owed = Code.BAD_DEBTS if invoice.status == InvoiceStatus.UNCOLLECTIBLE else Code.RECEIVABLE
    _post_balance(
        JournalKind.BALANCE_UNAPPLIED,
        allocation,
        invoice,
        {
            owed.value: allocation.amount_minor,
            Code.CUSTOMER_BALANCE.value: -allocation.amount_minor,
        },
    )
    _record_balance(EventType.BALANCE_UNAPPLIED, invoice, allocation.amount_minor)
    _take_off(allocation, invoice)


def _claims(payment: Payment, invoices: Invoices) -> list[Claim]:
    planned = [(str(payment.invoice_id), None)] if payment.plan is None else payment.plan
    return [Claim(UUID(invoice_id), _due(invoices[UUID(invoice_id)]), wanted) for invoice_id, wanted in planned]


def _due(invoice: Invoice) -> int:
    """Only a pending invoice accepts money; later money goes to the balance."""
    if invoice.status != InvoiceStatus.PENDING:
        return 0
    return invoice.amount_total_minor - invoice.amount_settled_minor


def _settled_entry(payment: Payment, shared: Split) -> Entry:
    charges = sum(share.charges_minor for share in shared.shares)
    lines = {
        cash(payment.payment_method): payment.amount_received_minor or 0,
        Code.BANK_CHARGES.value: charges,
        Code.RECEIVABLE.value: -sum(share.amount_minor for share in shared.shares),
        Code.CUSTOMER_BALANCE.value: -shared.excess_minor,
    }
    return Entry(JournalKind.PAYMENT_SETTLED, payment.id, payment.currency, lines)


def _reversed_entry(
    payment: Payment, allocations: list[Allocation], invoices: Invoices, excess: int, held_in: str
) -> Entry:
    """Reverse the settlement's lines; what becomes due on a written-off invoice is written off again."""
    lines = {
        held_in or cash(payment.payment_method): -(payment.amount_received_minor or 0),
        Code.BANK_CHARGES.value: -sum(allocation.charges_minor for allocation in allocations),
        Code.CUSTOMER_BALANCE.value: excess,
        Code.RECEIVABLE.value: 0,
        Code.BAD_DEBTS.value: 0,
    }
    for allocation in allocations:
        given_up = invoices[allocation.invoice_id].status == InvoiceStatus.UNCOLLECTIBLE
        lines[(Code.BAD_DEBTS if given_up else Code.RECEIVABLE).value] += allocation.amount_minor
    return Entry(JournalKind.PAYMENT_REVERSED, payment.id, payment.currency, lines)


def _free_balance(payment: Payment, needed: int, invoices: Invoices) -> None:
    """The excess may have paid other invoices since: return it to the balance, starting with the latest."""
    account_id = payment.account_id
    held = -locked_balance(account_id=account_id, unit=payment.currency, code=Code.CUSTOMER_BALANCE)
    applied = Allocation.objects.for_account(account_id).filter(
        payment=None, reversed_at=None, invoice__currency=payment.currency
    )
    for allocation in applied.order_by("-id"):
        if held >= needed:
            return
        if allocation.invoice_id not in invoices:
            raise Overtaken("the balance has paid another invoice meanwhile")
        unapply_balance(allocation=allocation, invoice=invoices[allocation.invoice_id])
        held += allocation.amount_minor


def _count(invoice: Invoice, amount_minor: int) -> None:
    """Settle money on a locked pending invoice; once nothing is due it is paid and its credits are granted."""
    settled = invoice.amount_settled_minor + amount_minor
    paid = settled == invoice.amount_total_minor
    status = InvoiceStatus.PAID if paid else InvoiceStatus.PENDING
    _change(invoice, expected=InvoiceStatus.PENDING, status=status, settled=settled)
    if paid:
        _record_invoice(EventType.INVOICE_PAID, invoice)
        invoice_credits.grant(invoice)


def _take_off(allocation: Allocation, invoice: Invoice) -> None:
    """Take money off a locked invoice; a paid one becomes due again, in a new cycle, without its credits."""
    rows = Allocation.objects.for_account(invoice.account_id).filter(id=allocation.id, reversed_at=None)
    conditional_update(rows, reversed_at=clock.now())
    reopened = invoice.status == InvoiceStatus.PAID
    status = InvoiceStatus.PENDING if reopened else InvoiceStatus(invoice.status)
    if reopened:
        invoice_credits.take_all(invoice, source_id=allocation.id)
        invoice.cycle += 1
    settled = invoice.amount_settled_minor - allocation.amount_minor
    _change(invoice, expected=InvoiceStatus(invoice.status), status=status, settled=settled)
    if reopened:
        _record_invoice(EventType.INVOICE_REOPENED, invoice)


def _change(invoice: Invoice, *, expected: InvoiceStatus, status: InvoiceStatus, settled: int) -> None:
    now = clock.now()
    conditional_update(
        Invoice.objects.for_account(invoice.account_id).filter(
            id=invoice.id, status=expected.value, amount_settled_minor=invoice.amount_settled_minor
        ),
        amount_settled_minor=settled,
        status=status.value,
        cycle=invoice.cycle,
        paid_at=now if status is InvoiceStatus.PAID else None,
        updated_at=now,
    )
    invoice.amount_settled_minor, invoice.status = settled, status.value


def _post_balance(kind: JournalKind, allocation: Allocation, invoice: Invoice, lines: dict[str, int]) -> None:
    post(Entry(kind, allocation.id, invoice.currency, lines), account_id=invoice.account_id)


def _record(fact: EventType, payment: Payment, **data: JSON) -> None:
    record(
        fact,
        account_id=payment.account_id,
        subject_type="payment",
        subject_id=payment.id,
        data={"currency": payment.currency, **data},
    )


def _record_invoice(fact: EventType, invoice: Invoice) -> None:
    record(
        fact,
        account_id=invoice.account_id,
        subject_type="invoice",
        subject_id=invoice.id,
        data={
            "currency": invoice.currency,
            "amount_total_minor": invoice.amount_total_minor,
            "cycle": invoice.cycle,
        },
    )


def _record_balance(fact: EventType, invoice: Invoice, amount_minor: int) -> None:
    record(
        fact,
        account_id=invoice.account_id,
        subject_type="invoice",
        subject_id=invoice.id,
        data={
            "currency": invoice.currency,
            "amount_minor": amount_minor,
        },
    )
