"""PayPal: orders that a payer approves at PayPal and that we capture, over its HTTP API."""

from igny8_core.business.billing.gateways.paypal.settings import configured

__all__ = ["configured"]
