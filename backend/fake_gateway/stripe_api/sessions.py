"""Checkout sessions: made and read by the API, paid on the hosted page, expired by either or by time."""

from fake_gateway.gateway import Gateway
from fake_gateway.records import Record
from fake_gateway.stripe_api.amounts import check_amount, checked_currency
from fake_gateway.stripe_api.call import Call
from fake_gateway.stripe_api.cards import methods_for
from fake_gateway.stripe_api.customers import check_customer, merged
from fake_gateway.stripe_api.errors import InvalidRequest
from fake_gateway.stripe_api.events import emit
from fake_gateway.stripe_api.intents import cancelled
from fake_gateway.stripe_api.objects import find, page, view
from fake_gateway.stripe_api.setups import new_setup

KIND = "checkout.session"
SHORTEST_SECONDS = 30 * 60
LONGEST_SECONDS = 24 * 3600


def create_session(call: Call) -> Record:
    """A new session for a payment, or for keeping a payment method."""
    given, gateway = call.given, call.gateway
    if given.get("customer") and given.get("customer_email"):
        raise InvalidRequest("You may only specify one of these parameters: customer, customer_email.")
    check_customer(gateway, given.get("customer"))
    expires_at = _expiry(gateway, given)
    money = _money(gateway, given) if given["mode"] == "payment" else _setup_money(given)
    allowed = given.get("allowed_payment_method_types")
    types = methods_for(money["currency"], allowed) if given["mode"] == "payment" else ["card"]
    if not types:
        raise InvalidRequest("No payment method that you allow is available.", param="allowed_payment_method_types")
    record = _new_session(gateway, given, money, types, expires_at)
    if given["mode"] == "setup":
        data = given.get("setup_intent_data") or {}
        setup = new_setup(gateway, {**data, "customer": given.get("customer"), "session": record["id"]})
        record["setup_intent"] = setup["id"]
    gateway.store.put(KIND, record)
    gateway.later("expire_session", record["id"], expires_at - gateway.now())
    return view(gateway, record, call.expand)


def _expiry(gateway: Gateway, given: Record) -> int:
    now = gateway.now()
    expires_at = int(given.get("expires_at", now + LONGEST_SECONDS))
    # Stripe is generous by a little: clocks differ, and a call takes time.
    if expires_at < now + SHORTEST_SECONDS - 10:
        raise InvalidRequest(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", param="expires_at"
        )
    if expires_at > now + LONGEST_SECONDS + 10:
        raise InvalidRequest(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", param="expires_at"
        )
    return expires_at


def _money(gateway: Gateway, given: Record) -> Record:
    for name in ("setup_intent_data", "currency"):
        if given.get(name):
            raise InvalidRequest(f"You can not pass `{name}` in `payment` mode.", param=name)
    if not given.get("line_items"):
        raise InvalidRequest(
            "You must pass `line_items` in `payment` mode.", param="line_items", code="parameter_missing"
        )
    items, total, currency = [], 0, ""
    for number, line in enumerate(given["line_items"]):
        price, param = line["price_data"], f"line_items[{number}]"
        line_currency = checked_currency(price["currency"], param=f"{param}[price_data][currency]")
        if currency not in ("", line_currency):
            raise InvalidRequest("All prices on a Checkout Session must have the same `currency`.", param="line_items")
        if price["unit_amount"] < 0 or line["quantity"] < 1:
            raise InvalidRequest("Invalid non-negative integer", param=param, code="parameter_invalid_integer")
        currency, amount = line_currency, price["unit_amount"] * line["quantity"]
        total += amount
        items.append(_line(gateway, line, currency, amount))
    check_amount(total, currency, param="line_items")
    return {"currency": currency, "total": total, "items": items}


def _line(gateway: Gateway, line: Record, currency: str, amount: int) -> Record:
    price = line["price_data"]
    return {
        "id": gateway.new_id("li_"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": price["product_data"]["name"],
        "price": {
            "id": gateway.new_id("price_"),
            "object": "price",
            "active": False,
            "currency": currency,
            "unit_amount": price["unit_amount"],
        },
        "quantity": line["quantity"],
    }


def _setup_money(given: Record) -> Record:
    for name in ("line_items", "payment_intent_data", "submit_type"):
        if given.get(name):
            raise InvalidRequest(f"You can not pass `{name}` in `setup` mode.", param=name)
    if given.get("currency"):
        checked_currency(given["currency"], param="currency")
    elif not given.get("allowed_payment_method_types"):
        raise InvalidRequest(
            "You must pass `currency` in `setup` mode when `allowed_payment_method_types` is not set.",
            param="currency",
            code="parameter_missing",
        )
    return {"currency": given.get("currency"), "total": None, "items": []}


def _new_session(gateway: Gateway, given: Record, money: Record, types: list[str], expires_at: int) -> Record:
    name = gateway.new_id("cs_test_a1", 56)
    url = f"/v1/checkout/sessions/{name}/line_items"
    payment = given["mode"] == "payment"
    return {
        "id": name,
        "object": KIND,
        "adaptive_pricing": {"enabled": (given.get("adaptive_pricing") or {}).get("enabled", True)},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "allowed_payment_method_types": given.get("allowed_payment_method_types"),
        "amount_subtotal": money["total"],
        "amount_total": money["total"],
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": given.get("cancel_url"),
        "client_reference_id": given.get("client_reference_id"),
        "client_secret": None,
        "consent": None,
        "consent_collection": None,
        "created": gateway.now(),
        "currency": money["currency"],
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {"after_submit": None, "shipping_address": None, "submit": None},
        "customer": given.get("customer"),
        "customer_creation": given.get("customer_creation", "if_required" if payment else None),
        "customer_details": None,
        "customer_email": given.get("customer_email"),
        "discounts": [],
        "expires_at": expires_at,
        "invoice": None,
        "invoice_creation": {"enabled": False} if payment else None,
        "line_items": {"object": "list", "data": money["items"], "has_more": False, "url": url},
        "livemode": False,
        "locale": given.get("locale"),
        "metadata": merged({}, given.get("metadata")),
        "mode": given["mode"],
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": types,
        "payment_status": "unpaid" if payment else "no_payment_required",
        "phone_number_collection": {"enabled": False},
        "presentment_details": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": given.get("submit_type"),
        "subscription": None,
        "success_url": given["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0} if payment else None,
        "ui_mode": given.get("ui_mode", "hosted_page"),
        "url": None,
        "_intent_data": given.get("payment_intent_data") or {},
    }


def list_sessions(call: Call) -> Record:
    """Newest first. There is no filter by `client_reference_id`, as at Stripe."""
    given, records = call.given, call.gateway.store.newest_first(KIND)
    for name in ("customer", "payment_intent", "status"):
        if given.get(name):
            records = [each for each in records if each[name] == given[name]]
    if given.get("customer_details"):
        email = given["customer_details"]["email"]
        records = [each for each in records if (each["customer_details"] or {}).get("email") == email]
    return page(call, records, "/v1/checkout/sessions")


def list_lines(call: Call, name: str) -> Record:
    """The rows of a session."""
    lines = find(call.gateway, KIND, name)["line_items"]["data"]
    return {"object": "list", "data": lines, "has_more": False, "url": f"/v1/checkout/sessions/{name}/line_items"}


def expire_session(call: Call, name: str) -> Record:
    """Nothing more can be paid by this session; works on an open one alone."""
    session = find(call.gateway, KIND, name)
    if session["status"] != "open":
        raise InvalidRequest(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of'
            f" {session['status']}.",
        )
    return view(call.gateway, expired(call.gateway, session), call.expand)


def expired(gateway: Gateway, session: Record) -> Record:
    """End an open session and say so."""
    session["status"] = "expired"
    gateway.store.put(KIND, session)
    if session["payment_intent"] is not None:
        cancelled(gateway, gateway.store.get("payment_intent", session["payment_intent"]), "abandoned")
    emit(gateway, "checkout.session.expired", session)
    return session


def expire_if_open(gateway: Gateway, name: str) -> None:
    """The session's time is over."""
    session = gateway.store.get(KIND, name)
    if session["status"] == "open":
        expired(gateway, session)


def changed(call: Call, name: str) -> Record:
    """Change a session's metadata."""
    session = find(call.gateway, KIND, name)
    session["metadata"] = merged(session["metadata"], call.given.get("metadata"))
    call.gateway.store.put(KIND, session)
    return view(call.gateway, session, call.expand)
