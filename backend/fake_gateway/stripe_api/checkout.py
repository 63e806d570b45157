"""What happens on a session's hosted page: paid, declined, authenticated, saved, or left to be paid later."""

from dataclasses import dataclass
from typing import Literal

from fake_gateway.gateway import Gateway
from fake_gateway.records import Record
from fake_gateway.stripe_api.cards import AUTHENTICATION_REQUIRED, BY_NUMBER, SLOW_BY_NAME
from fake_gateway.stripe_api.charges import Manner, attempt, decline
from fake_gateway.stripe_api.customers import new_card, new_customer, new_slow_method
from fake_gateway.stripe_api.errors import InvalidRequest
from fake_gateway.stripe_api.events import emit
from fake_gateway.stripe_api.intents import new_intent, settle
from fake_gateway.stripe_api.sessions import KIND
from fake_gateway.stripe_api.setups import decline_setup, try_setup


@dataclass(frozen=True)
class Payer:
    """What the page's form says: a card's number, or the name of a slow method and whether it will work."""

    card: str = ""
    slow_method: str = ""
    works: bool = True
    email: str = ""
    name: str = ""


type PageOutcome = Literal["complete", "requires_action", "declined"]


def submit(gateway: Gateway, session_id: str, payer: Payer) -> tuple[PageOutcome, str]:
    """The payer presses the button; a sentence where the bank said no. Raises `InvalidRequest`."""
    with gateway.store.transaction():
        session = _open_session(gateway, session_id)
        method = _method(gateway, session, payer)
        email = payer.email or session["customer_email"] or method["billing_details"]["email"]
        if session["customer"] is None and _needs_customer(session):
            session["customer"] = new_customer(gateway, {"email": email, "name": payer.name or None})["id"]
        session["customer_details"] = {
            "address": None,
            "email": email,
            "name": payer.name or None,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        }
        if session["mode"] == "setup":
            return _save(gateway, session, method, authenticated=False)
        intent = _intent(gateway, session)
        outcome = attempt(gateway, intent, method, Manner())
        return _follow(gateway, session, intent, outcome)


def authenticate(gateway: Gateway, session_id: str, *, agreed: bool) -> tuple[PageOutcome, str]:
    """The payer answers the bank's question."""
    with gateway.store.transaction():
        session = _open_session(gateway, session_id)
        kind, name = (
            ("setup_intent", "setup_intent") if session["mode"] == "setup" else ("payment_intent", "payment_intent")
        )
        intent = gateway.store.get(kind, session[name])
        if intent["status"] != "requires_action":
            raise InvalidRequest("Nothing waits for the bank's question; start again from the payment page.")
        method = gateway.store.get("payment_method", intent["payment_method"])
        if session["mode"] == "setup":
            if agreed:
                return _save(gateway, session, method, authenticated=True)
            decline_setup(gateway, intent, method)
            return "declined", AUTHENTICATION_REQUIRED.message
        if agreed:
            return _follow(gateway, session, intent, attempt(gateway, intent, method, Manner(authenticated=True)))
        return _follow(gateway, session, intent, decline(gateway, intent, method, AUTHENTICATION_REQUIRED))


def _open_session(gateway: Gateway, session_id: str) -> Record:
    session = gateway.store.get(KIND, session_id)
    if session["status"] != "open":
        raise InvalidRequest(f"This payment page is {session['status']}.")
    return session


def _needs_customer(session: Record) -> bool:
    saves = session["_intent_data"].get("setup_future_usage") or session["mode"] == "setup"
    return bool(saves) or session["customer_creation"] == "always"


def _method(gateway: Gateway, session: Record, payer: Payer) -> Record:
    billing = {"email": payer.email or None, "name": payer.name or None}
    if payer.slow_method:
        if payer.slow_method not in session["payment_method_types"] or payer.slow_method not in SLOW_BY_NAME:
            raise InvalidRequest(f"This payment page does not offer {payer.slow_method}.")
        return new_slow_method(gateway, payer.slow_method, billing, works=payer.works)
    card = BY_NUMBER.get("".join(payer.card.split()))
    if card is None:
        raise InvalidRequest("This is none of the test cards; choose one from the list.")
    return new_card(gateway, card, billing)


def _intent(gateway: Gateway, session: Record) -> Record:
    if session["payment_intent"] is not None:
        return gateway.store.get("payment_intent", session["payment_intent"])
    intent = new_intent(
        gateway,
        {
            **session["_intent_data"],
            "amount": session["amount_total"],
            "currency": session["currency"],
            "customer": session["customer"],
            "payment_method_types": session["payment_method_types"],
            "return_url": session["success_url"],
            "session": session["id"],
        },
    )
    session["payment_intent"] = intent["id"]
    gateway.store.put(KIND, session)
    return intent


def _follow(gateway: Gateway, session: Record, intent: Record, outcome: str) -> tuple[PageOutcome, str]:
    if outcome == "declined":
        gateway.store.put(KIND, session)
        return "declined", intent["last_payment_error"]["message"]
    if outcome == "requires_action":
        gateway.store.put(KIND, session)
        return "requires_action", ""
    _complete(gateway, session, "paid" if outcome == "succeeded" else "unpaid")
    gateway.run_due()
    return "complete", ""


def _save(gateway: Gateway, session: Record, method: Record, *, authenticated: bool) -> tuple[PageOutcome, str]:
    setup = gateway.store.get("setup_intent", session["setup_intent"])
    setup["customer"] = session["customer"]
    setup["_return_url"] = session["success_url"]
    outcome = try_setup(gateway, setup, method, authenticated=authenticated)
    gateway.store.put(KIND, session)
    if outcome == "succeeded":
        _complete(gateway, session, "no_payment_required")
        return "complete", ""
    if outcome == "requires_action":
        return "requires_action", ""
    return "declined", setup["last_setup_error"]["message"]


def _complete(gateway: Gateway, session: Record, payment_status: str) -> None:
    session.update(status="complete", payment_status=payment_status)
    gateway.store.put(KIND, session)
    emit(gateway, "checkout.session.completed", session)


def settle_intent(gateway: Gateway, intent_id: str, outcome: Literal["succeeded", "failed"] | None = None) -> None:
    """A slow payment is known at last: as its payment method says, or as the caller does."""
    intent = gateway.store.get("payment_intent", intent_id)
    if intent["status"] != "processing":
        return
    method = gateway.store.get("payment_method", intent["payment_method"])
    settle(gateway, intent, outcome or ("succeeded" if method["_works"] else "failed"))
    if intent["_session"] is None:
        return
    session = gateway.store.get(KIND, intent["_session"])
    worked = intent["status"] == "succeeded"
    session["payment_status"] = "paid" if worked else "unpaid"
    gateway.store.put(KIND, session)
    emit(gateway, f"checkout.session.async_payment_{'succeeded' if worked else 'failed'}", session)


def answer_challenge(gateway: Gateway, intent_id: str, *, agreed: bool) -> Record:
    """The payer answers the bank about an intent that has no session; the intent as it is then."""
    kind = "setup_intent" if intent_id.startswith("seti_") else "payment_intent"
    with gateway.store.transaction():
        intent = gateway.store.get(kind, intent_id)
        if intent["status"] != "requires_action" or intent["_session"] is not None:
            raise InvalidRequest("Nothing waits for the bank's question.")
        method = gateway.store.get("payment_method", intent["payment_method"])
        if kind == "setup_intent":
            if agreed:
                try_setup(gateway, intent, method, authenticated=True)
            else:
                decline_setup(gateway, intent, method)
        elif agreed:
            attempt(gateway, intent, method, Manner(authenticated=True))
        else:
            decline(gateway, intent, method, AUTHENTICATION_REQUIRED)
        gateway.run_due()
    return intent
