"""Orders: made, approved by the payer on PayPal's page, captured by us within three hours."""

from fake_gateway.gateway import Gateway
from fake_gateway.paypal_api import amounts
from fake_gateway.paypal_api.captures import new_capture
from fake_gateway.paypal_api.errors import not_found, refused
from fake_gateway.paypal_api.events import emit, time_text
from fake_gateway.records import Missing, Record

KIND = "paypal_order"
OPEN_SECONDS = 3 * 3600
BALANCE, DECLINED = "balance", "declined"
PENDING_REASONS = frozenset(
    [
        "BUYER_COMPLAINT",
        "CHARGEBACK",
        "ECHECK",
        "INTERNATIONAL_WITHDRAWAL",
        "OTHER",
        "PENDING_REVIEW",
        "RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION",
        "REFUNDED",
        "TRANSACTION_APPROVED_AWAITING_FUNDING",
        "UNILATERAL",
        "VERIFICATION_REQUIRED",
    ]
)
# How a payer may pay here: at once, by something that the capture refuses, or by what leaves the capture pending.
FUNDINGS = frozenset({BALANCE, DECLINED}) | PENDING_REASONS


def create_order(gateway: Gateway, given: Record) -> Record:
    """A new order that waits for its payer; raises `PayPalError`."""
    unit = given["purchase_units"][0]
    value = amounts.checked(unit["amount"], "/purchase_units/@reference_id=='default'/amount")
    _refuse_used_invoice(gateway, unit)
    source = given.get("payment_source")
    context = {} if source is None else source["paypal"].get("experience_context", {})
    order: Record = {
        "id": gateway.new_id("", 17).upper(),
        "intent": "CAPTURE",
        "status": "CREATED" if source is None else "PAYER_ACTION_REQUIRED",
        "purchase_units": [
            {
                "reference_id": "default",
                **unit,
                "amount": amounts.written(value, unit["amount"]["currency_code"]),
                "payee": {"email_address": "seller@example.test", "merchant_id": "DEMOMERCHANT1"},
            }
        ],
        "create_time": time_text(gateway.now()),
        "_created": gateway.now(),
        "_context": context,
        "_sourced": source is not None,
        "_funding": None,
    }
    if source is not None:
        order["payment_source"] = {"paypal": {}}
    return gateway.store.put(KIND, order)


def _refuse_used_invoice(gateway: Gateway, unit: Record) -> None:
    """As an account does by default: an invoice number pays once."""
    invoice = unit.get("invoice_id")
    if invoice is not None and any(
        each.get("invoice_id") == invoice and each["status"] != "DECLINED"
        for each in gateway.store.newest_first("paypal_capture")
    ):
        raise refused(
            "DUPLICATE_INVOICE_ID",
            "Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires"
            " that Invoice Id be unique for each transaction.",
        )


def find_order(gateway: Gateway, name: str) -> Record:
    """The order; one that was not paid in time is gone. Raises `PayPalError`."""
    try:
        order = gateway.store.get(KIND, name)
    except Missing as error:
        raise not_found() from error
    if _is_over(gateway, order):
        raise not_found()
    return order


def _is_over(gateway: Gateway, order: Record) -> bool:
    return order["status"] != "COMPLETED" and int(order["_created"]) + OPEN_SECONDS <= gateway.now()


def links(gateway: Gateway, order: Record) -> list[Record]:
    """Where to go from here; the payer's link is `payer-action` or `approve`, by how the order was made."""
    address = f"{gateway.public_url}/v2/checkout/orders/{order['id']}"
    found = [{"href": address, "rel": "self", "method": "GET"}]
    if order["status"] in ("CREATED", "PAYER_ACTION_REQUIRED"):
        rel = "payer-action" if order["_sourced"] else "approve"
        found.append({"href": approval_address(gateway, order["id"]), "rel": rel, "method": "GET"})
    if order["status"] in ("CREATED", "APPROVED"):
        found.append({"href": f"{address}/capture", "rel": "capture", "method": "POST"})
    return found


def approval_address(gateway: Gateway, order_id: str) -> str:
    """The page where the payer approves."""
    return f"{gateway.public_url}/checkoutnow?token={order_id}"


def offers(order: Record, funding: str) -> bool:
    """Whether a payer may pay so: an order for immediate payment takes nothing that waits for a bank."""
    at_once = order["_context"].get("payment_method_preference") == "IMMEDIATE_PAYMENT_REQUIRED"
    return funding in FUNDINGS and not (at_once and funding == "ECHECK")


def approve(gateway: Gateway, name: str, funding: str) -> str:
    """The payer agrees; their id. Raises `PayPalError`."""
    with gateway.store.transaction():
        order = find_order(gateway, name)
        if order["status"] == "COMPLETED":
            raise refused("ORDER_ALREADY_CAPTURED", "Order already captured.")
        if not offers(order, funding):
            raise refused("PAYMENT_SOURCE_CANNOT_BE_USED", f"This order does not offer {funding}.")
        payer = {
            "name": {"given_name": "Demo", "surname": "Payer"},
            "email_address": "payer@example.test",
            "payer_id": "DEMOPAYER0001",
            "address": {"country_code": "DE"},
        }
        account = {"account_id": payer["payer_id"], "account_status": "VERIFIED"}
        order.update(status="APPROVED", payer=payer, _funding=funding, update_time=time_text(gateway.now()))
        order["payment_source"] = {"paypal": {**payer, **account}}
        gateway.store.put(KIND, order)
        emit(gateway, "CHECKOUT.ORDER.APPROVED", "checkout-order", {**order, "links": links(gateway, order)})
        return str(payer["payer_id"])


def capture_order(gateway: Gateway, name: str) -> Record:
    """Take the money; raises `PayPalError`."""
    try:
        order = gateway.store.get(KIND, name)
    except Missing as error:
        raise not_found() from error
    if order["status"] == "COMPLETED":
        raise refused(
            "ORDER_ALREADY_CAPTURED",
            "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed.",
        )
    if _is_over(gateway, order):
        raise refused("ORDER_EXPIRED", "The order is expired.")
    if order["status"] != "APPROVED":
        raise refused("ORDER_NOT_APPROVED", "Payer has not yet approved the Order for payment.")
    _refuse_used_invoice(gateway, order["purchase_units"][0])
    if order["_funding"] == DECLINED:
        _declined(gateway, order)
    capture = new_capture(gateway, order, None if order["_funding"] == BALANCE else order["_funding"])
    order["purchase_units"][0]["payments"] = {"captures": [capture["id"]]}
    order.update(status="COMPLETED", update_time=time_text(gateway.now()))
    return gateway.store.put(KIND, order)


def _declined(gateway: Gateway, order: Record) -> None:
    """The payer may come back to the same order with something else; that it was refused is kept."""
    gateway.store.put(KIND, {**order, "status": "PAYER_ACTION_REQUIRED", "_funding": None})
    back = {"href": approval_address(gateway, order["id"]), "rel": "redirect", "method": "GET"}
    error = refused(
        "INSTRUMENT_DECLINED",
        "The instrument presented was either declined by the processor or bank, or it can't be used for this payment.",
        links=(back,),
    )
    error.keeps_effects = True
    raise error
