"""Searches what a person may assign a line to: open invoices, claims and accounts, across accounts."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from igny8_core.accounts.models import Account
from igny8_core.business.billing.public import (
    OpenClaim,
    OpenInvoice,
    invoice_id_of,
    open_claims_like,
    open_invoices_like,
)
from igny8_core.kit.errors import ValidationError

FOUND = 12
LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Targets:
    """The search result; each list is short."""

    invoices: list[OpenInvoice]
    payments: list[OpenClaim]
    accounts: list[Account]

    @property
    def empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.invoices or self.payments or self.accounts)


def find_targets(text: str) -> Targets:
    """Open invoices, claims that await approval and accounts, by number, reference, code or part of the name."""
    text = _searchable(text)
    if len(text) < LEAST_LETTERS:
        return Targets([], [], [])
    accounts = list(Account.objects.filter(Q(code=text.upper()) | Q(name__icontains=text)).order_by("name")[:FOUND])
    return Targets(
        open_invoices_like(text, accounts, at_most=FOUND), open_claims_like(text, accounts, at_most=FOUND), accounts
    )


def target_of(text: str) -> dict[str, str]:
    """The id of the invoice with this number or the account with this code. Raises `ValidationError`."""
    text = _searchable(text)
    invoice_id = _id(invoice_id_of(text))
    if invoice_id:
        return {"invoice_id": invoice_id}
    account_id = _id(Account.objects.filter(code=text.upper()).values_list("id", flat=True).first())
    if account_id:
        return {"account_id": account_id}
    raise ValidationError(fields={"target": [f"There is no invoice or account {text[:40]!r}."]})


def _searchable(text: str) -> str:
    """The search text, without the one character that PostgreSQL cannot search for."""
    return text.strip().replace("\x00", "")


def _id(found: UUID | None) -> str:
    return "" if found is None else str(found)
