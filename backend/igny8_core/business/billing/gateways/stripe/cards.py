"""Cards kept at Stripe: entered on a Checkout Session in setup mode, kept as payment methods of a customer.

Source: docs.stripe.com/payments/checkout/save-and-reuse, version 2026-10-28.endive.
"""

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from igny8_core.business.billing.domain.gateway_states import Redirect
from igny8_core.business.billing.domain.saved_cards import Card, CardState, SetupState
from igny8_core.business.billing.gateways.base import NothingHappened, NotThere, Started
from igny8_core.business.billing.gateways.cards import CardOrder
from igny8_core.business.billing.gateways.stripe.failures import required, translated

if TYPE_CHECKING:
    import stripe

EXPANDED = ["setup_intent.payment_method"]


class _Digits(Struct):
    brand: str
    last4: str
    exp_month: int
    exp_year: int


class _Method(Struct):
    id: str
    type: str
    customer: str | None = None
    card: _Digits | None = None


class _Setup(Struct):
    status: str
    payment_method: _Method | str | None = None


class _Session(Struct):
    status: str
    livemode: bool
    client_reference_id: str | None = None
    setup_intent: _Setup | str | None = None
    url: str | None = None


def start(client: "stripe.StripeClient", order: CardOrder, *, key: str) -> Started:
    """Open the page; Stripe makes a customer where the account has none yet."""
    named = {"card": order.reference}
    asked: Any = {
        "mode": "setup",
        "client_reference_id": order.reference,
        "metadata": named,
        "setup_intent_data": {"metadata": named},
        "allowed_payment_method_types": ["card"],
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "expires_at": int(order.expires_at.timestamp()),
        **({"customer": order.customer} if order.customer else {"customer_creation": "always"}),
    }
    with translated():
        session = client.v1.checkout.sessions.create(asked, {"idempotency_key": key})
        return Started(required(session.id), Redirect(required(session.url)))


def fetch_setup(client: "stripe.StripeClient", handle: str) -> SetupState:
    """The card is kept once its setup intent has succeeded, and not before."""
    with translated():
        session = client.v1.checkout.sessions.retrieve(handle, {"expand": EXPANDED})
        return setup_state(session.to_dict())


def fetch_card(client: "stripe.StripeClient", handle: str) -> Card | None:
    """None where it belongs to no customer any more, or is gone."""
    try:
        with translated():
            return card_of(msgspec.convert(client.v1.payment_methods.retrieve(handle).to_dict(), _Method))
    except NotThere:
        return None


def forget(client: "stripe.StripeClient", handle: str) -> None:
    """Detach it; where Stripe refuses that because it is detached, nothing is left to do."""
    try:
        with translated():
            client.v1.payment_methods.detach(handle)
    except NothingHappened:
        if fetch_card(client, handle) is not None:
            raise


def setup_state(document: object) -> SetupState:
    """The state of an expanded session. Raises `ValueError` or `msgspec.ValidationError` for what is none."""
    session = msgspec.convert(document, _Session)
    setup = session.setup_intent if isinstance(session.setup_intent, _Setup) else None
    card = None
    match session.status, None if setup is None else setup.status:
        case ("open", _) | ("complete", "processing"):
            state = CardState.OPEN
        case "complete", "succeeded":
            assert setup is not None, "it has a status"
            card = card_of(msgspec.convert(setup.payment_method, _Method))
            state = CardState.ENDED if card is None else CardState.SAVED
        case "complete" | "expired", _:
            state = CardState.ENDED
        case other, _:
            raise ValueError(f"a session that is {other!r}")
    return SetupState(
        state=state,
        reference=session.client_reference_id or "",
        live=session.livemode,
        card=card,
        action=Redirect(session.url) if state is CardState.OPEN and session.url else None,
    )


def card_of(method: _Method) -> Card | None:
    """A payment method as a card; None where it belongs to no customer."""
    if not method.customer:
        return None
    if method.card is None:
        raise ValueError(f"a payment method that is {method.type!r}")
    digits = method.card
    return Card(
        handle=method.id,
        customer=method.customer,
        brand=digits.brand,
        last4=digits.last4,
        exp_month=digits.exp_month,
        exp_year=digits.exp_year,
    )
