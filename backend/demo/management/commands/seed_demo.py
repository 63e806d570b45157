"""Realistic demo data: three accounts, a year of invoices and payments, created through the services.

The history is written with the injected clock, so that every event verifies. A second run changes nothing.
"""

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from igny8_core.accounts.models import Account, User
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.services.limits import set_limit
from igny8_core.business.platform.services import provisioning
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.kit import clock

from demo.history import BANK, MONTH, MONTHS, WALLET, Customer, Staff, write_year

KARACHI = Customer(
    seats=9,
    seat_price="3750.00",
    pack_price="6000.00",
    support_price="12500.00",
    pays_after_days=3,
    bank_references=(
        "FT23 1190 4471",
        "ibft-00{n}871",
        "Inv {number}",
        "{number} thanks",
        "RAAST {n}0045",
        "TRX.{n}.4451",
        "ref {n} / office",
        "FT-{n}-AX7",
    ),
    wallet_references=("TID 98{n}1120453", "jc {n}7731904"),
    saved=(
        (BANK, "HBL, main account", {"iban": "PK•• HABB •••• 6702"}),
        (WALLET, "JazzCash, Ayesha", {"number": "03•• •••4471"}),
    ),
    rounds_up_to_minor=5_000_00,
    bank_charges_minor=7_50,
)
BERLIN = Customer(
    seats=6,
    seat_price="29.00",
    pack_price="49.00",
    support_price="120.00",
    tax_rate=Decimal(19),
    pays_after_days=6,
    bank_references=(
        "{number}",
        "RE {number} Spreeufer",
        "Rechnung {number} / KdNr {n}04",
        "FT23 1190 4471",
        "SEPA {n}-2211/09",
        "Spreeufer Werkstatt {n}",
    ),
    saved=((BANK, "Geschäftskonto GLS", {"iban": "DE•• •••• •••• •••• ••30 00"}),),
    rounds_up_to_minor=50_00,
)
NAIROBI = Customer(
    seats=14,
    seat_price="1900.00",
    pack_price="3500.00",
    support_price="8000.00",
    tax_rate=Decimal(16),
    pays_after_days=1,
    bank_references=("EFT {n}20441", "KCB/{n}/{number}", "pesalink {n}0912", "{number}", "RTGS-{n}-77"),
    wallet_references=("SLK{n}4XT9QP", "slj {n}2 MK0R"),
    saved=((WALLET, "M-Pesa, office", {"number": "07•• •••118"}), (BANK, "KCB", {"account": "•••• 4402"})),
    rounds_up_to_minor=1_000_00,
    bank_charges_minor=6_00,
)
ACCOUNTS = (
    ("KARACHI", "Karachi Textile Works", "PK", "PKR", "Asia/Karachi", KARACHI),
    ("BERLIN", "Spreeufer Werkstatt GmbH", "DE", "EUR", "Europe/Berlin", BERLIN),
    ("NAIROBI", "Savanna Logistics Ltd", "KE", "KES", "Africa/Nairobi", NAIROBI),
)
OPERATORS = {
    "support": OperatorRole.SUPPORT,
    "approver": OperatorRole.APPROVER,
    "second_approver": OperatorRole.APPROVER,
    "finance": OperatorRole.FINANCE,
    "admin": OperatorRole.ADMIN,
}
LAST_BILLED = timedelta(days=12)
LIMITS = {"PKR": "1000000.00", "EUR": "10000.00", "KES": "1000000.00"}


class Command(BaseCommand):
    help = "Fills an empty demo database and writes demo.json into the data folder."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed once; later runs change nothing."""
        path = Path(settings.ENV.data_dir) / "demo.json"
        if _operators(lambda: Account.objects.exists()):
            if not path.exists():
                raise CommandError(f"The database has data, but {path} is missing; remove one or the other.")
            _write(path, {**json.loads(path.read_text()), **_addresses()})
            return
        _write(path, {**_addresses(), **_operators(_seed)})
        self.stdout.write("Demo data is ready.")


def _addresses() -> dict[str, str]:
    """What may differ at each start: the port, and the location of the database."""
    return {"base_url": f"http://127.0.0.1:{settings.ENV.port}", "database_url": settings.ENV.owner_url}


def _write(path: Path, document: dict[str, Any]) -> None:
    """Readable only by its owner from the first byte on; nobody ever sees half of it."""
    temporary = path.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(document, indent=1))
    temporary.replace(path)


def _operators[T](operation: Callable[[], T]) -> T:
    return unit_of_work.run(operation, scope=Scope.operators(), actor=SYSTEM)


def _seed() -> dict[str, Any]:
    start = datetime.now(UTC).replace(hour=8, minute=5, second=0, microsecond=0) - (MONTHS - 1) * MONTH - LAST_BILLED
    with clock.use(start):
        accounts = [_account(*row[:5]) for row in ACCOUNTS]
        operators, operator_users, staff = _staff()
        for currency, amount in LIMITS.items():
            set_limit(currency=currency, amount=amount)
    deciding = Staff(approver=staff["approver"].id, finance=staff["finance"].id)
    for (account, _), (*_, customer) in zip(accounts, ACCOUNTS, strict=True):
        write_year(account, customer, start=start, staff=deciding)
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
        "id": str(account.id),
        "name": name,
        "country": country,
        "currency": currency,
        "keys": keys,
        "users": users,
    }
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
