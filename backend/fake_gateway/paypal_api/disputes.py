"""A payer's complaint at PayPal: the money of a capture is held until it is decided."""

from decimal import Decimal

from fake_gateway.gateway import Gateway
from fake_gateway.paypal_api import amounts
from fake_gateway.paypal_api.captures import find_capture, reverse
from fake_gateway.paypal_api.errors import malformed, not_found, refused
from fake_gateway.paypal_api.events import emit, time_text
from fake_gateway.records import Missing, Record

KIND = "paypal_dispute"
DUE_SECONDS = 10 * 86_400
REASONS = (
    "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
    "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED",
    "UNAUTHORISED",
    "CREDIT_NOT_PROCESSED",
    "DUPLICATE_TRANSACTION",
    "INCORRECT_AMOUNT",
    "OTHER",
)
IN_SHORT = (
    *("dispute_id", "create_time", "update_time", "reason", "status"),
    *("dispute_amount", "dispute_life_cycle_stage"),
)
OUTCOMES = {"won": "RESOLVED_SELLER_FAVOUR", "lost": "RESOLVED_BUYER_FAVOUR"}


def open_dispute(gateway: Gateway, capture_id: str, reason: str) -> Record:
    """The payer complains about a capture; raises `PayPalError`."""
    if reason not in REASONS:
        raise malformed("INVALID_PARAMETER_VALUE", "/reason", f"The value must be one of {', '.join(REASONS)}.")
    capture = find_capture(gateway, capture_id)
    if capture["status"] not in ("COMPLETED", "PARTIALLY_REFUNDED") or _is_disputed(gateway, capture_id):
        raise refused("DISPUTE_NOT_POSSIBLE", "The capture is disputed already, or there is no money to dispute.")
    name = f"PP-D-{gateway.new_id('', 8).upper()}"
    dispute: Record = {
        "id": name,
        "dispute_id": name,
        "create_time": time_text(gateway.now()),
        "update_time": time_text(gateway.now()),
        "disputed_transactions": [
            {
                "seller_transaction_id": capture_id,
                "gross_amount": capture["amount"],
                **{key: capture[key] for key in ("custom_id", "invoice_id") if key in capture},
            }
        ],
        "reason": reason,
        "status": "WAITING_FOR_SELLER_RESPONSE",
        "dispute_amount": capture["amount"],
        "dispute_life_cycle_stage": "CHARGEBACK",
        "dispute_channel": "INTERNAL",
        "seller_response_due_date": time_text(gateway.now() + DUE_SECONDS),
        "links": [{"href": f"{gateway.public_url}/v1/customer/disputes/{name}", "rel": "self", "method": "GET"}],
    }
    return _keep(gateway, "CREATED", dispute)


def _is_disputed(gateway: Gateway, capture_id: str) -> bool:
    return any(
        each["disputed_transactions"][0]["seller_transaction_id"] == capture_id and each["status"] != "RESOLVED"
        for each in gateway.store.newest_first(KIND)
    )


def _keep(gateway: Gateway, name: str, dispute: Record) -> Record:
    gateway.store.put(KIND, dispute)
    emit(gateway, f"CUSTOMER.DISPUTE.{name}", "dispute", view(dispute))
    return dispute


def view(dispute: Record) -> Record:
    """A dispute as it is sent: its id has another name than everywhere else."""
    return {key: value for key, value in dispute.items() if key != "id"}


def find_dispute(gateway: Gateway, name: str) -> Record:
    """The dispute as it is sent; raises `PayPalError`."""
    try:
        return view(gateway.store.get(KIND, name))
    except Missing as error:
        raise not_found() from error


def list_disputes(gateway: Gateway, query: Record) -> Record:
    """The disputes about a transaction, newest first, in short; raises `PayPalError`."""
    for name in query:
        if name not in ("disputed_transaction_id", "page_size"):
            raise malformed("UNKNOWN_TO_THE_DEMO_GATEWAY", name, "The demo gateway does not know this parameter.")
    wanted = query.get("disputed_transaction_id")
    found = [
        each
        for each in gateway.store.newest_first(KIND)
        if wanted in (None, each["disputed_transactions"][0]["seller_transaction_id"])
    ]
    return {"items": [{name: each[name] for name in IN_SHORT} for each in found], "links": []}


def resolve(gateway: Gateway, name: str, outcome: str) -> Record:
    """PayPal decides; what was lost is taken back from the capture. Raises `PayPalError`."""
    dispute = gateway.store.get(KIND, name)
    if dispute["status"] == "RESOLVED":
        raise refused("DISPUTE_NOT_POSSIBLE", "The dispute is already resolved.")
    amount = amounts.number_of(dispute["dispute_amount"]) if outcome == "lost" else Decimal(0)
    currency = dispute["dispute_amount"]["currency_code"]
    dispute.update(
        status="RESOLVED",
        update_time=time_text(gateway.now()),
        dispute_outcome={"outcome_code": OUTCOMES[outcome], "amount_refunded": amounts.written(amount, currency)},
    )
    if outcome == "lost":
        reverse(gateway, dispute["disputed_transactions"][0]["seller_transaction_id"])
    return _keep(gateway, "RESOLVED", dispute)
