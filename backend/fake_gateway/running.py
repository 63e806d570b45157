"""The gateway as it runs: two servers, the senders of messages, and a clock that lets things happen in time."""

import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fake_gateway.control import Control
from fake_gateway.deliveries import Deliveries, Target
from fake_gateway.gateway import Gateway
from fake_gateway.http_server import Answer, Request, Server
from fake_gateway.keys import Keys
from fake_gateway.pages import paypal_pages, stripe_pages
from fake_gateway.pages.layout import not_found
from fake_gateway.paypal_api import captures
from fake_gateway.paypal_api.api import PREFIXES, PayPalApi
from fake_gateway.paypal_api.signing import authority_pem
from fake_gateway.paypal_api.signing import signed_headers as signed_by_paypal
from fake_gateway.store import Store
from fake_gateway.stripe_api.api import StripeApi
from fake_gateway.stripe_api.checkout import settle_intent
from fake_gateway.stripe_api.disputes import open_dispute, warn
from fake_gateway.stripe_api.events import signed_headers
from fake_gateway.stripe_api.refunds import fail_refund, settle_refund
from fake_gateway.stripe_api.sessions import expire_if_open

TICK_SECONDS = 0.5


@dataclass(frozen=True)
class Options:
    """How the gateway runs. A port of 0 is a free one; without `data` it forgets everything when it ends."""

    keys: Keys
    port: int = 0
    control_port: int = 0
    data: Path | None = None
    public_url: str = ""
    stripe_webhook: str = ""
    paypal_webhook: str = ""
    paypal_root: Path | None = None
    later_seconds: int = 30


class Running:
    """The gateway with all its threads, between `start` and `stop`."""

    def __init__(self, options: Options) -> None:
        store = Store(options.data)
        self.gateway = Gateway(
            store, options.keys, options.public_url, Deliveries(store), later_seconds=options.later_seconds
        )
        self.stripe, self.paypal = StripeApi(self.gateway), PayPalApi(self.gateway)
        self.api_server = Server(options.port, self._answer)
        self.control_server = Server(options.control_port, Control(self.gateway).answer)
        self.gateway.public_url, self.gateway.api_url = (options.public_url or self.address).rstrip("/"), self.address
        self._set_works()
        if options.stripe_webhook:
            target = Target(options.stripe_webhook, partial(signed_headers, self.gateway))
            self.gateway.deliveries.targets["stripe"] = target
        if options.paypal_webhook:
            target = Target(options.paypal_webhook, partial(signed_by_paypal, self.gateway))
            self.gateway.deliveries.targets["paypal"] = target
        if options.paypal_root is not None:
            options.paypal_root.write_bytes(authority_pem(self.gateway))
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def address(self) -> str:
        """Where APIs and pages are."""
        return f"http://127.0.0.1:{self.api_server.port}"

    @property
    def control_address(self) -> str:
        """Where the control plane is."""
        return f"http://127.0.0.1:{self.control_server.port}"

    def start(self) -> None:
        """Serve in threads."""
        targets = (
            lambda: self.api_server.serve_forever(0.05),
            lambda: self.control_server.serve_forever(0.05),
            self._tick,
        )
        for target in targets:
            thread = threading.Thread(target=target, daemon=True)
            thread.start()
            self._threads.append(thread)
        self.gateway.deliveries.start()

    def stop(self) -> None:
        """End the servers and close the file."""
        self._stopping.set()
        for server in (self.api_server, self.control_server):
            server.shutdown()
            server.server_close()
        self.gateway.deliveries.stop()
        for thread in self._threads:
            thread.join(2)
        self.gateway.store.close()

    def _answer(self, request: Request) -> Answer:
        if request.path.startswith(PREFIXES):
            return self.paypal.answer(request)
        if request.path.startswith("/v1/"):
            return self.stripe.answer(request)
        if request.path.startswith((stripe_pages.PAY, stripe_pages.CHALLENGE)) and request.method in ("GET", "POST"):
            return stripe_pages.answer(self.gateway, request)
        if request.path == paypal_pages.APPROVE and request.method in ("GET", "POST"):
            return paypal_pages.answer(self.gateway, request)
        return not_found()

    def _set_works(self) -> None:
        self.gateway.works.update(
            {
                "expire_session": expire_if_open,
                "settle_intent": settle_intent,
                "settle_refund": settle_refund,
                "fail_refund": fail_refund,
                "paypal_complete": captures.complete,
                "paypal_refund": captures.settle_refund,
                "warn": warn,
                "inquire": lambda gateway, charge: _ignore(open_dispute(gateway, charge, inquiry=True)),
                "dispute_fraudulent": lambda gateway, charge: _ignore(open_dispute(gateway, charge)),
                "dispute_product_not_received": lambda gateway, charge: _ignore(
                    open_dispute(gateway, charge, reason="product_not_received")
                ),
            }
        )

    def _tick(self) -> None:
        while not self._stopping.wait(TICK_SECONDS):
            self.gateway.run_due()


def _ignore(_: object) -> None:
    """Nobody reads what a piece of later work gives."""
