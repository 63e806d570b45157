"""A year of a demo account: invoices, payments, and what went wrong with them.

Everything goes through the services with the injected clock, so that it can be verified.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.invoice_lines import LineKind
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.refunds import RefundDestination
from igny8_core.business.billing.models import Invoice, Payment
from igny8_core.business.billing.services import transitions
from igny8_core.business.billing.services.approvals import Decision, approve_payment, reject_payment
from igny8_core.business.billing.services.cancelling import cancel_payment
from igny8_core.business.billing.services.invoicing import (
    DraftLine,
    create_invoice,
    finalize_invoice,
    mark_uncollectible,
    void_invoice,
)
from igny8_core.business.billing.services.method_setup import SavedMethod, save_method, set_default_method
from igny8_core.business.billing.services.payment_service import ManualPayment, PaymentService
from igny8_core.business.billing.services.refunds import RefundRequest, refund_payment
from igny8_core.business.ledger.services import credits
from igny8_core.kit import clock
from igny8_core.kit.locks import lock_one
from igny8_core.kit.money import format_amount

MONTH = timedelta(days=30)
MONTHS = 12
BANK, WALLET = PaymentMethod.BANK_TRANSFER, PaymentMethod.LOCAL_WALLET


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """What distinguishes a demo account; amounts are decimal text in its currency."""

    seats: int
    seat_price: str
    pack_price: str
    support_price: str
    tax_rate: Decimal | None = None
    pays_after_days: int
    bank_references: tuple[str, ...]
    wallet_references: tuple[str, ...] = ()
    saved: tuple[tuple[PaymentMethod, str, Mapping[str, str]], ...]
    rounds_up_to_minor: int
    bank_charges_minor: int = 0


@dataclass(frozen=True, slots=True)
class Staff:
    """The operators who decide."""

    approver: UUID
    finance: UUID


def write_year(account: Account, customer: Customer, *, start: datetime, staff: Staff) -> None:
    """Twelve months from `start`: an invoice each, every status somewhere, the last ones still due."""
    year = _Year(account, customer, staff)
    with clock.use(start):
        year.save_ways_to_pay()
    for month in range(MONTHS):
        issued = start + month * MONTH
        with clock.use(issued):
            invoice = year.bill(month)
        paid = issued + timedelta(days=customer.pays_after_days + month % 5, hours=9 + month % 8, minutes=7 * month)
        with clock.use(paid):
            decide = year.pay(month, invoice)
        with clock.use(paid + timedelta(days=1 + month % 2, hours=3)):
            decide()
    with clock.use(start + 2 * MONTH):
        void_invoice(invoice_id=year.bill(1).id)
        mark_uncollectible(invoice_id=year.bill(1).id)
    with clock.use(start + 11 * MONTH):
        year.abandon_card_payment()


class _Year:
    """The steps of one account's year."""

    def __init__(self, account: Account, customer: Customer, staff: Staff) -> None:
        self.account = account
        self.customer = customer
        self.staff = staff
        self.submitted = 0

    def save_ways_to_pay(self) -> None:
        first: UUID | None = None
        for method, label, details in self.customer.saved:
            saved = save_method(account=self.account, method=SavedMethod(method, label, dict(details)))
            first = first or saved.id
        if first is not None:
            set_default_method(account=self.account, method_id=first)

    def bill(self, month: int) -> Invoice:
        """The month's invoice: the team grows, and some months add credits or support."""
        one, now = self.customer, clock.now()
        seats = one.seats + month // 3
        subscription = f"Team plan, {now:%B %Y}"
        line = partial(DraftLine, tax_rate=one.tax_rate)
        lines = [line(LineKind.SUBSCRIPTION, subscription, seats, one.seat_price)]
        if month % 3 != 2:
            lines.append(line(LineKind.CREDIT_PACKAGE, "500 credits", 1, one.pack_price, credits=500))
        if month % 5 == 4:
            lines.append(line(LineKind.ADDON, "Priority support", 1, one.support_price))
        due_date = (now + timedelta(days=14)).date()
        currency = self.account.billing_currency
        draft = create_invoice(account=self.account, currency=currency, due_date=due_date, lines=lines)
        return finalize_invoice(invoice_id=draft.id)

    def pay(self, month: int, invoice: Invoice) -> Callable[[], None]:
        """The payer's actions in that month; returns what will be decided later."""
        match month:
            case 2:  # somebody mistyped the reference and never came back: overdue
                return partial(self._reject, self._submit(invoice))
            case 3:  # in two halves
                half = format_amount(invoice.amount_total_minor // 2, invoice.currency)
                return partial(self._approve_both, self._submit(invoice, amount=half), self._submit(invoice))
            case 4:  # cancelled, and sent again with the right reference
                cancel_payment(account=self.account, payment_id=self._submit(invoice))
                return partial(self._approve, self._submit(invoice))
            case 5:  # a round sum: the excess becomes balance
                round_sum = self.customer.rounds_up_to_minor
                received_minor = (invoice.amount_total_minor // round_sum + 1) * round_sum
                return partial(self._approve, self._submit(invoice), format_amount(received_minor, invoice.currency))
            case 6:
                return partial(self._process, self._submit(invoice))
            case 7:
                return partial(self._refund, self._submit(invoice))
            case 8:  # the bank deducted its charges
                received_minor = invoice.amount_total_minor - self.customer.bank_charges_minor
                return partial(self._approve, self._submit(invoice), format_amount(received_minor, invoice.currency))
            case 9 | 11:  # still waiting for an operator
                self._submit(invoice)
                return self._use_credits
            case 10:
                return self._use_credits
        return partial(self._approve, self._submit(invoice, method=WALLET if month == 1 else BANK))

    def abandon_card_payment(self) -> None:
        """A card payment that somebody began and abandoned: the one status that no manual payment has."""
        invoice = self.bill(0)
        PaymentService.begin_gateway_payment(
            account=self.account,
            invoice=invoice,
            payment_method=PaymentMethod.STRIPE,
            amount_minor=invoice.amount_total_minor,
        )

    def _submit(self, invoice: Invoice, *, amount: str | None = None, method: PaymentMethod = BANK) -> UUID:
        method = method if self.customer.wallet_references else BANK
        texts = self.customer.wallet_references if method is WALLET else self.customer.bank_references
        reference = texts[self.submitted % len(texts)].format(n=self.submitted + 3, number=invoice.number)
        notes = "Paid from our main account." if self.submitted % 4 == 1 else ""
        self.submitted += 1
        submission = ManualPayment(
            invoice_id=invoice.id,
            payment_method=method,
            transaction_reference=reference,
            notes=notes,
            amount=amount,
            paid_on=clock.now().date(),
        )
        payment_id: UUID = PaymentService.create_manual_payment(account=self.account, submission=submission).id
        return payment_id

    def _approve(self, payment_id: UUID, received: str | None = None) -> None:
        note = "" if received is None else "As on the bank's statement."
        decision = Decision(self.staff.approver, amount_received=received, value_date=clock.now().date(), note=note)
        approve_payment(payment_id=payment_id, decision=decision)

    def _approve_both(self, first: UUID, second: UUID) -> None:
        self._approve(first)
        self._approve(second)

    def _reject(self, payment_id: UUID) -> None:
        reject_payment(payment_id=payment_id, reason="No such transfer on our statement.")

    def _refund(self, payment_id: UUID) -> None:
        self._approve(payment_id)
        asked = RefundRequest(self.staff.finance, RefundDestination.BALANCE, reason="Ordered twice.")
        refund_payment(payment_id=payment_id, request=asked)

    def _process(self, payment_id: UUID) -> None:
        payment = lock_one(Payment.objects.for_account(self.account).filter(id=payment_id))
        assert payment is not None, "submitted a moment ago"
        transitions.apply(payment, to=PaymentStatus.PROCESSING)

    def _use_credits(self) -> None:
        credits.consume(account_id=self.account.id, credits=140 + 35 * self.submitted, reason="Used by the platform")
