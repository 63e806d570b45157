"""Charges of cards that are kept at Stripe: a Payment Intent each, confirmed while its payer may be away.

Source: docs.stripe.com/payments/save-and-reuse and docs.stripe.com/api/payment_intents, version 2026-10-28.endive.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from igny8_core.business.billing.domain.gateway_states import State
from igny8_core.business.billing.gateways.base import NothingHappened, NotThere
from igny8_core.business.billing.gateways.cards import Charge, Charged
from igny8_core.business.billing.gateways.stripe.failures import required, translated
from igny8_core.business.billing.gateways.stripe.lists import made_since
from igny8_core.business.billing.gateways.stripe.states import state_of_intent
from igny8_core.kit.on_demand import OnDemand

if TYPE_CHECKING:
    import stripe
else:
    stripe = OnDemand("stripe")

EXPANDED = ["latest_charge.balance_transaction"]
WANTS_PAYER = "authentication_required"
UNFINISHED = frozenset({"requires_payment_method", "requires_confirmation"})


def is_charge(handle: str) -> bool:
    """Whether a handle is that of an intent of ours, and no session's."""
    return handle.startswith("pi_")


def make(client: "stripe.StripeClient", charge: Charge, *, amount: int, key: str) -> Charged:
    """Make an intent and confirm it; where the bank wants the payer, confirm it once more with them on their way."""
    asked: Any = {
        "amount": amount,
        "currency": charge.currency.lower(),
        "customer": charge.customer,
        "payment_method": charge.card,
        "allowed_payment_method_types": ["card"],
        "confirm": True,
        "off_session": True,
        "return_url": charge.return_url,
        "description": charge.description,
        "metadata": {"payment": charge.reference},
        "expand": EXPANDED,
    }
    with translated():
        try:
            intent = client.v1.payment_intents.create(asked, {"idempotency_key": key})
        except stripe.CardError as error:
            handle, wants_payer = _intent_in(error), error.code == WANTS_PAYER
        except stripe.InvalidRequestError as error:
            if error.param == "payment_method":
                raise NotThere("Stripe does not keep this card any more.") from error
            raise
        else:
            return Charged(required(intent.id), state_of_intent(intent.to_dict()))
    return Charged(handle, _asking_payer(client, charge, handle, key=key) if wants_payer else fetch(client, handle))


def _intent_in(error: "stripe.CardError") -> str:
    """A declined intent is made all the same, and the refusal carries it."""
    intent: Any = getattr(error.error, "payment_intent", None)
    return required(getattr(intent, "id", None))


def _asking_payer(client: "stripe.StripeClient", charge: Charge, handle: str, *, key: str) -> State:
    """Where the payer is led to, or how it stands where that was not possible any more."""
    try:
        with translated():
            intent = client.v1.payment_intents.confirm(
                handle,
                {"payment_method": charge.card, "return_url": charge.return_url, "expand": EXPANDED},
                {"idempotency_key": f"{key}:payer"},
            )
            return state_of_intent(intent.to_dict())
    except NothingHappened:
        return fetch(client, handle)


def fetch(client: "stripe.StripeClient", handle: str) -> State:
    """How a charge stands. One whose attempt has failed is cancelled, so that nobody tries again behind our back."""
    with translated():
        intent = client.v1.payment_intents.retrieve(handle, {"expand": EXPANDED})
        state = state_of_intent(intent.to_dict())
        if intent.status not in UNFINISHED:
            return state
    try:
        with translated():
            client.v1.payment_intents.cancel(handle)
    except NothingHappened:
        return _as_it_is(client, handle)
    return state


def cancel(client: "stripe.StripeClient", handle: str) -> State:
    """Take nothing by this charge any more, and say how it stands then."""
    try:
        with translated():
            client.v1.payment_intents.cancel(handle)
    except NothingHappened:
        # It is over, one way or the other: what it says now decides.
        pass
    return _as_it_is(client, handle)


def find(client: "stripe.StripeClient", reference: str, *, since: datetime) -> str | None:
    """The intents of sessions carry a payment's id too, but never that of a charge."""
    with translated():
        for intent in made_since(client.v1.payment_intents.list, since):
            if intent.to_dict()["metadata"].get("payment") == reference:
                return required(intent.id)
    return None


def _as_it_is(client: "stripe.StripeClient", handle: str) -> State:
    with translated():
        return state_of_intent(client.v1.payment_intents.retrieve(handle, {"expand": EXPANDED}).to_dict())
