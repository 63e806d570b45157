"""Setup intents: a payment method is checked and kept for later, without a payment."""

from typing import Literal

from fake_gateway.gateway import Gateway
from fake_gateway.records import Record
from fake_gateway.stripe_api.call import Call
from fake_gateway.stripe_api.cards import AUTHENTICATION_REQUIRED, BY_NUMBER, Decline
from fake_gateway.stripe_api.customers import attach, check_customer, merged, method_given
from fake_gateway.stripe_api.errors import CardDeclined, InvalidRequest
from fake_gateway.stripe_api.events import emit
from fake_gateway.stripe_api.objects import find, view

OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})

type SetupOutcome = Literal["succeeded", "requires_action", "declined"]


def new_setup(gateway: Gateway, given: Record) -> Record:
    """Keep a setup intent and say so."""
    name = gateway.new_id("seti_")
    record: Record = {
        "id": name,
        "object": "setup_intent",
        "allowed_payment_method_types": given.get("allowed_payment_method_types"),
        "application": None,
        "automatic_payment_methods": given.get("automatic_payment_methods"),
        "cancellation_reason": None,
        "client_secret": f"{name}_secret_{gateway.new_id('', 25)}",
        "created": gateway.now(),
        "customer": given.get("customer"),
        "description": given.get("description"),
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": merged({}, given.get("metadata")),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": given.get("usage", "off_session"),
        "_session": given.get("session"),
        "_return_url": given.get("return_url"),
    }
    gateway.store.put("setup_intent", record)
    emit(gateway, "setup_intent.created", record)
    return record


def create_setup(call: Call) -> Record:
    """A new setup intent; with `confirm` it is tried at once."""
    given = call.given
    check_customer(call.gateway, given.get("customer"))
    if given.get("return_url") and not given.get("confirm"):
        raise InvalidRequest(
            "You can only set `return_url` if you are confirming this SetupIntent.", param="return_url"
        )
    method = method_given(call.gateway, given["payment_method"]) if given.get("payment_method") else None
    setup = new_setup(call.gateway, given)
    if method is not None:
        setup.update(status="requires_confirmation", payment_method=method["id"])
        call.gateway.store.put("setup_intent", setup)
    if given.get("confirm"):
        return _confirmed(call, setup, method)
    return view(call.gateway, setup, call.expand)


def confirm_setup(call: Call, name: str) -> Record:
    """Try it with its payment method or another."""
    setup = find(call.gateway, "setup_intent", name)
    _refuse_unless_open(setup, "confirm")
    chosen = call.given.get("payment_method") or setup["payment_method"]
    method = None if chosen is None else method_given(call.gateway, chosen)
    setup["_return_url"] = call.given.get("return_url") or setup["_return_url"]
    return _confirmed(call, setup, method)


def cancel_setup(call: Call, name: str) -> Record:
    """Nothing will be kept by this setup intent."""
    setup = find(call.gateway, "setup_intent", name)
    _refuse_unless_open(setup, "cancel")
    setup.update(status="canceled", cancellation_reason=call.given.get("cancellation_reason"), next_action=None)
    call.gateway.store.put("setup_intent", setup)
    emit(call.gateway, "setup_intent.canceled", setup)
    return view(call.gateway, setup, call.expand)


def _refuse_unless_open(setup: Record, verb: str) -> None:
    if setup["_session"] is not None:
        raise InvalidRequest(
            f"You cannot {verb} this SetupIntent because it was created by a Checkout Session.",
            code="setup_intent_unexpected_state",
        )
    if setup["status"] not in OPEN:
        raise InvalidRequest(
            f"You cannot {verb} this SetupIntent because it has a status of {setup['status']}.",
            code="setup_intent_unexpected_state",
        )


def _confirmed(call: Call, setup: Record, method: Record | None) -> Record:
    if method is None:
        raise InvalidRequest(
            "You cannot confirm this SetupIntent because it's missing a payment method.",
            code="setup_intent_unexpected_state",
        )
    if try_setup(call.gateway, setup, method, authenticated=False) == "declined":
        error = setup["last_setup_error"]
        raise CardDeclined(
            error["message"],
            code=error["code"],
            decline_code=error["decline_code"],
            setup_intent=view(call.gateway, setup),
            payment_method=error["payment_method"],
        )
    return view(call.gateway, setup, call.expand)


def try_setup(gateway: Gateway, setup: Record, method: Record, *, authenticated: bool) -> SetupOutcome:
    """Ask the bank; the setup intent is changed and kept, events are sent."""
    card = BY_NUMBER[method["_number"]]
    setup.update(payment_method=method["id"], next_action=None)
    if card.decline is not None and not card.attaches:
        return decline_setup(gateway, setup, method, card.decline)
    if card.three_d_secure != "never" and not authenticated:
        address = f"{gateway.public_url}/3ds/{setup['id']}"
        redirect = {"url": address, "return_url": setup["_return_url"]}
        setup.update(status="requires_action", next_action={"type": "redirect_to_url", "redirect_to_url": redirect})
        gateway.store.put("setup_intent", setup)
        emit(gateway, "setup_intent.requires_action", setup)
        return "requires_action"
    method["_authenticated"] = True
    gateway.store.put("payment_method", method)
    if setup["customer"] is not None:
        attach(gateway, method, setup["customer"])
    setup.update(status="succeeded", last_setup_error=None)
    gateway.store.put("setup_intent", setup)
    emit(gateway, "setup_intent.succeeded", setup)
    return "succeeded"


def decline_setup(
    gateway: Gateway, setup: Record, method: Record, why: Decline = AUTHENTICATION_REQUIRED
) -> SetupOutcome:
    """The bank or the payer said no."""
    error = {"code": why.code, "decline_code": why.decline_code, "message": why.message, "type": "card_error"}
    error_with_method: Record = {**error, "payment_method": view(gateway, method)}
    setup.update(
        status="requires_payment_method", payment_method=None, next_action=None, last_setup_error=error_with_method
    )
    gateway.store.put("setup_intent", setup)
    emit(gateway, "setup_intent.setup_failed", setup)
    return "declined"
