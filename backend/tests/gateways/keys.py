"""Keys of gateways for tests that never call one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.conf import settings

VARIABLES = {
    "IGNY8_STRIPE_SECRET_KEY": "sk_test_1",
    "IGNY8_STRIPE_WEBHOOK_SECRET": "whsec_1",
    "IGNY8_PAYPAL_MODE": "sandbox",
    "IGNY8_PAYPAL_CLIENT_ID": "client",
    "IGNY8_PAYPAL_CLIENT_SECRET": "secret",
    "IGNY8_PAYPAL_WEBHOOK_ID": "webhook",
}


@contextmanager
def keys_of_gateways() -> Iterator[None]:
    """With a key, a gateway's address refuses what is not signed; without one it would only say that it is off."""
    before = settings.ENV
    settings.ENV = replace(before, variables={**before.variables, **VARIABLES})
    yield
    settings.ENV = before
