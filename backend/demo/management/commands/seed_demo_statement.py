"""The demo's bank accounts, and a statement to upload: matching money, a wrong amount, an unknown payer, a fee."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from igny8_core.accounts.models import Account
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.banking.domain.lines import StatementKind, StatementLine, StatementStart
from igny8_core.business.banking.models import BankAccount
from igny8_core.business.banking.services.bank_accounts import NewBankAccount, create_bank_account
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.models import Invoice, Payment
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM

from demo import camt

NAME = "demo-statement.xml"
ACCOUNTS = (
    ("Standard Chartered, rupees", "PK36SCBL0000001123456702", "PKR"),
    ("Commerzbank, euros", "DE89370400440532013000", "EUR"),
)
PAYER = "PK24HABB0000000123456702"
OPENING_MINOR = 250_000_00


class Command(BaseCommand):
    help = "Sets up the demo's bank accounts and writes demo-statement.xml into the data folder."

    def handle(self, *args: Any, **options: Any) -> None:
        """Create them once; later runs change nothing."""
        path = Path(settings.ENV.data_dir) / NAME
        if path.exists():
            return
        content = unit_of_work.run(_seed, scope=Scope.operators(), actor=SYSTEM)
        if content is not None:
            partial = path.with_suffix(".tmp")
            partial.write_bytes(content)
            partial.replace(path)


def _seed() -> bytes | None:
    for name, number, currency in ACCOUNTS:
        if not BankAccount.objects.filter(number=number, currency=currency).exists():
            create_bank_account(NewBankAccount(name, number, currency))
    account = Account.objects.filter(billing_currency="PKR").order_by("sequence").first()
    return None if account is None else _statement(account)


def _statement(account: Account) -> bytes:
    now = datetime.now(UTC)
    lines = list(_lines(account, now.date()))
    start = StatementStart(
        kind=StatementKind.STATEMENT,
        account=ACCOUNTS[0][1],
        currency="PKR",
        opening_minor=OPENING_MINOR,
        identification=f"SCB-{now:%Y-%m-%d}",
    )
    closing = OPENING_MINOR + sum(line.amount_minor for line in lines)
    return b"".join(camt.write(start, lines, closing_minor=closing, created_at=now))


def _lines(account: Account, day: date) -> list[StatementLine]:
    """A booking for everything that reconciliation can show, based on the demo's open items."""
    lines: list[StatementLine] = []

    def add(amount_minor: int, remittance: str, **more: Any) -> None:
        lines.append(
            StatementLine(
                position=len(lines) + 1,
                amount_minor=amount_minor,
                currency="PKR",
                booking_date=day,
                value_date=day,
                remittance=remittance,
                bank_reference=f"SCB{day:%y%m%d}{len(lines) + 1:04d}",
                **more,
            )
        )

    waiting = Payment.objects.for_account(account).filter(status=PaymentStatus.PENDING_APPROVAL.value)
    for payment in waiting.order_by("sequence")[:3]:
        invoice = payment.invoice
        named = "" if invoice is None else f" invoice {invoice.number}"
        add(
            payment.amount_minor,
            f"IBFT {payment.transaction_reference}{named}",
            counterparty_name=account.name,
            counterparty_account=PAYER,
        )
    taken = set(waiting.values_list("invoice_id", flat=True))
    pending = Invoice.objects.for_account(account).filter(status=InvoiceStatus.PENDING.value).exclude(id__in=taken)
    tellers: tuple[Callable[[Invoice], None], ...] = (
        lambda one: add(_due(one), "", structured_reference=one.creditor_reference, counterparty_name=account.name),
        lambda one: add(_due(one) - 500_00, f"Payment {one.number} less charges", counterparty_name=account.name),
        lambda one: add(_due(one), "monthly plan", counterparty_name=account.name.upper()[:18]),
    )
    for invoice, tell in zip(pending.order_by("sequence"), tellers, strict=False):
        tell(invoice)
    add(18_250_00, "token money", counterparty_name="M. Aslam", counterparty_account="PK11MEZN0000000300456702")
    add(-1_160_00, "Service charges incl. FED")
    return lines


def _due(invoice: Invoice) -> int:
    return invoice.amount_total_minor - invoice.amount_settled_minor
