"""Stripe by its official library: Checkout Sessions, and charges of saved cards, each for one payment of ours.

Source: docs.stripe.com/api, version 2026-10-28.endive, which the pinned library names in every request.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from igny8_core.business.billing.domain.gateway_states import Redirect, State
from igny8_core.business.billing.domain.money_back import MoneyBack, Returned
from igny8_core.business.billing.domain.saved_cards import Card, SetupState
from igny8_core.business.billing.gateways.base import (
    Message,
    Missed,
    NothingHappened,
    Order,
    RefundOrder,
    Started,
    Traits,
    Verified,
)
from igny8_core.business.billing.gateways.cards import CardOrder, Charge, Charged
from igny8_core.business.billing.gateways.stripe import amounts, cards, charges, messages
from igny8_core.business.billing.gateways.stripe.failures import required, translated
from igny8_core.business.billing.gateways.stripe.lists import PAGE, made_since
from igny8_core.business.billing.gateways.stripe.money_back import dispute_of, refund_of
from igny8_core.business.billing.gateways.stripe.states import EXPANDED, state_of
from igny8_core.kit.on_demand import OnDemand

if TYPE_CHECKING:
    import requests
    import stripe
else:
    requests, stripe = OnDemand("requests"), OnDemand("stripe")

CONNECT_SECONDS, READ_SECONDS = 2, 10
TRAITS = Traits(
    currencies=amounts.CURRENCIES,
    longest_reference=200,
    key_life=timedelta(hours=20),
    refund_key_life=timedelta(hours=20),
    open_for=timedelta(hours=1),
    late_failure=True,
    collects=False,
)
"""Stripe keeps a key for at least 24 hours, and a checkout open for 30 minutes to 24 hours."""


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """The keys of a deployment, and for trials the address of what stands in for Stripe."""

    key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    live: bool
    api_base: str | None = None


class Stripe:
    """The gateway behind the payment method `stripe`."""

    name = "stripe"
    traits = TRAITS

    def __init__(self, settings: StripeSettings) -> None:
        self._settings = settings
        self.live = settings.live

    @cached_property
    def _client(self) -> "stripe.StripeClient":
        """One client for the process; its session keeps connections open, and follows no redirect with our key."""
        session = requests.Session()
        session.max_redirects = 0
        base = self._settings.api_base
        return stripe.StripeClient(
            self._settings.key,
            base_addresses=None if base is None else {"api": base},
            # Whoever calls decides whether to try again, and knows the key to do it with.
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS), session=session),
        )

    def to_wire(self, amount_minor: int, currency: str) -> int:
        """Minor units as Stripe's. Raises `NotTaken`."""
        return amounts.to_wire(amount_minor, currency)

    def from_wire(self, amount: int | str, currency: str) -> int:
        """Stripe's units as minor units. Raises `ValueError`."""
        return amounts.from_wire(int(amount), currency)

    def start(self, order: Order, *, key: str) -> Started:
        """Open a Checkout Session."""
        named = {"payment": order.reference}
        price: Any = {
            "currency": order.currency.lower(),
            "unit_amount": self.to_wire(order.amount_minor, order.currency),
            "product_data": {"name": order.description},
        }
        with translated():
            session = self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "client_reference_id": order.reference,
                    "line_items": [{"quantity": 1, "price_data": price}],
                    "metadata": named,
                    "payment_intent_data": {"metadata": named},
                    "success_url": order.success_url,
                    "cancel_url": order.cancel_url,
                    "expires_at": int(order.expires_at.timestamp()),
                    # The payer pays in the invoice's currency, so that what comes back can be compared.
                    "adaptive_pricing": {"enabled": False},
                },
                {"idempotency_key": key},
            )
            return Started(required(session.id), Redirect(required(session.url)))

    def find(self, reference: str, *, since: datetime) -> str | None:
        """Look through the sessions that were opened since then."""
        with translated():
            for session in made_since(self._client.v1.checkout.sessions.list, since):
                if session.client_reference_id == reference:
                    return required(session.id)
        return None

    def fetch(self, handle: str) -> State:
        """How the session or the charge stands, with its money and Stripe's fee."""
        if charges.is_charge(handle):
            return charges.fetch(self._client, handle)
        with translated():
            session = self._client.v1.checkout.sessions.retrieve(handle, {"expand": EXPANDED})
            return state_of(session.to_dict())

    def collect(self, handle: str, *, key: str) -> State:
        """Nothing to collect: Stripe takes the money when the payer pays."""
        return self.fetch(handle)

    def cancel(self, handle: str) -> State:
        """Expire the session, or cancel the charge; one that is not open any more is left as it is."""
        if charges.is_charge(handle):
            return charges.cancel(self._client, handle)
        try:
            with translated():
                self._client.v1.checkout.sessions.expire(handle)
        except NothingHappened:
            # Somebody has finished it, or it has expired by itself: what it says now decides.
            pass
        return self.fetch(handle)

    def refund(self, order: RefundOrder, *, key: str) -> Returned:
        """Refund a part of the intent. The amount is always named: without one Stripe gives back all that is left."""
        with translated():
            refund = self._client.v1.refunds.create(
                {
                    "payment_intent": order.charge,
                    "amount": self.to_wire(order.amount_minor, order.currency),
                    "metadata": {"payment": order.payment, "refund": order.reference},
                },
                {"idempotency_key": key},
            )
            return refund_of(refund.to_dict())

    def money_back(self, handle: str, charge: str) -> MoneyBack:
        """The refunds and disputes of the intent."""
        with translated():
            refunds = self._client.v1.refunds.list({"payment_intent": charge, "limit": PAGE}).auto_paging_iter()
            disputes = self._client.v1.disputes.list({"payment_intent": charge, "limit": PAGE}).auto_paging_iter()
            return MoneyBack(
                tuple(refund_of(one.to_dict()) for one in refunds),
                tuple(dispute_of(one.to_dict()) for one in disputes),
            )

    def start_card(self, order: CardOrder, *, key: str) -> Started:
        """Open a Checkout Session that keeps a card."""
        return cards.start(self._client, order, key=key)

    def fetch_setup(self, handle: str) -> SetupState:
        """How such a session stands."""
        return cards.fetch_setup(self._client, handle)

    def fetch_card(self, handle: str) -> Card | None:
        """A card as Stripe has it."""
        return cards.fetch_card(self._client, handle)

    def forget_card(self, handle: str) -> None:
        """Detach a card."""
        cards.forget(self._client, handle)

    def charge(self, charge: Charge, *, key: str) -> Charged:
        """Charge a card by a Payment Intent."""
        amount = self.to_wire(charge.amount_minor, charge.currency)
        return charges.make(self._client, charge, amount=amount, key=key)

    def find_charge(self, reference: str, *, since: datetime) -> str | None:
        """Look through the intents that were made since then."""
        return charges.find(self._client, reference, since=since)

    def read_message(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Message:
        """An event of Stripe's, by its signature."""
        secret = self._settings.webhook_secret
        return messages.read_message(headers, body, secret=secret, live=self.live, now=now)

    def missed(self, *, since: datetime) -> Iterator[Missed]:
        """The events of the last 30 days at most, the newest first."""
        with translated():
            events = self._client.v1.events.list({"limit": PAGE, "created": {"gte": int(since.timestamp())}})
            for event in events.auto_paging_iter():
                document = event.to_dict()
                message = messages.message_of(document, live=self.live)
                if isinstance(message, Verified):
                    yield Missed(message, json.dumps(document, default=_as_text).encode())


def _as_text(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
