"""The credit packages on offer."""

from typing import Any

from igny8_core.business.billing.models import CreditPackage
from igny8_core.kit.money import format_amount


def offered_packages() -> list[dict[str, Any]]:
    """Every package on offer with its prices, in the order operators gave them."""
    packages = CreditPackage.objects.filter(enabled=True).prefetch_related("prices").order_by("sort_order", "id")
    return [
        {
            "id": package.id,
            "name": package.name,
            "credits": package.credits,
            "prices": [
                {"currency": price.currency, "amount": format_amount(price.amount_minor, price.currency)}
                for price in sorted(package.prices.all(), key=lambda price: price.currency)
            ],
        }
        for package in packages
    ]
