"""What a person may mean when assigning a line by hand: open invoices and claims, and accounts, across accounts."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.references import normalise_reference
from igny8_core.business.billing.models import Invoice, Payment
from igny8_core.kit.errors import ValidationError

FOUND = 12
LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Targets:
    """What was found; each list is short."""

    invoices: list[Invoice]
    payments: list[Payment]
    accounts: list[Account]

    @property
    def empty(self) -> bool:
        """Whether nothing fits."""
        return not (self.invoices or self.payments or self.accounts)


def find_targets(text: str) -> Targets:
    """Open invoices, claims that await approval and accounts, by number, reference, code or a part of the name."""
    text = text.strip().replace("\x00", "")
    if len(text) < LEAST_LETTERS:
        return Targets([], [], [])
    accounts = list(Account.objects.filter(Q(code=text.upper()) | Q(name__icontains=text)).order_by("name")[:FOUND])
    open_invoices = Invoice.objects.across_accounts().filter(status=InvoiceStatus.PENDING.value)
    exact = Q(number=text.upper()) | Q(creditor_reference="".join(text.split()).upper())
    invoices = open_invoices.filter(exact | Q(account__in=accounts)).select_related("account")
    waiting = Payment.objects.across_accounts().filter(status=PaymentStatus.PENDING_APPROVAL.value)
    named = (
        Q(reference_normalised=normalise_reference(text)) | Q(account__in=accounts) | Q(invoice__number=text.upper())
    )
    payments = waiting.filter(named).select_related("account", "invoice")
    return Targets(list(invoices.order_by("sequence")[:FOUND]), list(payments.order_by("sequence")[:FOUND]), accounts)


def target_of(text: str) -> dict[str, str]:
    """An invoice's number or an account's code as the id it stands for. Raises `ValidationError`."""
    invoice_id = _id(Invoice.objects.across_accounts().filter(number=text.upper()).values_list("id", flat=True).first())
    if invoice_id:
        return {"invoice_id": invoice_id}
    account_id = _id(Account.objects.filter(code=text.upper()).values_list("id", flat=True).first())
    if account_id:
        return {"account_id": account_id}
    raise ValidationError(fields={"target": [f"There is no invoice and no account {text[:40]!r}."]})


def _id(found: UUID | None) -> str:
    return "" if found is None else str(found)
