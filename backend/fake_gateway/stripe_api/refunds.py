"""Refunds: of a charge, whole or in part; some take long, some fail days after they had succeeded."""

from fake_gateway.gateway import Gateway
from fake_gateway.records import Record
from fake_gateway.stripe_api.amounts import check_units, text_of
from fake_gateway.stripe_api.balance import move
from fake_gateway.stripe_api.call import Call
from fake_gateway.stripe_api.cards import BY_NUMBER
from fake_gateway.stripe_api.customers import merged
from fake_gateway.stripe_api.errors import InvalidRequest
from fake_gateway.stripe_api.events import emit
from fake_gateway.stripe_api.objects import find, view


def create_refund(call: Call) -> Record:
    """Give back what is named, or all that is left."""
    given, gateway = call.given, call.gateway
    charge = _charge(gateway, given)
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"] and not _refundable(gateway, charge):
        raise InvalidRequest(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if left == 0:
        raise InvalidRequest(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = given.get("amount", left)
    check_units(amount, charge["currency"], param="amount")
    if amount > left:
        raise InvalidRequest(
            f"Refund amount ({text_of(amount, charge['currency'])}) is greater than unrefunded amount on charge"
            f" ({text_of(left, charge['currency'])})",
            param="amount",
        )
    refund = _new_refund(gateway, charge, amount, given)
    _book(gateway, charge, refund)
    emit(gateway, "refund.created", refund)
    emit(gateway, "charge.refunded", charge)
    return view(gateway, refund, call.expand)


def _charge(gateway: Gateway, given: Record) -> Record:
    if bool(given.get("charge")) == bool(given.get("payment_intent")):
        raise InvalidRequest(
            "One of the following params should be provided for this request: payment_intent or charge."
        )
    if given.get("charge"):
        charge = find(gateway, "charge", given["charge"], param="charge")
    else:
        intent = find(gateway, "payment_intent", given["payment_intent"], param="payment_intent")
        if intent["status"] != "succeeded":
            raise InvalidRequest(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                param="payment_intent",
            )
        charge = find(gateway, "charge", intent["latest_charge"], param="charge")
    if charge["status"] != "succeeded":
        raise InvalidRequest(f"Charge {charge['id']} has not succeeded; it cannot be refunded.", param="charge")
    return charge


def _refundable(gateway: Gateway, charge: Record) -> bool:
    disputes = [each for each in gateway.store.newest_first("dispute") if each["charge"] == charge["id"]]
    return all(each["is_charge_refundable"] for each in disputes)


def _new_refund(gateway: Gateway, charge: Record, amount: int, given: Record) -> Record:
    method = gateway.store.get("payment_method", charge["payment_method"])
    card = BY_NUMBER.get(method.get("_number", ""))
    slow = card is None or card.refund == "pending"
    refund: Record = {
        "id": gateway.new_id("re_" if card else "pyr_"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": gateway.now(),
        "currency": charge["currency"],
        "destination_details": {"type": method["type"]},
        "metadata": merged({}, given.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if slow else "succeeded",
        "transfer_reversal": None,
    }
    if slow:
        refund["pending_reason"] = "processing"
        gateway.later("settle_refund", refund["id"], gateway.later_seconds)
    elif card is not None and card.refund == "fails_later":
        gateway.later("fail_refund", refund["id"], gateway.later_seconds)
    return refund


def _book(gateway: Gateway, charge: Record, refund: Record) -> None:
    card = refund["destination_details"]["type"] == "card"
    transaction = move(
        gateway,
        kind="refund" if card else "payment_refund",
        category="refund",
        source=refund,
        amount=-refund["amount"],
        fee=0,
        description=f"REFUND FOR CHARGE {charge['id']}",
    )
    refund["balance_transaction"] = transaction["id"]
    gateway.store.put("refund", refund)
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    gateway.store.put("charge", charge)


def settle_refund(gateway: Gateway, name: str) -> None:
    """A refund that was pending has arrived."""
    refund = gateway.store.get("refund", name)
    if refund["status"] == "pending":
        refund.update(status="succeeded", pending_reason=None)
        gateway.store.put("refund", refund)
        emit(gateway, "refund.updated", refund, {"status": "pending"})


def fail_refund(gateway: Gateway, name: str, reason: str = "lost_or_stolen_card") -> None:
    """A refund comes back, perhaps after it had succeeded: the money is on the balance again."""
    refund = gateway.store.get("refund", name)
    if refund["status"] not in ("pending", "succeeded"):
        return
    before = refund["status"]
    transaction = move(
        gateway,
        kind="refund_failure",
        category="refund_failure",
        source=refund,
        amount=refund["amount"],
        fee=0,
        description=f"REFUND FAILURE FOR {name}",
    )
    refund.update(status="failed", failure_reason=reason, failure_balance_transaction=transaction["id"])
    refund.pop("pending_reason", None)
    gateway.store.put("refund", refund)
    charge = gateway.store.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    gateway.store.put("charge", charge)
    emit(gateway, "refund.updated", refund, {"status": before})
    emit(gateway, "refund.failed", refund)
