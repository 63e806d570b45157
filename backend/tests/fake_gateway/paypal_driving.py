"""PayPal's API as a test calls it: over plain HTTP, with a token and a request id."""

import base64
import json
from typing import Any

from fake_gateway.running import Running
from tests.fake_gateway.driving import Got, call

CONTEXT = {
    "return_url": "https://shop.test/back?a=b",
    "cancel_url": "https://shop.test/no",
    "user_action": "PAY_NOW",
    "shipping_preference": "NO_SHIPPING",
    "brand_name": "The Shop",
}


def token_of(running: Running, secret: str | None = None) -> Got:
    """The answer to a request for a token."""
    keys = running.gateway.keys
    pair = f"{keys.paypal_client_id}:{secret or keys.paypal_client_secret}"
    return call(
        "POST",
        f"{running.address}/v1/oauth2/token",
        "grant_type=client_credentials",
        Authorization=f"Basic {base64.b64encode(pair.encode()).decode()}",
        Content_Type="application/x-www-form-urlencoded",
    )


class PayPal:
    """A client with a token."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.token = token_of(running).json()["access_token"]

    def get(self, path: str) -> Got:
        """Read something."""
        return call("GET", self.running.address + path, Authorization=f"Bearer {self.token}")

    def post(self, path: str, body: Any, key: str = "", **headers: str) -> Got:
        """Write something."""
        sent = {"Authorization": f"Bearer {self.token}", "Content_Type": "application/json", **headers}
        sent.setdefault("Prefer", "return=representation")
        if key:
            sent["PayPal_Request_Id"] = key
        return call("POST", self.running.address + path, body if isinstance(body, str) else json.dumps(body), **sent)

    def order(self, value: str = "15.00", currency: str = "EUR", key: str = "order-1", **more: Any) -> Got:
        """Make an order; `unit`, `context` and `body` add to its parts."""
        unit = {"custom_id": "pay_1", "amount": {"currency_code": currency, "value": value}, **more.get("unit", {})}
        source = {"paypal": {"experience_context": {**CONTEXT, **more.get("context", {})}}}
        body = {"intent": "CAPTURE", "purchase_units": [unit], "payment_source": source, **more.get("body", {})}
        return self.post("/v2/checkout/orders", body, key)

    def capture(self, order: str, key: str = "capture-1") -> Got:
        """Capture an order."""
        return self.post(f"/v2/checkout/orders/{order}/capture", {}, key)

    def refund(self, capture: str, body: Any, key: str = "refund-1") -> Got:
        """Refund a capture."""
        return self.post(f"/v2/payments/captures/{capture}/refund", body, key)


def issue_of(got: Got) -> str:
    """The issue of a refusal."""
    issue: str = got.json()["details"][0]["issue"]
    return issue


def link_of(content: Any, rel: str) -> str | None:
    """The address of a link."""
    return next((each["href"] for each in content["links"] if each["rel"] == rel), None)


def capture_of(content: Any) -> Any:
    """The one capture of an order."""
    (capture,) = content["purchase_units"][0]["payments"]["captures"]
    return capture
