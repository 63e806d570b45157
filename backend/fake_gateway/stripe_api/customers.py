"""Customers and the payment methods that they keep."""

from typing import Any

from fake_gateway.gateway import Gateway
from fake_gateway.records import Record
from fake_gateway.stripe_api.call import Call
from fake_gateway.stripe_api.cards import BY_ALIAS, Card
from fake_gateway.stripe_api.errors import CardDeclined, InvalidRequest
from fake_gateway.stripe_api.events import emit
from fake_gateway.stripe_api.objects import find, listing, page, view

OWN = ("email", "name", "description", "phone", "metadata")


def new_customer(gateway: Gateway, given: Record) -> Record:
    """Keep a customer and say so."""
    record: Record = {
        "id": gateway.new_id("cus_", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": gateway.now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "discount": None,
        "invoice_prefix": gateway.new_id("", 8).upper(),
        "invoice_settings": {"default_payment_method": None},
        "livemode": False,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
        **{name: given.get(name) for name in OWN},
    }
    record["metadata"] = merged({}, given.get("metadata"))
    gateway.store.put("customer", record)
    emit(gateway, "customer.created", record)
    return record


def merged(kept: Record, given: Record | None) -> Record:
    """Metadata with what is given in addition; an empty value takes a key away."""
    return {key: value for key, value in {**kept, **(given or {})}.items() if value}


def create_customer(call: Call) -> Record:
    """A new customer."""
    return view(call.gateway, new_customer(call.gateway, call.given), call.expand)


def update_customer(call: Call, name: str) -> Record:
    """Change what is given and nothing else."""
    record = _existing(call.gateway, name, param="id")
    for key, value in call.given.items():
        if key == "invoice_settings":
            find(call.gateway, "payment_method", value["default_payment_method"], param="invoice_settings")
            record[key] = value
        elif key != "expand":
            record[key] = merged(record["metadata"], value) if key == "metadata" else value
    call.gateway.store.put("customer", record)
    emit(call.gateway, "customer.updated", record)
    return view(call.gateway, record, call.expand)


def retrieve_customer(call: Call, name: str) -> Record:
    """The customer, or the little that is left of one that was deleted."""
    record = find(call.gateway, "customer", name)
    if record.get("_deleted"):
        return {"id": name, "object": "customer", "deleted": True}
    return view(call.gateway, record, call.expand)


def delete_customer(call: Call, name: str) -> Record:
    """The payment methods of the customer are lost with it."""
    record = _existing(call.gateway, name, param="id")
    call.gateway.store.put("customer", {**record, "_deleted": True})
    for method in call.gateway.store.newest_first("payment_method"):
        if method["customer"] == name:
            _detach(call.gateway, method)
    emit(call.gateway, "customer.deleted", record)
    return {"id": name, "object": "customer", "deleted": True}


def list_customers(call: Call) -> Record:
    """Newest first, by e-mail where one is given."""
    records = [each for each in call.gateway.store.newest_first("customer") if not each.get("_deleted")]
    if call.given.get("email"):
        records = [each for each in records if each["email"] == call.given["email"]]
    return page(call, records, "/v1/customers")


def check_customer(gateway: Gateway, name: str | None) -> None:
    """Raises `InvalidRequest` for a customer that is not there."""
    if name is not None:
        _existing(gateway, name, param="customer")


def _existing(gateway: Gateway, name: str, *, param: str) -> Record:
    record = find(gateway, "customer", name, param=param)
    if record.get("_deleted"):
        raise InvalidRequest(
            f"No such customer: '{name}'; a deleted object exists", param=param, code="resource_missing"
        )
    return record


def new_card(gateway: Gateway, card: Card, billing: Record | None = None) -> Record:
    """A payment method of a card, not yet attached."""
    details: Record = {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": f"demo{card.number[-12:]}",
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return _new_method(gateway, "card", details, billing, {"_number": card.number, "_authenticated": False})


def new_slow_method(gateway: Gateway, name: str, billing: Record | None, *, works: bool) -> Record:
    """A payment method whose payments are known only later; whether they will work is decided here."""
    details: Record = {"last4": "3000", "fingerprint": "demo-bank"} if "debit" in name or "bank" in name else {}
    return _new_method(gateway, name, details, billing, {"_works": works})


def _new_method(gateway: Gateway, name: str, details: Record, billing: Record | None, ours: Record) -> Record:
    blank: dict[str, Any] = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
    return gateway.store.put(
        "payment_method",
        {
            "id": gateway.new_id("pm_"),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": {**blank, **(billing or {})},
            "created": gateway.now(),
            "customer": None,
            "livemode": False,
            "metadata": {},
            "type": name,
            name: details,
            **ours,
        },
    )


def method_given(gateway: Gateway, name: str, *, param: str = "payment_method") -> Record:
    """The payment method of an id; Stripe's names of test cards (`pm_card_visa`) make a new one."""
    if name in BY_ALIAS:
        return new_card(gateway, BY_ALIAS[name])
    return find(gateway, "payment_method", name, param=param)


def attach(gateway: Gateway, method: Record, customer: str) -> Record:
    """Keep a payment method for a customer; raises `InvalidRequest` where another has it or had it."""
    if method["customer"] == customer:
        return method
    if method["customer"] is not None:
        raise InvalidRequest(
            "The payment method you provided has already been attached to a customer.",
            param="payment_method",
            code="payment_method_unexpected_state",
        )
    if method.get("_detached"):
        raise InvalidRequest(
            "This PaymentMethod was previously used without being attached to a Customer or was detached from a"
            " Customer, and may not be used again.",
            param="payment_method",
        )
    method["customer"] = customer
    gateway.store.put("payment_method", method)
    emit(gateway, "payment_method.attached", method)
    return method


def attach_method(call: Call, name: str) -> Record:
    """Attach to a customer; a card that its bank refuses is refused here too."""
    check_customer(call.gateway, call.given["customer"])
    method = method_given(call.gateway, name, param="id")
    card = BY_ALIAS.get(name)
    if card is not None and card.decline is not None and not card.attaches:
        raise CardDeclined(card.decline.message, code=card.decline.code, decline_code=card.decline.decline_code)
    return view(call.gateway, attach(call.gateway, method, call.given["customer"]), call.expand)


def detach_method(call: Call, name: str) -> Record:
    """Take it away from its customer, for ever."""
    method = find(call.gateway, "payment_method", name)
    if method["customer"] is None:
        raise InvalidRequest(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            param="payment_method",
        )
    return view(call.gateway, _detach(call.gateway, method), call.expand)


def _detach(gateway: Gateway, method: Record) -> Record:
    customer = method["customer"]
    gateway.store.put("payment_method", {**method, "customer": None, "_detached": True})
    method = gateway.store.get("payment_method", method["id"])
    emit(gateway, "payment_method.detached", method, {"customer": customer})
    return method


list_methods = listing("payment_method", "/v1/payment_methods", "customer", "type")
