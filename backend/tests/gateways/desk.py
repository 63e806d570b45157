"""Paying at a gateway in tests: the payer, the gateway's control plane, and the worker's jobs by hand."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing import tasks
from igny8_core.business.billing.models import Checkout, GatewayMessage, Payment, Refund, SavedCard
from igny8_core.business.billing.selectors.checkouts import claim_due
from igny8_core.business.billing.selectors.saved_cards import claim_due_cards
from igny8_core.business.billing.services import gateway_inbox
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.kit import clock
from tests.cast import ADMIN, BILLING, Api, Cast, as_operator
from tests.fake_gateway.driving import Driver, call, eventually

SUCCESS, CANCEL = "https://shop.test/paid", "https://shop.test/back"
SESSIONS = "/v1/checkout/sessions"
INTENTS = "/v1/payment_intents"
CARDS = f"{BILLING}payment-methods/"


def order(invoice_id: uuid.UUID | str, **more: Any) -> dict[str, Any]:
    """The body of a checkout."""
    body = {"invoice_id": str(invoice_id), "payment_method": "stripe", "success_url": SUCCESS, "cancel_url": CANCEL}
    return {**body, **more}


def check_out(api: Api, invoice_id: uuid.UUID | str, *, key: str = "", **more: Any) -> Any:
    """Somebody goes to pay an invoice by card."""
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(f"{BILLING}payments/checkout/", order(invoice_id, **more), **headers)


def refresh(api: Api, payment_id: str) -> Any:
    """The payer's page asks how the payment stands."""
    return api.post(f"{BILLING}payments/{payment_id}/checkout/refresh/")


def paid_by_card(cast: Cast, desk: "Desk", total: str = "1000.00", **more: Any) -> tuple[uuid.UUID, str]:
    """An invoice paid by card; the ids of invoice and payment."""
    invoice_id = cast.invoice(total)
    payment_id: str = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    desk.pay(desk.sessions(payment_id)[0]["id"], **more)
    assert refresh(cast.member, payment_id).json()["data"]["status"] == "succeeded"
    return invoice_id, payment_id


def give_back(cast: Cast, payment_id: str, *, key: str = "", by: Api | None = None, **body: Any) -> Any:
    """Finance refunds a payment through its gateway."""
    headers = {"Idempotency-Key": key} if key else {}
    body = {"destination": "original", **body}
    return (by or cast.finance).post(f"{ADMIN}payments/{payment_id}/refund/", body, **headers)


def refund_rows(payment_id: str) -> list[tuple[str, int]]:
    """Status and amount of a payment's refunds, oldest first."""
    rows = Refund.objects.across_accounts().filter(payment_id=payment_id).order_by("sequence")
    found: list[tuple[str, int]] = as_operator(lambda: list(rows.values_list("status", "amount_minor")))
    return found


def standing(cast: Cast, *codes: str) -> list[int]:
    """What each code of the account's ledger stands at in PKR, in minor units."""
    trial = cast.support.get(f"{ADMIN}ledger/trial-balance/?account_id={cast.account.id}").json()["data"]
    rupees = [one["accounts"] for one in trial["currencies"] if one["currency"] == "PKR"]
    amounts = {one["code"]: int(Decimal(one["amount"]) * 100) for accounts in rupees for one in accounts}
    return [amounts.get(code, 0) for code in codes]


def invoice_of(cast: Cast, invoice_id: uuid.UUID | str) -> tuple[str, str]:
    """An invoice's status and what is paid on it."""
    shown = cast.viewer.get(f"{BILLING}invoices/{invoice_id}/").json()["data"]
    return shown["status"], shown["amount_paid"]


def balance_of(cast: Cast) -> list[dict[str, str]]:
    """What the account has too much."""
    balances: list[dict[str, str]] = cast.viewer.get(f"{BILLING}balance/").json()["data"]["balances"]
    return balances


class Desk(Driver):
    """The gateway's control plane, and the worker."""

    def reset(self) -> None:
        """Nothing is kept, nothing fails, nothing is sent."""
        self.call_off()
        self.post("/reset")
        self.post("/deliveries/policy", hold=True, copies=1)

    def pay(self, session: str, **more: Any) -> Any:
        """Pay on the gateway's page."""
        return self.post("/stripe/pay", session=session, **more)

    def answer_bank(self, payment_id: str, *, agreed: bool) -> Any:
        """The payer answers the bank's question about a charge."""
        (intent,) = self.intents(payment_id)
        return self.post("/stripe/authenticate", payment_intent=intent["id"], agreed=agreed)

    def intents(self, payment_id: str) -> list[dict[str, Any]]:
        """The gateway's intents of a payment, the newest first."""
        listed = self.stripe("GET", "/v1/payment_intents?limit=100").json()["data"]
        return [one for one in listed if one["metadata"].get("payment") == payment_id]

    def cards(self, customer: str) -> list[dict[str, Any]]:
        """The cards that the gateway keeps for a customer."""
        kept: list[dict[str, Any]] = self.stripe("GET", f"/v1/payment_methods?customer={customer}").json()["data"]
        return kept

    def fail(self, kind: str, **more: Any) -> None:
        """The next call of this kind fails."""
        rule = json.dumps({"kind": kind, "gateway": more.pop("gateway", "stripe"), "times": 1, **more})
        got = call("POST", f"{self.running.control_address}/faults", rule, Content_Type="application/json")
        assert got.status == 200, got.body

    def call_off(self) -> None:
        """Nothing fails any more."""
        got = call("DELETE", f"{self.running.control_address}/faults")
        assert got.status == 200, got.body

    def sessions(self, payment_id: str | None = None) -> list[dict[str, Any]]:
        """The gateway's checkouts, of one payment or all."""
        found: list[dict[str, Any]] = []
        more = ""
        while True:
            page = self.stripe("GET", f"{SESSIONS}?limit=100{more}").json()
            found += page["data"]
            if not page["has_more"]:
                return [one for one in found if payment_id in (None, one["client_reference_id"])]
            more = f"&starting_after={found[-1]['id']}"

    def intent(self, payment_id: str) -> str:
        """The gateway's name for a payment's money."""
        return str(self.sessions(payment_id)[0]["payment_intent"])

    def refunds(self, payment_id: str) -> list[dict[str, Any]]:
        """The gateway's refunds of a payment, oldest first."""
        listed = self.stripe("GET", f"/v1/refunds?limit=100&payment_intent={self.intent(payment_id)}").json()
        found: list[dict[str, Any]] = listed["data"][::-1]
        return found

    def charged(self) -> int:
        """How many charges have succeeded in the gateway's books."""
        return len(self.get("/books")["stripe"]["charges"])

    def send(self, **policy: Any) -> None:
        """Let the gateway send what it has held back."""
        self.post("/deliveries/policy", hold=False, **policy)

    def deliver(self, **policy: Any) -> None:
        """Let it send all of it, and have the worker read it."""
        self.send(**policy)
        eventually(lambda: not any(self.get("/deliveries")[state] for state in ("pending", "sending")))
        while read_messages():
            pass

    def event_of(self, kind: str) -> str:
        """The id of the newest event of a type."""
        listed = self.stripe("GET", f"/v1/events?limit=1&type={kind}").json()["data"]
        return str(listed[0]["id"])

    def forge(self, kind: str, event: str) -> int:
        """The product's answer to a forged message."""
        status: int = self.post("/deliveries/forge", kind=kind, event=event)["status"]
        return status


def read_messages() -> int:
    """The worker reads every message whose time has come; returns how many."""
    claimed: list[uuid.UUID] = unit_of_work.run(gateway_inbox.claim_waiting, scope=Scope.operators(), actor=SYSTEM)
    for message_id in claimed:
        tasks.read_gateway_message(str(message_id))
    return len(claimed)


def enter_card(api: Api, *, key: str = "") -> Any:
    """Somebody goes to save a card."""
    body = {"payment_method": "stripe", "success_url": SUCCESS, "cancel_url": CANCEL}
    return api.post(f"{CARDS}cards/", body, **({"Idempotency-Key": key} if key else {}))


def save_card(api: Api, desk: Desk, card: str = "4242424242424242") -> str:
    """A saved card's id, entered and fetched."""
    setup = enter_card(api).json()["data"]
    desk.pay(page_of(setup), card=card)
    got = api.post(f"{CARDS}cards/{setup['id']}/refresh/").json()["data"]
    assert got["status"] == "saved", got
    return str(got["method"]["id"])


def page_of(setup: dict[str, Any]) -> str:
    """The gateway's name of the page on which a card is entered."""
    return str(card_row(setup["id"]).setup_handle)


def card_row(card_id: str) -> SavedCard:
    """The row of a saved card."""
    found: SavedCard = as_operator(lambda: SavedCard.objects.across_accounts().get(id=card_id))
    return found


def charge(api: Api, method_id: str, invoice_id: uuid.UUID | str, *, key: str = "", **more: Any) -> Any:
    """Somebody pays an invoice by a saved card."""
    headers = {"Idempotency-Key": key} if key else {}
    return api.post(f"{CARDS}{method_id}/charge/", {"invoice_id": str(invoice_id), **more}, **headers)


def tend_cards(cast: Cast) -> int:
    """The worker asks about every saved card of the account whose time has come; returns how many."""
    due = unit_of_work.run(claim_due_cards, scope=Scope.operators(), actor=SYSTEM)
    own = [card_id for account_id, card_id in due if account_id == cast.account.id]
    for card_id in own:
        tasks.ask_about_card(str(card_id), str(cast.account.id))
    return len(own)


def janitor(cast: Cast) -> int:
    """The worker asks about every checkout of the account whose time has come; returns how many."""
    due = unit_of_work.run(claim_due, scope=Scope.operators(), actor=SYSTEM)
    own = [payment_id for account_id, payment_id in due if account_id == cast.account.id]
    for payment_id in own:
        tasks.ask_gateway(str(payment_id), str(cast.account.id))
    return len(own)


@contextmanager
def later(**more: float) -> Iterator[None]:
    """So much time has passed for the product."""
    with clock.use(clock.now() + timedelta(**more)):
        yield


def checkout_of(payment_id: str) -> Checkout:
    """The row of a checkout."""
    rows = Checkout.objects.across_accounts().select_related("payment")
    found: Checkout = as_operator(lambda: rows.get(payment_id=payment_id))
    return found


def payments_of(invoice_id: uuid.UUID) -> list[tuple[str, str]]:
    """Method and status of an invoice's payments, oldest first."""
    rows = Payment.objects.across_accounts().filter(invoice_id=invoice_id).order_by("sequence")
    found: list[tuple[str, str]] = as_operator(lambda: list(rows.values_list("payment_method", "status")))
    return found


def payment_rows(invoice_id: uuid.UUID) -> list[tuple[str, str, str]]:
    """Id, method and status of an invoice's payments, oldest first."""
    rows = Payment.objects.across_accounts().filter(invoice_id=invoice_id).order_by("sequence")
    found = as_operator(lambda: list(rows.values_list("id", "payment_method", "status")))
    return [(str(payment_id), method, status) for payment_id, method, status in found]


def messages() -> list[tuple[str, str]]:
    """Kind and outcome of every message that is kept."""
    rows = GatewayMessage.objects.order_by("received_at", "id")
    found: list[tuple[str, str]] = as_operator(lambda: list(rows.values_list("kind", "outcome")))
    return found
