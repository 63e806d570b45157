"""The fake gateway beside the product: started with it, started again when it dies, and its keys with the product alone."""

import json
import re
import stat
import time

import pytest
import stripe
from tests.crash.product import Product

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 30
ADDRESS = re.compile(rb"Demo gateway (\S+) ")


def test_it_comes_back_with_what_it_knew(product: Product) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := ADDRESS.search((product.folder.parent / "serve.log").read_bytes())) is None:
        assert time.monotonic() < deadline, "the page of addresses was not printed"
        time.sleep(0.1)
    keys = product.folder / "fake-gateway-keys.json"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    secret = json.loads(keys.read_text())["stripe_secret_key"]
    client = stripe.StripeClient(secret, base_addresses={"api": found[1].decode()}, max_network_retries=0)
    customer = client.v1.customers.create({"email": "a@b.test"})
    product.kill("gateway")
    while True:
        try:
            assert client.v1.customers.retrieve(customer.id).email == "a@b.test"
            return
        except stripe.APIConnectionError:
            assert time.monotonic() < deadline, "the gateway did not come back"
            time.sleep(0.1)
