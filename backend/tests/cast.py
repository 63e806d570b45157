"""The cast: owner, member and viewer of account A, a stranger of account B, and the operators."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.test import Client
from igny8_core.accounts.models import Account
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.domain.invoice_lines import LineKind
from igny8_core.business.billing.services.invoicing import DraftLine, create_invoice, finalize_invoice
from igny8_core.business.billing.services.limits import set_limit
from igny8_core.business.platform.services import provisioning
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM

BILLING = "/api/v1/billing/"
ADMIN = "/api/v1/admin/billing/"
STAFF = (
    OperatorRole.SUPPORT,
    OperatorRole.APPROVER,
    OperatorRole.APPROVER,
    OperatorRole.FINANCE,
    OperatorRole.ADMIN,
)


@dataclass(frozen=True)
class Api:
    """A caller with one credential."""

    key: str | None

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; `body` is rendered as JSON unless it is bytes already."""
        if self.key is not None:
            headers.setdefault("Authorization", f"Bearer {self.key}")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
        content_type = headers.pop("Content-Type")
        client = Client(raise_request_exception=False)
        return client.generic(method, path, data, content_type=content_type, headers=headers)

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST."""
        return self.call("POST", path, body, **headers)


@dataclass(frozen=True)
class Cast:
    """Everybody in a test."""

    account: Account
    other: Account
    owner: Api
    member: Api
    viewer: Api
    stranger: Api
    support: Api
    approver: Api
    second_approver: Api
    finance: Api
    admin: Api
    anonymous: Api

    def invoice(self, total: str = "1000.00", *, account: Account | None = None, final: bool = True) -> uuid.UUID:
        """An invoice of the account (default: A), pending unless it is to stay a draft."""

        def operation() -> uuid.UUID:
            owner = account or self.account
            lines = [DraftLine(LineKind.SUBSCRIPTION, "Plan", 1, total)]
            invoice = create_invoice(account=owner, currency=owner.billing_currency, due_date=None, lines=lines)
            return finalize_invoice(invoice_id=invoice.id).id if final else invoice.id

        return as_operator(operation)

    def submit(self, invoice_id: uuid.UUID, reference: str = "FT 1", **more: Any) -> Any:
        """The member submits a bank transfer."""
        headers = more.pop("headers", {})
        return self.member.post(f"{BILLING}payments/manual/", claim(invoice_id, reference, **more), **headers)


def claim(invoice_id: uuid.UUID, reference: str = "FT 1", **more: Any) -> dict[str, Any]:
    """The body of a manual payment."""
    return {
        "invoice_id": str(invoice_id),
        "payment_method": "bank_transfer",
        "transaction_reference": reference,
        **more,
    }


def seen(amount: str) -> dict[str, str]:
    """What an approver says who has seen so much on the statement, also if more was seen than claimed."""
    return {"amount_received": amount, "note": "As on the statement"}


def as_operator(operation: Any) -> Any:
    """Run an operation across accounts."""
    return unit_of_work.run(operation, scope=Scope.operators(), actor=SYSTEM)


@contextmanager
def limited(amount: str, currency: str = "PKR") -> Iterator[None]:
    """Two operators decide above this amount; afterwards there is no limit, as before."""
    as_operator(lambda: set_limit(currency=currency, amount=amount))
    try:
        yield
    finally:
        as_operator(lambda: set_limit(currency=currency, amount=None))


def make_cast(country: str = "PK", currency: str = "PKR") -> Cast:
    """Two new accounts with their keys, and operators."""

    def operation() -> Cast:
        accounts = [_account(country, currency) for _ in range(2)]
        keys = {
            role: provisioning.issue_account_key(account=accounts[0], role=role, name=role.value).secret
            for role in (AccountRole.OWNER, AccountRole.MEMBER, AccountRole.VIEWER)
        }
        stranger = provisioning.issue_account_key(account=accounts[1], role=AccountRole.OWNER, name="b").secret
        staff = [_operator_key(role) for role in STAFF]
        return Cast(
            *accounts,
            *(Api(key) for key in keys.values()),
            Api(stranger),
            *(Api(key) for key in staff),
            Api(None),
        )

    cast: Cast = as_operator(operation)
    return cast


def _account(country: str, currency: str) -> Account:
    code = uuid.uuid4().hex[:8].upper()
    return provisioning.create_account(
        code=code, name=f"Company {code}", country=country, billing_currency=currency, time_zone="UTC"
    )


def _operator_key(role: OperatorRole) -> str:
    operator = provisioning.create_operator(email=f"{uuid.uuid4().hex}@igny8.example", password="x" * 12, role=role)
    return provisioning.issue_operator_key(operator=operator, name="test").secret
