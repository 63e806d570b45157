"""What a deployment says of PayPal: the keys of its app, the id of its webhook, and for trials another address."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from igny8_core.business.billing.gateways.base import BadSettings
from igny8_core.business.billing.gateways.paypal.api import PayPalSettings
from igny8_core.business.billing.gateways.paypal.client import PayPal

CLIENT_ID, CLIENT_SECRET = "IGNY8_PAYPAL_CLIENT_ID", "IGNY8_PAYPAL_CLIENT_SECRET"
MODE, WEBHOOK_ID = "IGNY8_PAYPAL_MODE", "IGNY8_PAYPAL_WEBHOOK_ID"
API_BASE, TRIAL_ROOT = "IGNY8_PAYPAL_API_BASE", "IGNY8_PAYPAL_TRIAL_ROOT"
HOSTS = {
    "live": ("https://api-m.paypal.com", "https://api.paypal.com"),
    "sandbox": ("https://api-m.sandbox.paypal.com", "https://api.sandbox.paypal.com"),
}
"""Where PayPal's API is, and where the certificates are that its messages are signed with."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def configured(variables: Mapping[str, str]) -> PayPal | None:
    """PayPal with this deployment's keys, or None without a key. Raises `BadSettings`."""
    if not variables.get(CLIENT_ID, ""):
        return None
    for name, why in (
        (CLIENT_SECRET, "Without it PayPal gives no token."),
        (WEBHOOK_ID, "Without it no message of PayPal's can be believed."),
        (MODE, "It must be sandbox or live, since PayPal's keys do not show it."),
    ):
        if not variables.get(name, ""):
            raise BadSettings(f"{name} is missing. {why}")
    mode = variables[MODE]
    if mode not in HOSTS:
        raise BadSettings(f"{MODE} must be sandbox or live.")
    base, certificates = HOSTS[mode]
    trial, root = variables.get(API_BASE, "").rstrip("/"), variables.get(TRIAL_ROOT, "")
    if trial:
        _check_trial(trial, live=mode == "live", demo=variables.get("IGNY8_DEMO") != "0")
        base = certificates = trial
    elif root:
        raise BadSettings(f"{TRIAL_ROOT} goes with {API_BASE} alone: PayPal's own certificates need no other root.")
    return PayPal(
        PayPalSettings(
            client_id=variables[CLIENT_ID],
            client_secret=variables[CLIENT_SECRET],
            webhook_id=variables[WEBHOOK_ID],
            live=mode == "live",
            base=base,
            certificates=certificates,
            trial_root=Path(root) if root else None,
        )
    )


def _check_trial(base: str, *, live: bool, demo: bool) -> None:
    """Only a stand-in on this machine may take PayPal's place, in demo mode, and never with keys that move money."""
    if not demo:
        raise BadSettings(f"{API_BASE} takes PayPal's place for trials, so it works in demo mode only.")
    if live:
        raise BadSettings(f"{API_BASE} takes PayPal's place for trials, so it cannot go with {MODE}=live.")
    parts = urlsplit(base)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.path:
        raise BadSettings(f"{API_BASE} must look like http://127.0.0.1:12111: a stand-in runs on this machine alone.")
