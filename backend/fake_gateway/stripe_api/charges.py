"""One attempt to take money for a payment intent: what the bank says, the charge, the fee, what follows."""

from dataclasses import dataclass
from typing import Literal

from fake_gateway.gateway import Gateway
from fake_gateway.records import Record
from fake_gateway.stripe_api.balance import move
from fake_gateway.stripe_api.cards import AUTHENTICATION_REQUIRED, BY_NUMBER, Card, Decline
from fake_gateway.stripe_api.customers import attach
from fake_gateway.stripe_api.errors import CardDeclined
from fake_gateway.stripe_api.events import emit
from fake_gateway.stripe_api.objects import view

type Outcome = Literal["succeeded", "processing", "requires_action", "declined"]


@dataclass(frozen=True)
class Manner:
    """How an attempt is made: the payer is away, has just authenticated, or a step of theirs counts as a failure."""

    off_session: bool = False
    authenticated: bool = False
    error_on_requires_action: bool = False


def attempt(gateway: Gateway, intent: Record, method: Record, manner: Manner) -> Outcome:
    """Try to charge a payment method; the intent is changed and kept, events are sent."""
    intent["payment_method"] = method["id"]
    intent["next_action"] = None
    if method["type"] != "card":
        return _wait(gateway, intent, method)
    card = BY_NUMBER[method["_number"]]
    if _asks_payer(card, method, manner):
        if manner.off_session or manner.error_on_requires_action:
            return decline(gateway, intent, method, AUTHENTICATION_REQUIRED)
        return _ask_payer(gateway, intent)
    if card.decline is not None:
        return decline(gateway, intent, method, card.decline)
    if manner.authenticated:
        method["_authenticated"] = True
        gateway.store.put("payment_method", method)
    return succeed(gateway, intent, method)


def _asks_payer(card: Card, method: Record, manner: Manner) -> bool:
    if manner.authenticated or card.three_d_secure == "never":
        return False
    return card.three_d_secure == "always" or not method["_authenticated"]


def _ask_payer(gateway: Gateway, intent: Record) -> Outcome:
    intent["status"] = "requires_action"
    back = intent["_return_url"]
    address = f"{gateway.public_url}/3ds/{intent['id']}"
    intent["next_action"] = (
        {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": address}}
        if back is None
        else {"type": "redirect_to_url", "redirect_to_url": {"url": address, "return_url": back}}
    )
    gateway.store.put("payment_intent", intent)
    emit(gateway, "payment_intent.requires_action", intent)
    return "requires_action"


def _wait(gateway: Gateway, intent: Record, method: Record) -> Outcome:
    charge = _new_charge(gateway, intent, method, "pending")
    intent.update(status="processing", latest_charge=charge["id"], last_payment_error=None)
    gateway.store.put("payment_intent", intent)
    emit(gateway, "charge.pending", charge)
    emit(gateway, "payment_intent.processing", intent)
    gateway.later("settle_intent", intent["id"], gateway.later_seconds)
    return "processing"


def succeed(gateway: Gateway, intent: Record, method: Record, charge: Record | None = None) -> Outcome:
    """The money is there; `charge` is one that was pending."""
    charge = charge or _new_charge(gateway, intent, method, "pending")
    kind = "charge" if method["type"] == "card" else "payment"
    transaction = move(
        gateway,
        kind=kind,
        category="charge",
        source=charge,
        amount=charge["amount"],
        fee=None,
        description=charge["description"],
    )
    charge.update(
        amount_captured=charge["amount"],
        captured=True,
        paid=True,
        status="succeeded",
        balance_transaction=transaction["id"],
    )
    gateway.store.put("charge", charge)
    intent.update(
        status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"], last_payment_error=None
    )
    gateway.store.put("payment_intent", intent)
    emit(gateway, "charge.succeeded", charge)
    emit(gateway, "payment_intent.succeeded", intent)
    if intent["setup_future_usage"] and intent["customer"]:
        attach(gateway, gateway.store.get("payment_method", method["id"]), intent["customer"])
    card = BY_NUMBER.get(method.get("_number", ""))
    if card is not None and card.dispute is not None:
        gateway.later("inquire" if card.inquiry else f"dispute_{card.dispute}", charge["id"], 0)
    if card is not None and card.warns:
        gateway.later("warn", charge["id"], 0)
    return "succeeded"


def decline(gateway: Gateway, intent: Record, method: Record, why: Decline, charge: Record | None = None) -> Outcome:
    """The attempt has failed; the intent waits for another payment method."""
    charge = charge or _new_charge(gateway, intent, method, "failed")
    charge.update(status="failed", failure_code=why.code, failure_message=why.message)
    gateway.store.put("charge", charge)
    intent.update(status="requires_payment_method", payment_method=None, latest_charge=charge["id"])
    intent["last_payment_error"] = {
        "charge": charge["id"],
        "code": why.code,
        "decline_code": why.decline_code,
        "message": why.message,
        "payment_method": view(gateway, method),
        "type": "card_error",
    }
    gateway.store.put("payment_intent", intent)
    emit(gateway, "charge.failed", charge)
    emit(gateway, "payment_intent.payment_failed", intent)
    return "declined"


def card_error(gateway: Gateway, intent: Record) -> CardDeclined:
    """The refusal of the newest attempt, with the intent inside."""
    error = intent["last_payment_error"]
    return CardDeclined(
        error["message"],
        code=error["code"],
        decline_code=error["decline_code"],
        charge=error["charge"],
        payment_intent=view(gateway, intent),
        payment_method=error["payment_method"],
    )


def _new_charge(gateway: Gateway, intent: Record, method: Record, status: str) -> Record:
    details = {key: value for key, value in method[method["type"]].items() if key in ("brand", "last4", "country")}
    return gateway.store.put(
        "charge",
        {
            "id": gateway.new_id("ch_" if method["type"] == "card" else "py_"),
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None,
            "billing_details": method["billing_details"],
            "calculated_statement_descriptor": "DEMO GATEWAY",
            "captured": False,
            "created": gateway.now(),
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": None,
            "failure_message": None,
            "fraud_details": {},
            "livemode": False,
            "metadata": intent["metadata"],
            "on_behalf_of": None,
            "outcome": None,
            "paid": False,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": {"type": method["type"], method["type"]: details},
            "receipt_email": intent["receipt_email"],
            "receipt_number": None,
            "receipt_url": None,
            "refunded": False,
            "review": None,
            "shipping": None,
            "source_transfer": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": status,
            "transfer_data": None,
            "transfer_group": None,
        },
    )
