"""The credit packages on offer."""

from django.db.models import QuerySet

from igny8_core.business.billing.models import CreditPackage


def offered_packages() -> QuerySet[CreditPackage]:
    """Every package on offer with its prices, in the order that operators chose."""
    return CreditPackage.objects.filter(enabled=True).prefetch_related("prices").order_by("sort_order", "id")
