"""Keys of gateways, and a card, for tests that never call one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from igny8_core.business.billing.models import SavedCard
from tests.cast import as_operator

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


def unopened_card(account: Any) -> str:
    """The id of a card of the account's whose page was never opened."""
    now = datetime.now(UTC)
    moments = {"begun_at": now, "changed_at": now, "expires_at": now + timedelta(hours=1)}
    values = {"account": account, "gateway": "stripe", "live": False, "state": "open", **moments}
    return str(as_operator(lambda: SavedCard.objects.create(**values)).id)
