"""Captures and their refunds: money that came, waits, was refused, or went back."""

from decimal import Decimal

from fake_gateway.gateway import Gateway
from fake_gateway.paypal_api import amounts
from fake_gateway.paypal_api.errors import not_found, refused
from fake_gateway.paypal_api.events import emit, time_text
from fake_gateway.records import Missing, Record

CAPTURE, REFUND = "paypal_capture", "paypal_refund"
REFUNDABLE_SECONDS = 180 * 86_400
GIVEN_BACK = frozenset({"COMPLETED", "PENDING"})


def new_capture(gateway: Gateway, order: Record, pending: str | None) -> Record:
    """The money of an approved order; `pending` says why it is not there yet."""
    unit = order["purchase_units"][0]
    name = gateway.new_id("", 17).upper()
    capture: Record = {
        "id": name,
        "status": "COMPLETED" if pending is None else "PENDING",
        "amount": unit["amount"],
        "final_capture": True,
        "seller_protection": {"status": "ELIGIBLE", "dispute_categories": ["ITEM_NOT_RECEIVED"]},
        "create_time": time_text(gateway.now()),
        "update_time": time_text(gateway.now()),
        "supplementary_data": {"related_ids": {"order_id": order["id"]}},
        "payee": unit["payee"],
        "links": [
            _link(gateway, f"/v2/payments/captures/{name}", "self"),
            {**_link(gateway, f"/v2/payments/captures/{name}/refund", "refund"), "method": "POST"},
            _link(gateway, f"/v2/checkout/orders/{order['id']}", "up"),
        ],
        "_created": gateway.now(),
        "_by_bank": pending == "ECHECK",
        **{key: unit[key] for key in ("custom_id", "invoice_id") if key in unit},
    }
    if pending is None:
        capture["seller_receivable_breakdown"] = _breakdown(capture)
    else:
        capture["status_details"] = {"reason": pending}
        gateway.later("paypal_complete", name, gateway.later_seconds)
    gateway.store.put(CAPTURE, capture)
    emit(gateway, f"PAYMENT.CAPTURE.{capture['status']}", "capture", capture)
    return capture


def _link(gateway: Gateway, path: str, rel: str) -> Record:
    return {"href": f"{gateway.public_url}{path}", "rel": rel, "method": "GET"}


def _breakdown(capture: Record) -> Record:
    currency, gross = capture["amount"]["currency_code"], amounts.number_of(capture["amount"])
    fee = amounts.fee_of(gross, currency)
    return {
        "gross_amount": capture["amount"],
        "paypal_fee": amounts.written(fee, currency),
        "net_amount": amounts.written(gross - fee, currency),
    }


def find_capture(gateway: Gateway, name: str) -> Record:
    """The capture; raises `PayPalError`."""
    try:
        return gateway.store.get(CAPTURE, name)
    except Missing as error:
        raise not_found() from error


def find_refund(gateway: Gateway, name: str) -> Record:
    """The refund; raises `PayPalError`."""
    try:
        return gateway.store.get(REFUND, name)
    except Missing as error:
        raise not_found() from error


def complete(gateway: Gateway, name: str) -> None:
    """Money that was awaited is there."""
    capture = gateway.store.get(CAPTURE, name)
    if capture["status"] == "PENDING":
        capture.pop("status_details")
        capture.update(
            status="COMPLETED", update_time=time_text(gateway.now()), seller_receivable_breakdown=_breakdown(capture)
        )
        gateway.store.put(CAPTURE, capture)
        emit(gateway, "PAYMENT.CAPTURE.COMPLETED", "capture", capture)


def deny(gateway: Gateway, name: str) -> None:
    """Money that was awaited does not come."""
    capture = gateway.store.get(CAPTURE, name)
    if capture["status"] == "PENDING":
        capture.update(status="DECLINED", update_time=time_text(gateway.now()))
        gateway.store.put(CAPTURE, capture)
        emit(gateway, "PAYMENT.CAPTURE.DENIED", "capture", capture)


def refunds_of(gateway: Gateway, capture: Record) -> list[Record]:
    """The refunds of a capture, oldest first."""
    return [each for each in gateway.store.newest_first(REFUND)[::-1] if each["_capture"] == capture["id"]]


def refunded(gateway: Gateway, capture: Record) -> Decimal:
    """What was given back of a capture, or is on its way."""
    return sum(
        (amounts.number_of(each["amount"]) for each in refunds_of(gateway, capture) if each["status"] in GIVEN_BACK),
        Decimal(0),
    )


def create_refund(gateway: Gateway, name: str, given: Record) -> Record:
    """Give back what is named, or all that is left; raises `PayPalError`."""
    capture = find_capture(gateway, name)
    currency = capture["amount"]["currency_code"]
    left = amounts.number_of(capture["amount"]) - refunded(gateway, capture)
    if capture["status"] == "REFUNDED" or not left:
        raise refused("CAPTURE_FULLY_REFUNDED", "The capture has already been fully refunded.")
    if capture["status"] not in ("COMPLETED", "PARTIALLY_REFUNDED"):
        raise refused("REFUND_NOT_ALLOWED", f"A capture that is {capture['status']} cannot be refunded.")
    if capture["_created"] + REFUNDABLE_SECONDS <= gateway.now():
        raise refused("REFUND_TIME_LIMIT_EXCEEDED", "You are over the time limit to perform a refund on this capture.")
    value = left
    if "amount" in given:
        if given["amount"]["currency_code"] != currency:
            raise refused("REFUND_CAPTURE_CURRENCY_MISMATCH", "Refund must be in the same currency as the capture.")
        value = amounts.checked(given["amount"], "/amount")
    if value > left:
        raise refused("REFUND_AMOUNT_EXCEEDED", "The refund amount must be less than or equal to the capture amount.")
    refund = _new_refund(gateway, capture, value, given)
    _restate(gateway, capture)
    if refund["status"] == "PENDING":
        gateway.later("paypal_refund", refund["id"], gateway.later_seconds)
        emit(gateway, "PAYMENT.REFUND.PENDING", "refund", refund)
    else:
        emit(gateway, "PAYMENT.CAPTURE.REFUNDED", "refund", refund)
    return refund


def _new_refund(gateway: Gateway, capture: Record, value: Decimal, given: Record, *, reversal: bool = False) -> Record:
    name, currency = gateway.new_id("", 17).upper(), capture["amount"]["currency_code"]
    slow = capture["_by_bank"] and not reversal
    gross = amounts.written(value, currency)
    refund: Record = {
        "id": name,
        "status": "PENDING" if slow else "COMPLETED",
        "amount": gross,
        "create_time": time_text(gateway.now()),
        "update_time": time_text(gateway.now()),
        "seller_payable_breakdown": {
            "gross_amount": gross,
            "paypal_fee": amounts.written(Decimal(0), currency),
            "net_amount": gross,
            "total_refunded_amount": amounts.written(refunded(gateway, capture) + value, currency),
        },
        "links": [
            _link(gateway, f"/v2/payments/refunds/{name}", "self"),
            _link(gateway, f"/v2/payments/captures/{capture['id']}", "up"),
        ],
        "_capture": capture["id"],
        "_reversal": reversal,
        **{key: capture[key] for key in ("custom_id", "invoice_id") if key in capture},
        **{key: given[key] for key in ("custom_id", "invoice_id", "note_to_payer") if key in given},
    }
    if slow:
        refund["status_details"] = {"reason": "ECHECK"}
    return gateway.store.put(REFUND, refund)


def _restate(gateway: Gateway, capture: Record) -> None:
    """The capture's status by what was given back."""
    back = refunded(gateway, capture)
    whole = back == amounts.number_of(capture["amount"])
    status = "REFUNDED" if whole else "PARTIALLY_REFUNDED" if back else "COMPLETED"
    gateway.store.put(CAPTURE, {**capture, "status": status, "update_time": time_text(gateway.now())})


def settle_refund(gateway: Gateway, name: str) -> None:
    """A refund that was pending has arrived."""
    refund = gateway.store.get(REFUND, name)
    if refund["status"] == "PENDING":
        refund.pop("status_details", None)
        refund.update(status="COMPLETED", update_time=time_text(gateway.now()))
        gateway.store.put(REFUND, refund)
        emit(gateway, "PAYMENT.CAPTURE.REFUNDED", "refund", refund)


def fail_refund(gateway: Gateway, name: str) -> None:
    """A refund that was pending does not arrive: the money is ours again."""
    refund = gateway.store.get(REFUND, name)
    if refund["status"] == "PENDING":
        refund.update(status="FAILED", update_time=time_text(gateway.now()))
        gateway.store.put(REFUND, refund)
        _restate(gateway, gateway.store.get(CAPTURE, refund["_capture"]))
        emit(gateway, "PAYMENT.REFUND.FAILED", "refund", refund)


def reverse(gateway: Gateway, name: str) -> Record:
    """PayPal takes the money back by itself; raises `PayPalError`."""
    capture = find_capture(gateway, name)
    left = amounts.number_of(capture["amount"]) - refunded(gateway, capture)
    if capture["status"] not in ("COMPLETED", "PARTIALLY_REFUNDED") or not left:
        raise refused("CAPTURE_FULLY_REFUNDED", "Nothing of this capture can be taken back.")
    refund = _new_refund(gateway, capture, left, {}, reversal=True)
    _restate(gateway, capture)
    emit(gateway, "PAYMENT.CAPTURE.REVERSED", "refund", refund)
    return refund
