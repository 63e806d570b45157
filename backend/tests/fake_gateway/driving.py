"""What the tests hold in their hands: the control plane, plain HTTP, and the product's side of the messages."""

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import stripe
from fake_gateway.http_server import Answer, Request
from fake_gateway.running import Running

PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Got:
    """An answer over plain HTTP."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def call(method: str, url: str, body: bytes | str | None = None, **headers: str) -> Got:
    """One request; an underscore in a header's name stands for a hyphen."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Got(answer.status, names, answer.read())
    finally:
        connection.close()


class Driver:
    """The control plane as a test uses it."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.gateway = running.gateway

    def post(self, path: str, /, **given: Any) -> Any:
        """A call that has to work; its JSON."""
        got = call("POST", self.running.control_address + path, json.dumps(given), Content_Type="application/json")
        assert got.status == 200, got.body
        return got.json()

    def get(self, path: str) -> Any:
        """A question; its JSON."""
        return call("GET", self.running.control_address + path).json()

    def stripe(self, method: str, path: str, body: str = "", **headers: str) -> Got:
        """A call of Stripe's API over plain HTTP."""
        sent = {"Authorization": f"Bearer {self.gateway.keys.stripe_secret_key}", **headers}
        if body:
            sent.setdefault("Content_Type", "application/x-www-form-urlencoded")
        return call(method, self.running.address + path, body or None, **sent)


@dataclass
class Product:
    """Takes messages and remembers them; `status` is what it answers."""

    url: str = ""
    status: int = 200
    requests: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        """Keep the message."""
        self.requests.append(request)
        return Answer(self.status, b"", "text/plain")

    def types(self) -> list[str]:
        """The types of the messages so far, in the order of their arrival."""
        return [json.loads(each.body)["type"] for each in list(self.requests) if each.path == "/stripe"]


class Sleep:
    """Stands in for `time` where a fault sleeps: sleeps until it is let go, however slow the machine is."""

    def __init__(self) -> None:
        self.began, self._ended = threading.Event(), threading.Event()

    def sleep(self, seconds: float) -> None:
        """Until `end`."""
        self.began.set()
        assert self._ended.wait(PATIENCE_SECONDS)

    def end(self) -> None:
        """Let it go."""
        self._ended.set()


def eventually(question: Callable[[], bool]) -> None:
    """Wait until something is so: another thread brings it about."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not question():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def a_session(client: stripe.StripeClient, **more: Any) -> stripe.checkout.Session:
    """An open checkout over 15.00 USD."""
    price = {"currency": more.pop("currency", "usd"), "unit_amount": more.pop("amount", 1500)}
    line = {"quantity": 1, "price_data": {**price, "product_data": {"name": "Invoice INV-1"}}}
    params: Any = {
        "mode": "payment",
        "success_url": "https://shop.test/ok?sid={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.test/no",
        "client_reference_id": "pay_1",
        "line_items": [line],
        "metadata": {"payment": "pay_1"},
        "payment_intent_data": {"metadata": {"payment": "pay_1"}},
        **more,
    }
    return client.v1.checkout.sessions.create(params)
