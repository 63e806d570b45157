"""What a deployment says of Stripe: the secret key, the secret of its messages, and for trials another address."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from igny8_core.business.billing.gateways.base import BadSettings
from igny8_core.business.billing.gateways.stripe.client import Stripe, StripeSettings

KEY, WEBHOOK_SECRET, API_BASE = "IGNY8_STRIPE_SECRET_KEY", "IGNY8_STRIPE_WEBHOOK_SECRET", "IGNY8_STRIPE_API_BASE"
TEST_KEYS, LIVE_KEYS = ("sk_test_", "rk_test_"), ("sk_live_", "rk_live_")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def configured(variables: Mapping[str, str]) -> Stripe | None:
    """Stripe with this deployment's keys, or None without a key. Raises `BadSettings`."""
    key = variables.get(KEY, "")
    if not key:
        return None
    if not key.startswith((*TEST_KEYS, *LIVE_KEYS)):
        raise BadSettings(f"{KEY} must begin with one of {', '.join((*TEST_KEYS, *LIVE_KEYS))}.")
    secret = variables.get(WEBHOOK_SECRET, "")
    if not secret:
        raise BadSettings(f"{WEBHOOK_SECRET} is missing. Without it no message of Stripe's can be believed.")
    live = key.startswith(LIVE_KEYS)
    base = variables.get(API_BASE, "").rstrip("/")
    if base:
        _check_base(base, live=live, demo=variables.get("IGNY8_DEMO") != "0")
    return Stripe(StripeSettings(key=key, webhook_secret=secret, live=live, api_base=base or None))


def _check_base(base: str, *, live: bool, demo: bool) -> None:
    """Only a stand-in on this machine may take Stripe's place, in demo mode, and never with keys that move money."""
    if not demo:
        raise BadSettings(f"{API_BASE} takes Stripe's place for trials, so it works in demo mode only.")
    if live:
        raise BadSettings(f"{API_BASE} takes Stripe's place for trials, so it cannot go with a live key.")
    parts = urlsplit(base)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.path:
        raise BadSettings(f"{API_BASE} must look like http://127.0.0.1:12111: a stand-in runs on this machine alone.")
