"""The product beside the fake gateway: real HTTP between the two, real libraries, messages by the gateway's hand."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from fake_gateway.http_server import Answer, Request, Server
from fake_gateway.keys import environment, make_keys
from fake_gateway.running import Options, Running
from igny8_core.business.billing.services import gateways
from tests.gateways.desk import Desk

SHOP = "shop.test"


def _answer(request: Request) -> Answer:
    """A message of the gateway's, as the server would hand it to the product."""
    headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
    content_type = headers.pop("content-type", "application/json")
    try:
        response = Client(raise_request_exception=False).generic(
            request.method, request.path, request.body, content_type=content_type, headers=headers
        )
    finally:
        connection.close()
    return Answer(response.status_code, response.content, "application/json")


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The fake gateway, and a product that has its keys."""
    listener = Server(0, _answer)
    threading.Thread(target=listener.serve_forever, args=[0.05], daemon=True).start()
    keys, messages = make_keys(), f"http://127.0.0.1:{listener.port}/api/v1/webhooks"
    root = tmp_path_factory.mktemp("fake-gateway") / "root.pem"
    options = Options(keys, stripe_webhook=f"{messages}/stripe/", paypal_webhook=f"{messages}/paypal/")
    running = Running(replace(options, paypal_root=root, later_seconds=10**6))
    running.start()
    variables = environment(keys, running.address, root)
    before = settings.ENV
    settings.ENV = replace(before, variables=variables, return_hosts=before.return_hosts | {SHOP})
    yield running
    settings.ENV = before
    running.stop()
    listener.shutdown()
    listener.server_close()


@pytest.fixture
def desk(gateway: Running, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """What a test does with the gateway; nothing of an earlier test is left in it, and it sends nothing by itself."""
    found = Desk(gateway)
    found.reset()
    monkeypatch.setattr(gateways, "_outside", threading.BoundedSemaphore(64))
    return found
