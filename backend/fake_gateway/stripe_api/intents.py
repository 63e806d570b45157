"""Payment intents: made, confirmed, cancelled, and settled later where the payment method is slow."""

from typing import Literal

from fake_gateway.gateway import Gateway
from fake_gateway.records import Record
from fake_gateway.stripe_api.amounts import check_amount, checked_currency
from fake_gateway.stripe_api.call import Call
from fake_gateway.stripe_api.cards import Decline, methods_for
from fake_gateway.stripe_api.charges import Manner, attempt, card_error, decline, succeed
from fake_gateway.stripe_api.customers import check_customer, merged, method_given
from fake_gateway.stripe_api.errors import InvalidRequest
from fake_gateway.stripe_api.events import emit
from fake_gateway.stripe_api.objects import find, view

CONFIRMABLE = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
CANCELLABLE = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
ONLY_WITH_CONFIRM = ("off_session", "return_url", "error_on_requires_action")


def new_intent(gateway: Gateway, given: Record) -> Record:
    """Keep an intent of checked amount and currency, and say so."""
    name = gateway.new_id("pi_")
    record: Record = {
        "id": name,
        "object": "payment_intent",
        "allowed_payment_method_types": given.get("allowed_payment_method_types"),
        "amount": given["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": given.get("automatic_payment_methods"),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": given.get("capture_method", "automatic_async"),
        "client_secret": f"{name}_secret_{gateway.new_id('', 25)}",
        "confirmation_method": "automatic",
        "created": gateway.now(),
        "currency": given["currency"],
        "customer": given.get("customer"),
        "description": given.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": merged({}, given.get("metadata")),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": {},
        "payment_method_types": given["payment_method_types"],
        "processing": None,
        "receipt_email": given.get("receipt_email"),
        "review": None,
        "setup_future_usage": given.get("setup_future_usage"),
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": given.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
        "_session": given.get("session"),
        "_return_url": given.get("return_url"),
    }
    gateway.store.put("payment_intent", record)
    emit(gateway, "payment_intent.created", record)
    return record


def create_intent(call: Call) -> Record:
    """A new intent; with `confirm` it is tried at once."""
    given = call.given
    currency = checked_currency(given["currency"], param="currency")
    check_amount(given["amount"], currency, param="amount")
    check_customer(call.gateway, given.get("customer"))
    if not given.get("confirm"):
        for name in ONLY_WITH_CONFIRM:
            if given.get(name) is not None:
                raise InvalidRequest(f"You can only set `{name}` if you are confirming this PaymentIntent.", param=name)
    types = methods_for(currency, given.get("allowed_payment_method_types"))
    if not types:
        raise InvalidRequest("No payment method that you allow is available.", param="allowed_payment_method_types")
    automatic = {"enabled": True, "allow_redirects": "always", **(given.get("automatic_payment_methods") or {})}
    given = {**given, "automatic_payment_methods": automatic, "payment_method_types": types}
    method = method_given(call.gateway, given["payment_method"]) if given.get("payment_method") else None
    _check_method(given, method)
    intent = new_intent(call.gateway, {**given, "currency": currency})
    if method is not None:
        intent.update(status="requires_confirmation", payment_method=method["id"])
        call.gateway.store.put("payment_intent", intent)
    if given.get("confirm"):
        return _confirmed(call, intent, method, given)
    return view(call.gateway, intent, call.expand)


def _check_method(given: Record, method: Record | None) -> None:
    if method is not None and method["customer"] is not None and method["customer"] != given.get("customer"):
        raise InvalidRequest(
            "The provided PaymentMethod cannot be used with this PaymentIntent: it belongs to a Customer, which"
            " has to be given as `customer`.",
            param="payment_method",
        )
    if given.get("off_session") and method is not None and method["customer"] is None:
        raise InvalidRequest(
            "Off-session payments need a payment method that is attached to a customer.", param="payment_method"
        )
    automatic = given.get("automatic_payment_methods") or {}
    redirects = automatic.get("enabled") and automatic.get("allow_redirects") != "never"
    if given.get("confirm") and redirects and not given.get("return_url"):
        raise InvalidRequest(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of"
            " these payment methods might redirect your customer off of your page, you must provide a `return_url`. If"
            " you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to"
            " `true` and `automatic_payment_methods[allow_redirects]` to `never`.",
            param="return_url",
        )


def confirm_intent(call: Call, name: str) -> Record:
    """Try the intent with its payment method or another."""
    intent = find(call.gateway, "payment_intent", name)
    _refuse_checkouts(intent, "confirm")
    if intent["status"] not in CONFIRMABLE:
        raise unexpected(call.gateway, intent, "confirm")
    given = call.given
    chosen = given.get("payment_method") or intent["payment_method"]
    method = None if chosen is None else method_given(call.gateway, chosen)
    automatic = intent["automatic_payment_methods"]
    known = {"customer": intent["customer"], "confirm": True, "return_url": intent["_return_url"]}
    _check_method({**known, "automatic_payment_methods": automatic, **given}, method)
    intent["_return_url"] = given.get("return_url") or intent["_return_url"]
    intent["setup_future_usage"] = given.get("setup_future_usage") or intent["setup_future_usage"]
    return _confirmed(call, intent, method, given)


def _confirmed(call: Call, intent: Record, method: Record | None, given: Record) -> Record:
    if method is None:
        raise InvalidRequest(
            "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent with"
            " a payment method and then confirm it again.",
            code="payment_intent_unexpected_state",
        )
    if method["type"] not in intent["payment_method_types"]:
        raise InvalidRequest(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent.",
            param="payment_method",
        )
    manner = Manner(
        off_session=bool(given.get("off_session")),
        error_on_requires_action=bool(given.get("error_on_requires_action")),
    )
    if attempt(call.gateway, intent, method, manner) == "declined":
        raise card_error(call.gateway, intent)
    call.gateway.run_due()
    return view(call.gateway, find(call.gateway, "payment_intent", intent["id"]), call.expand)


def cancel_intent(call: Call, name: str) -> Record:
    """Nothing more will be taken by this intent."""
    intent = find(call.gateway, "payment_intent", name)
    _refuse_checkouts(intent, "cancel")
    if intent["status"] not in CANCELLABLE:
        raise unexpected(call.gateway, intent, "cancel")
    return view(call.gateway, cancelled(call.gateway, intent, call.given.get("cancellation_reason")), call.expand)


def cancelled(gateway: Gateway, intent: Record, reason: str | None) -> Record:
    """Cancel an intent and say so."""
    intent.update(status="canceled", canceled_at=gateway.now(), cancellation_reason=reason, next_action=None)
    gateway.store.put("payment_intent", intent)
    emit(gateway, "payment_intent.canceled", intent)
    return intent


def unexpected(gateway: Gateway, intent: Record, verb: str) -> InvalidRequest:
    """The refusal of what an intent's status forbids, with the intent inside."""
    error = InvalidRequest(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
    )
    error.body["error"]["payment_intent"] = view(gateway, intent)
    return error


def _refuse_checkouts(intent: Record, verb: str) -> None:
    if intent["_session"] is not None:
        raise InvalidRequest(
            f"You cannot {verb} this PaymentIntent because it was created by a Checkout Session; expire the Checkout"
            " Session instead.",
            code="payment_intent_unexpected_state",
        )


def settle(gateway: Gateway, intent: Record, outcome: Literal["succeeded", "failed"]) -> str:
    """End the waiting of a slow payment; the intent's session, if it has one, has to be told by the caller."""
    method = gateway.store.get("payment_method", intent["payment_method"])
    charge = gateway.store.get("charge", intent["latest_charge"])
    if outcome == "succeeded":
        return succeed(gateway, intent, method, charge)
    why = Decline("payment_intent_payment_attempt_failed", None, "The payment failed: the bank returned it.")
    return decline(gateway, intent, method, why, charge)
