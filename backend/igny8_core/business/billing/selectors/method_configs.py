"""Reads of the configured payment methods, for operators."""

from django.db.models import QuerySet

from igny8_core.business.billing.models import PaymentMethodConfig


def find_configs(
    *, country: str | None = None, payment_method: str | None = None, enabled: bool | None = None
) -> QuerySet[PaymentMethodConfig]:
    """Configured payment methods; country `*` means the rows for every country."""
    given = {"country": country, "payment_method": payment_method, "enabled": enabled}
    return PaymentMethodConfig.objects.filter(**{name: value for name, value in given.items() if value is not None})
