"""Demo data that looks like life: three accounts, a year of invoices and payments, through the services.

History is written with the injected clock, so that every event verifies. A second run changes nothing.
"""

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from igny8_core.accounts.models import Account, User
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.accounts.tenancy import Scope
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
from igny8_core.business.billing.services.limits import set_limit
from igny8_core.business.billing.services.payment_service import ManualPayment, PaymentService
from igny8_core.business.billing.services.refunds import RefundRequest, refund_payment
from igny8_core.business.platform.services import provisioning
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.kit import clock
from igny8_core.kit.locks import lock_one

ACCOUNTS = (
    ("KARACHI", "Karachi Textile Works", "PK", "PKR", "Asia/Karachi", "45000.00"),
    ("BERLIN", "Spreeufer Werkstatt GmbH", "DE", "EUR", "Europe/Berlin", "249.00"),
    ("NAIROBI", "Savanna Logistics Ltd", "KE", "KES", "Africa/Nairobi", "32000.00"),
)
OPERATORS = {
    "support": OperatorRole.SUPPORT,
    "approver": OperatorRole.APPROVER,
    "second_approver": OperatorRole.APPROVER,
    "finance": OperatorRole.FINANCE,
    "admin": OperatorRole.ADMIN,
}
REFERENCES = (
    "FT23 1190 4471", "ibft-00{n}871", "Inv {number}", "TID/{n}99120", "{number} thanks", "RAAST {n}0045",
    "UTR N{n}204411", "pmt {n} oct", "FT-{n}-AX7", "mobile trf 0{n}3318", "TRX.{n}.4451", "ref {n} / office",
)  # fmt: skip
FATES = (
    PaymentStatus.SUCCEEDED, PaymentStatus.SUCCEEDED, PaymentStatus.FAILED, PaymentStatus.SUCCEEDED,
    PaymentStatus.CANCELLED, PaymentStatus.SUCCEEDED, PaymentStatus.PROCESSING, PaymentStatus.REFUNDED,
    PaymentStatus.SUCCEEDED, PaymentStatus.PENDING_APPROVAL, None, None,
)  # fmt: skip
LIMITS = {"PKR": "1000000.00", "EUR": "10000.00", "KES": "1000000.00"}
MONTH = timedelta(days=30)


class Command(BaseCommand):
    help = "Fills an empty demo database and writes demo.json into the data folder."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed once; afterwards leave everything as it is."""
        if not settings.ENV.demo:
            raise CommandError("Demo data is for demo mode; this is IGNY8_DEMO=0.")
        path = Path(settings.ENV.data_dir) / "demo.json"
        if _operators(lambda: Account.objects.exists()):
            if not path.exists():
                raise CommandError(f"The database has data, but {path} is missing; remove one or the other.")
            _write(path, {**json.loads(path.read_text()), **_addresses()})
            return
        _write(path, {**_addresses(), **_operators(_seed)})
        self.stdout.write("Demo data is ready.")


def _addresses() -> dict[str, str]:
    """What may be another at each start: the port, and where the database lies."""
    return {"base_url": f"http://127.0.0.1:{settings.ENV.port}", "database_url": settings.ENV.owner_url}


def _write(path: Path, document: dict[str, Any]) -> None:
    """Readable by its owner alone from its first byte on; nobody ever sees half of it."""
    temporary = path.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(document, indent=1))
    temporary.replace(path)


def _operators[T](operation: Callable[[], T]) -> T:
    return unit_of_work.run(operation, scope=Scope.operators(), actor=SYSTEM)


def _seed() -> dict[str, Any]:
    start = datetime.now(UTC) - 12 * MONTH - timedelta(days=5)
    with clock.use(start):
        accounts = [_account(*row[:5]) for row in ACCOUNTS]
        operators, operator_users, staff = _staff()
        for currency, amount in LIMITS.items():
            set_limit(currency=currency, amount=amount)
    for index, (account, _) in enumerate(accounts):
        _history(account, unit_amount=ACCOUNTS[index][5], start=start, staff=staff)
    return {
        "accounts": [document for _, document in accounts],
        "operators": operators,
        "operator_users": operator_users,
    }


def _account(code: str, name: str, country: str, currency: str, zone: str) -> tuple[Account, dict[str, Any]]:
    account = provisioning.create_account(
        code=code, name=name, country=country, billing_currency=currency, time_zone=zone
    )
    roles = (AccountRole.OWNER, AccountRole.MEMBER, AccountRole.VIEWER)
    keys = {
        role.value: provisioning.issue_account_key(account=account, role=role, name=f"demo {role}").secret
        for role in roles
    }
    users = []
    for role in roles:
        email, password = f"{role}@{code.lower()}.example", f"demo-{secrets.token_hex(4)}"
        provisioning.create_user(account=account, email=email, password=password, role=role)
        users.append({"email": email, "password": password, "role": role.value})
    document = {
        "id": str(account.id), "name": name, "country": country, "currency": currency, "keys": keys, "users": users,
    }  # fmt: skip
    return account, document


def _staff() -> tuple[dict[str, str], list[dict[str, str]], dict[str, User]]:
    keys: dict[str, str] = {}
    staff: dict[str, User] = {}
    users: list[dict[str, str]] = []
    for name, role in OPERATORS.items():
        email, password = f"{name.replace('_', '-')}@igny8.example", f"demo-{secrets.token_hex(4)}"
        operator = staff[name] = provisioning.create_operator(email=email, password=password, role=role)
        keys[name] = provisioning.issue_operator_key(operator=operator, name=f"demo {name}").secret
        users.append({"email": email, "password": password, "role": role.value})
    return keys, users, staff


def _history(account: Account, *, unit_amount: str, start: datetime, staff: dict[str, User]) -> None:
    """Twelve months: an invoice each, most of them paid, every status somewhere, the last ones still due."""
    for month, fate in enumerate(FATES):
        issued = start + month * MONTH
        with clock.use(issued):
            invoice = _invoice(account, unit_amount, issued)
        if fate is None:
            continue
        with clock.use(issued + timedelta(days=3 + month % 5, hours=month)):
            payment_id = _submit(account, invoice, month)
        with clock.use(issued + timedelta(days=5 + month % 5, hours=month)):
            _decide(account, payment_id, fate, staff)
    with clock.use(start + MONTH):
        void_invoice(invoice_id=_invoice(account, unit_amount, start + MONTH).id)
        mark_uncollectible(invoice_id=_invoice(account, unit_amount, start + MONTH).id)
    with clock.use(start + 11 * MONTH):
        waiting = _invoice(account, unit_amount, start + 11 * MONTH)
        payment_id = _submit(account, waiting, 11)
        _as_gateway_pending(account, waiting)
    assert payment_id


def _invoice(account: Account, unit_amount: str, issued: datetime) -> Invoice:
    lines = [
        DraftLine(LineKind.SUBSCRIPTION, "Team plan, one month", 1, unit_amount),
        DraftLine(LineKind.CREDIT_PACKAGE, "500 credits", 1, unit_amount, credits=500),
    ]
    due_date = (issued + timedelta(days=14)).date()
    draft = create_invoice(account=account, currency=account.billing_currency, due_date=due_date, lines=lines)
    return finalize_invoice(invoice_id=draft.id)


def _submit(account: Account, invoice: Invoice, month: int) -> UUID:
    reference = REFERENCES[month].format(n=month + 3, number=invoice.number)
    submission = ManualPayment(
        invoice_id=invoice.id,
        payment_method=PaymentMethod.BANK_TRANSFER,
        transaction_reference=reference,
        notes="Paid from our main account." if month % 3 == 0 else "",
        paid_on=clock.now().date(),
    )
    payment_id: UUID = PaymentService.create_manual_payment(account=account, submission=submission)["id"]
    return payment_id


def _decide(account: Account, payment_id: UUID, fate: PaymentStatus, staff: dict[str, User]) -> None:
    match fate:
        case PaymentStatus.PENDING_APPROVAL:
            return
        case PaymentStatus.FAILED:
            reject_payment(payment_id=payment_id, reason="No such transfer on our statement.")
        case PaymentStatus.CANCELLED:
            cancel_payment(account=account, payment_id=payment_id)
        case PaymentStatus.SUCCEEDED:
            approve_payment(payment_id=payment_id, decision=Decision(staff["approver"].id))
        case PaymentStatus.REFUNDED:
            approve_payment(payment_id=payment_id, decision=Decision(staff["approver"].id))
            asked = RefundRequest(staff["finance"].id, RefundDestination.BALANCE, reason="Ordered twice.")
            refund_payment(payment_id=payment_id, request=asked)
        case PaymentStatus.PROCESSING:
            payment = lock_one(Payment.objects.for_account(account).filter(id=payment_id))
            assert payment is not None
            transitions.apply(payment, to=fate)


def _as_gateway_pending(account: Account, invoice: Invoice) -> None:
    """A card payment somebody began and left: the one status no manual payment has."""
    PaymentService.begin_gateway_payment(account=account, invoice=invoice, payment_method=PaymentMethod.STRIPE)
