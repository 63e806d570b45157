"""Which configured payment methods are available in a country. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

ANY_COUNTRY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodConfig:
    """A configured payment method; amounts are minor units of `currency`, and both limits are inclusive."""

    id: UUID
    payment_method: str
    country: str
    currency: str
    display_name: str
    instructions: dict[str, str]
    min_amount_minor: int | None
    max_amount_minor: int | None
    tolerance_minor: int
    requires_proof: bool
    enabled: bool
    sort_order: int


def _takes(config: MethodConfig, amount_minor: int | None) -> bool:
    if amount_minor is None:
        return True
    if config.min_amount_minor is not None and amount_minor < config.min_amount_minor:
        return False
    return config.max_amount_minor is None or amount_minor <= config.max_amount_minor


def available(
    configs: Iterable[MethodConfig], *, country: str, currency: str | None, amount_minor: int | None = None
) -> list[MethodConfig]:
    """The enabled methods for a country, currency and amount (None: any), in display order.

    A row for every country (`*`) only counts if the country has no row of its own for that payment method, enabled or
    not: disabling the country's row does not bring the general one back.
    """
    rows = [config for config in configs if config.country in {country, ANY_COUNTRY}]
    own = {config.payment_method for config in rows if config.country != ANY_COUNTRY}
    chosen = [
        config
        for config in rows
        if config.enabled
        and (config.country != ANY_COUNTRY or config.payment_method not in own)
        and (currency is None or config.currency == currency)
        and _takes(config, amount_minor)
    ]
    return sorted(chosen, key=lambda config: (config.sort_order, config.payment_method, config.display_name))
