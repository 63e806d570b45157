"""Stripe: hosted Checkout by its official library."""

from igny8_core.business.billing.gateways.stripe.settings import configured

__all__ = ["configured"]
