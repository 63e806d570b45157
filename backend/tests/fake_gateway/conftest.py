"""A gateway in this process, with all its threads, a product that listens to it, and Stripe's own library."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe
from fake_gateway.http_server import Server
from fake_gateway.keys import make_keys
from fake_gateway.running import Options, Running
from tests.fake_gateway.driving import Driver, Product
from tests.fake_gateway.paypal_driving import PayPal


@pytest.fixture
def product() -> Iterator[Product]:
    """Where the gateway's messages arrive."""
    listener = Product()
    server = Server(0, listener.answer)
    listener.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    yield listener
    server.shutdown()
    server.server_close()


@pytest.fixture
def running(product: Product, tmp_path: Path) -> Iterator[Running]:
    gateway = Running(
        Options(
            make_keys(),
            data=tmp_path / "gateway.sqlite3",
            stripe_webhook=f"{product.url}/stripe",
            paypal_webhook=f"{product.url}/paypal",
            later_seconds=3600,
        )
    )
    gateway.start()
    yield gateway
    gateway.stop()


@pytest.fixture
def driver(running: Running) -> Driver:
    return Driver(running)


@pytest.fixture
def client(running: Running) -> stripe.StripeClient:
    return stripe.StripeClient(
        running.gateway.keys.stripe_secret_key,
        base_addresses={"api": running.address},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(2, 10)),
    )


@pytest.fixture
def paypal(running: Running) -> PayPal:
    return PayPal(running)
