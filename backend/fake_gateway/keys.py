"""The demo's keys: random, made once for a data folder, and by their look worth nothing at the real gateways."""

import json
import os
import secrets
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path


class LiveKey(ValueError):
    """A key of the real gateway was given."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the product is given to reach the gateway, and the gateway to know the product."""

    stripe_secret_key: str = field(repr=False)
    stripe_webhook_secret: str = field(repr=False)
    paypal_client_id: str
    paypal_client_secret: str = field(repr=False)
    paypal_webhook_id: str

    def __post_init__(self) -> None:
        if not self.stripe_secret_key.startswith(("sk_test_", "rk_test_")):
            raise LiveKey(
                "The demo gateway takes Stripe keys that begin with sk_test_ alone; keep live keys away from it."
            )
        if not self.stripe_webhook_secret.startswith("whsec_"):
            raise LiveKey("A Stripe webhook secret begins with whsec_.")


def make_keys() -> Keys:
    """New random keys."""
    return Keys(
        stripe_secret_key=f"sk_test_{secrets.token_hex(24)}",
        stripe_webhook_secret=f"whsec_{secrets.token_hex(24)}",
        paypal_client_id=f"demo_{secrets.token_hex(16)}",
        paypal_client_secret=secrets.token_hex(24),
        paypal_webhook_id=secrets.token_hex(9).upper(),
    )


def ensure_keys(path: Path) -> Keys:
    """The keys kept in a file, made on first use; raises `LiveKey`."""
    if not path.exists():
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".keys-")
        try:
            with os.fdopen(descriptor, "w") as file:
                json.dump(asdict(make_keys()), file, indent=1)
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            Path(temporary).unlink(missing_ok=True)
    return Keys(**json.loads(path.read_text()))


def environment(keys: Keys, address: str, root: Path) -> dict[str, str]:
    """The variables by which the product finds the gateway at an address; a gateway that somebody else set up stays.

    `root` is the file with the certificate that PayPal's messages lead to.
    """
    return {
        "IGNY8_STRIPE_API_BASE": address,
        "IGNY8_STRIPE_SECRET_KEY": keys.stripe_secret_key,
        "IGNY8_STRIPE_WEBHOOK_SECRET": keys.stripe_webhook_secret,
        "IGNY8_PAYPAL_API_BASE": address,
        "IGNY8_PAYPAL_TRIAL_ROOT": str(root),
        "IGNY8_PAYPAL_MODE": "sandbox",
        "IGNY8_PAYPAL_CLIENT_ID": keys.paypal_client_id,
        "IGNY8_PAYPAL_CLIENT_SECRET": keys.paypal_client_secret,
        "IGNY8_PAYPAL_WEBHOOK_ID": keys.paypal_webhook_id,
    }
