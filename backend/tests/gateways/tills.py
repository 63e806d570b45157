"""What a test does at each gateway, in one set of words: whoever adds a gateway adds a till, and the contract runs."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from tests.gateways.desk import SESSIONS, Desk

ORDERS = "/v2/checkout/orders"


class Till(Protocol):
    """A gateway as its payer and its own people have it; `handle` is the gateway's name for a checkout."""

    name: str
    starts: str
    """The path of the call that opens a checkout."""
    refused: tuple[str, ...]
    """The kinds of messages that the product must refuse."""
    ignored: tuple[str, ...]
    """The kinds that are signed well, and whose content must have no effect."""

    def handles(self, payment_id: str | None = None) -> list[str]:
        """The gateway's checkouts, of one payment or all."""

    def pay(self, handle: str) -> None:
        """The payer does their part, and it works."""

    def decline(self, handle: str) -> None:
        """The payer tries to pay with something that is refused."""

    def wait(self, handle: str) -> None:
        """The payer does their part, and the money is on its way."""

    def arrive(self, handle: str, *, works: bool) -> None:
        """Money that was on its way arrives, or does not."""

    def forget(self) -> None:
        """So much time passes at the gateway that every open checkout is over."""

    def lie(self, handle: str) -> None:
        """The gateway says another amount than was agreed."""

    def charges(self) -> list[tuple[str, str]]:
        """Every payment whose money has come, with its amount, from the gateway's own books."""

    def refunds(self) -> list[tuple[str, str]]:
        """Every refund with its payment and amount, from the gateway's own books."""

    def event(self) -> str:
        """The id of an event about a payer who has done their part."""


@dataclass
class StripeTill:
    """Stripe's."""

    desk: Desk
    name: str = "stripe"
    starts: str = SESSIONS
    refused: tuple[str, ...] = (
        *("unsigned", "wrong_secret", "stale", "future", "altered", "garbled_header", "only_v0", "non_ascii_header"),
        *("not_utf8", "not_json", "json_list", "wrong_mode", "wrong_account", "thin_event"),
    )
    ignored: tuple[str, ...] = (
        *("wrong_amount", "wrong_currency", "wrong_reference", "unknown_object", "unknown_type", "wrong_version"),
    )

    def handles(self, payment_id: str | None = None) -> list[str]:
        """The ids of sessions."""
        return [session["id"] for session in self.desk.sessions(payment_id)]

    def pay(self, handle: str) -> None:
        """By card."""
        self.desk.pay(handle)

    def decline(self, handle: str) -> None:
        """By a card that is declined."""
        assert self.desk.pay(handle, card="4000000000000002")["outcome"] != "paid"

    def wait(self, handle: str) -> None:
        """By direct debit."""
        self.desk.pay(handle, slow_method="sepa_debit")

    def arrive(self, handle: str, *, works: bool) -> None:
        """The direct debit is known."""
        self.desk.post("/stripe/settle", session=handle, outcome="succeeded" if works else "failed")

    def forget(self) -> None:
        """Past the time that we gave the session."""
        self.desk.post("/clock", advance_seconds=3700)

    def lie(self, handle: str) -> None:
        """One cent less."""
        (session,) = [one for one in self.desk.sessions() if one["id"] == handle]
        self.desk.post("/tamper", id=handle, set={"amount_total": session["amount_total"] - 1})
        if session["payment_intent"]:
            wrong = {"amount_received": session["amount_total"] - 1}
            self.desk.post("/tamper", id=session["payment_intent"], set=wrong)

    def charges(self) -> list[tuple[str, str]]:
        """Charges."""
        rows = self.desk.get("/books")["stripe"]["charges"]
        return [(row["client_reference_id"], row["decimal"]) for row in rows]

    def refunds(self) -> list[tuple[str, str]]:
        """Refunds, by the payment that we have written into them."""
        named = {
            one["id"]: one["metadata"].get("payment", "") for one in self.desk.gateway.store.newest_first("refund")
        }
        return [(named[row["id"]], row["decimal"]) for row in self.desk.get("/books")["stripe"]["refunds"]]

    def event(self) -> str:
        """The newest completed session."""
        return self.desk.event_of("checkout.session.completed")


@dataclass
class PayPalTill:
    """PayPal's."""

    desk: Desk
    name: str = "paypal"
    starts: str = ORDERS
    refused: tuple[str, ...] = (
        *("unsigned", "wrong_signature", "garbled_signature", "other_authority", "expired_certificate", "stale"),
        *("foreign_certificate_address", "certificate_address_with_user", "certificate_address_of_another_port"),
        *("certificate_address_elsewhere", "certificate_that_is_not_there", "certificate_of_another_name"),
        *("other_algorithm", "future", "no_time", "hex_crc", "other_webhook", "altered", "non_ascii_header"),
        *("not_utf8", "not_json", "json_list"),
    )
    ignored: tuple[str, ...] = (
        *("wrong_amount", "wrong_currency", "wrong_reference", "unknown_object", "unknown_type"),
    )

    def orders(self) -> list[Any]:
        """Every order as PayPal keeps it, oldest first."""
        return self.desk.gateway.store.newest_first("paypal_order")[::-1]

    def capture_of(self, handle: str) -> str:
        """The id of an order's capture."""
        (order,) = [one for one in self.orders() if one["id"] == handle]
        (capture,) = order["purchase_units"][0]["payments"]["captures"]
        return str(capture)

    def handles(self, payment_id: str | None = None) -> list[str]:
        """The ids of orders."""
        return [order["id"] for order in self.orders() if payment_id in (None, order["purchase_units"][0]["custom_id"])]

    def pay(self, handle: str) -> None:
        """From the payer's balance."""
        self.desk.post("/paypal/approve", order=handle)

    def decline(self, handle: str) -> None:
        """By a card that the capture finds declined."""
        self.desk.post("/paypal/approve", order=handle, funding="declined")

    def wait(self, handle: str) -> None:
        """PayPal looks at it first."""
        self.desk.post("/paypal/approve", order=handle, funding="PENDING_REVIEW")

    def arrive(self, handle: str, *, works: bool) -> None:
        """PayPal has looked at it."""
        self.desk.post(f"/paypal/{'complete' if works else 'deny'}", capture=self.capture_of(handle))

    def forget(self) -> None:
        """Past an order's three hours."""
        self.desk.post("/clock", advance_seconds=3 * 3600 + 60)

    def lie(self, handle: str) -> None:
        """One cent less."""
        (order,) = [one for one in self.orders() if one["id"] == handle]
        (unit,) = order["purchase_units"]
        less = {**unit["amount"], "value": str(Decimal(unit["amount"]["value"]) - Decimal("0.01"))}
        self.desk.post("/tamper", id=handle, set={"purchase_units": [{**unit, "amount": less}]})

    def charges(self) -> list[tuple[str, str]]:
        """Captures whose money has come."""
        rows = self.desk.get("/books")["paypal"]["captures"]
        return [(row["custom_id"], row["decimal"]) for row in rows]

    def refunds(self) -> list[tuple[str, str]]:
        """Refunds of captures."""
        return [(row["custom_id"], row["decimal"]) for row in self.desk.get("/books")["paypal"]["refunds"]]

    def event(self) -> str:
        """The newest approved order."""
        events = self.desk.gateway.store.newest_first("paypal_event")
        return next(str(one["id"]) for one in events if one["event_type"] == "CHECKOUT.ORDER.APPROVED")


TILLS: dict[str, type[StripeTill] | type[PayPalTill]] = {"stripe": StripeTill, "paypal": PayPalTill}
