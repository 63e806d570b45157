"""Reads of refunds."""

from django.db.models import QuerySet

from igny8_core.business.billing.models import Refund


def refunds_across_accounts() -> QuerySet[Refund]:
    """Every refund, for operators."""
    return Refund.objects.across_accounts()
