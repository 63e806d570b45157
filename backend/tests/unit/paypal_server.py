"""A PayPal that says what a test wants, and what PayPal's answers look like."""

import threading
from typing import Any

from fake_gateway.http_server import Answer, Request, Server, json_answer
from igny8_core.business.billing.gateways.paypal import settings
from igny8_core.business.billing.gateways.paypal.client import PayPal

TOKEN = {"access_token": "A21", "token_type": "Bearer", "expires_in": 32_400}
ORDER: dict[str, Any] = {
    "id": "5O190127TN364715T",
    "status": "PAYER_ACTION_REQUIRED",
    "purchase_units": [{"custom_id": "pay_1", "amount": {"currency_code": "EUR", "value": "15.00"}}],
    "links": [{"href": "https://www.paypal.com/checkoutnow?token=5O190127TN364715T", "rel": "payer-action"}],
}
CAPTURE: dict[str, Any] = {
    "id": "3C679366HH908993F",
    "status": "COMPLETED",
    "amount": {"currency_code": "EUR", "value": "15.00"},
    "create_time": "2026-11-26T12:00:00Z",
    "update_time": "2026-11-26T13:00:00Z",
    "seller_receivable_breakdown": {"paypal_fee": {"currency_code": "EUR", "value": "1.01"}},
}


def order(status: str, *captures: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An order as PayPal answers it."""
    (unit,) = ORDER["purchase_units"]
    paid = {**unit, "payments": {"captures": list(captures)}} if captures else unit
    return {**ORDER, "status": status, "purchase_units": [paid], **more}


class Said:
    """A PayPal that gives what it was told to, in turn, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {"/v1/oauth2/token": []}
        self.asked: list[Request] = []
        self.server = Server(0, self._answer)
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()
        variables = {
            settings.CLIENT_ID: "client",
            settings.CLIENT_SECRET: "secret",
            settings.WEBHOOK_ID: "webhook",
            settings.MODE: "sandbox",
            settings.API_BASE: f"http://127.0.0.1:{self.server.port}",
        }
        made = settings.configured(variables)
        assert made is not None
        self.paypal: PayPal = made

    def will(self, path: str, *answers: Answer | tuple[int, Any]) -> None:
        """What it answers at a path, one call after the other."""
        self.answers[path] = [one if isinstance(one, Answer) else json_answer(*one) for one in answers]

    def _answer(self, request: Request) -> Answer:
        self.asked.append(request)
        if request.path == "/v1/oauth2/token" and not self.answers[request.path]:
            return json_answer(200, TOKEN)
        return self.answers[request.path].pop(0)

    def calls(self) -> list[str]:
        """What it was asked, but for tokens."""
        return [f"{one.method} {one.path}" for one in self.asked if "oauth2" not in one.path]
