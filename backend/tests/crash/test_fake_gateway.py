"""The fake gateway beside the product: started with it, started again when it dies, and its keys with the product alone."""

import json
import re
import stat
import time
from pathlib import Path

import pytest
import stripe
from fake_gateway.keys import ensure_keys, environment
from tests.crash.product import Product

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 30
ADDRESS = re.compile(rb"Demo gateway (\S+) ")


def address_of(product: Product) -> str:
    """Where the gateway is, from the page that the launcher prints."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := ADDRESS.search((product.folder.parent / "serve.log").read_bytes())) is None:
        assert time.monotonic() < deadline, "the page of addresses was not printed"
        time.sleep(0.1)
    return found[1].decode()


def environment_of(product: Product, name: str) -> dict[str, str]:
    """What a child of the launcher was given."""
    pid = (product.folder / "run" / f"{name}.pid").read_text().strip()
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def test_web_and_worker_are_told_where_it_is(product: Product) -> None:
    root = product.folder / "fake-gateway-root.pem"
    told = environment(ensure_keys(product.folder / "fake-gateway-keys.json"), address_of(product), root)
    for name in ("web", "worker"):
        assert told.items() <= environment_of(product, name).items()
    ours = [name for name in environment_of(product, "gateway") if name.startswith(("IGNY8_", "DATABASE_"))]
    assert ours == []


def test_it_comes_back_with_what_it_knew(product: Product) -> None:
    address = address_of(product)
    keys = product.folder / "fake-gateway-keys.json"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    secret = json.loads(keys.read_text())["stripe_secret_key"]
    client = stripe.StripeClient(secret, base_addresses={"api": address}, max_network_retries=0)
    customer = client.v1.customers.create({"email": "a@b.test"})
    product.kill("gateway")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            assert client.v1.customers.retrieve(customer.id).email == "a@b.test"
            return
        except stripe.APIConnectionError:
            assert time.monotonic() < deadline, "the gateway did not come back"
            time.sleep(0.1)
