"""Reads of the configured ways to pay, for operators."""

from typing import Any

from django.db.models import QuerySet

from igny8_core.business.billing.models import PaymentMethodConfig
from igny8_core.kit.money import format_amount


def find_configs(
    *, country: str | None = None, payment_method: str | None = None, enabled: bool | None = None
) -> QuerySet[PaymentMethodConfig]:
    """Configured ways to pay; country `*` means the rows for every country."""
    given = {"country": country, "payment_method": payment_method, "enabled": enabled}
    return PaymentMethodConfig.objects.filter(**{name: value for name, value in given.items() if value is not None})


def config_document(config: PaymentMethodConfig) -> dict[str, Any]:
    """A configured way to pay as answered."""
    names = (
        "id", "payment_method", "country", "currency", "display_name", "instructions", "requires_proof", "enabled",
        "sort_order", "created_at", "updated_at",
    )  # fmt: skip
    limits = {"min_amount": config.min_amount_minor, "max_amount": config.max_amount_minor}
    return {
        **{name: getattr(config, name) for name in names},
        **{
            name: None if amount_minor is None else format_amount(amount_minor, config.currency)
            for name, amount_minor in limits.items()
        },
        "tolerance": format_amount(config.tolerance_minor, config.currency),
    }
