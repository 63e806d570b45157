"""Reads of refunds."""

from dataclasses import asdict, dataclass
from uuid import UUID

from django.db.models import QuerySet

from igny8_core.business.billing.models import Refund
from igny8_core.kit.errors import NotFound


@dataclass(frozen=True, slots=True)
class RefundFilters:
    """Filters of the list of refunds."""

    status: str | None = None
    destination: str | None = None
    account_id: UUID | None = None
    payment_id: UUID | None = None


def refunds_across_accounts() -> QuerySet[Refund]:
    """Every refund, for operators."""
    return Refund.objects.across_accounts()


def find_refund(refund_id: UUID) -> Refund:
    """A refund of any account, for operators. Raises `NotFound`."""
    refund = refunds_across_accounts().filter(id=refund_id).first()
    if refund is None:
        raise NotFound
    return refund


def find_refunds(filters: RefundFilters) -> QuerySet[Refund]:
    """Refunds of every account that pass the filters, for operators."""
    given = {name: value for name, value in asdict(filters).items() if value is not None}
    return refunds_across_accounts().filter(**given)
