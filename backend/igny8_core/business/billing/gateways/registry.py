"""Every gateway that the product knows: a line each, and nothing about it outside of its folder."""

from collections.abc import Callable, Mapping

from igny8_core.business.billing.gateways import paypal, stripe
from igny8_core.business.billing.gateways.base import Gateway

REGISTRY: Mapping[str, Callable[[Mapping[str, str]], Gateway | None]] = {
    "stripe": stripe.configured,
    "paypal": paypal.configured,
}
"""By payment method, what makes the gateway of a deployment's settings, or None without a key."""
