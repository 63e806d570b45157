"""The gateway's books: every movement of money that it knows, so that a test can compare a ledger to the last unit."""

from collections.abc import Iterable
from decimal import Decimal

from fake_gateway.gateway import Gateway
from fake_gateway.paypal_api import amounts as paypal_amounts
from fake_gateway.records import Record
from fake_gateway.stripe_api.amounts import decimal_of


def stripe_books(gateway: Gateway) -> Record:
    """Charges, refunds and disputes in wire units and as decimals; fees in the currency the account is paid in."""
    store = gateway.store
    charges = [each for each in store.newest_first("charge") if each["status"] == "succeeded"]
    refunds = [each for each in store.newest_first("refund") if each["status"] in ("succeeded", "pending")]
    disputes = [each for each in store.newest_first("dispute") if each["balance_transactions"]]
    moved = store.newest_first("balance_transaction")
    return {
        "charges": [_charge(gateway, each) for each in reversed(charges)],
        "refunds": [_refund(each) for each in reversed(refunds)],
        "disputes": [_dispute(each) for each in reversed(disputes)],
        "charged": _sums(charges, "amount"),
        "refunded": _sums(refunds, "amount"),
        "disputed": _sums((each for each in disputes if each["status"] != "won"), "amount"),
        "fees": _sums(moved, "fee"),
        "net": _sums((each for each in moved if each["type"] != "payout"), "net"),
        "paid_out": _sums(store.newest_first("payout"), "amount"),
    }


def _charge(gateway: Gateway, charge: Record) -> Record:
    intent = gateway.store.get("payment_intent", charge["payment_intent"])
    transaction = gateway.store.get("balance_transaction", charge["balance_transaction"])
    session = None if intent["_session"] is None else gateway.store.get("checkout.session", intent["_session"])
    return {
        "id": charge["id"],
        "payment_intent": intent["id"],
        "session": intent["_session"],
        "client_reference_id": None if session is None else session["client_reference_id"],
        "metadata": intent["metadata"],
        "currency": charge["currency"],
        "amount": charge["amount"],
        "decimal": decimal_of(charge["amount"], charge["currency"]),
        "refunded": charge["amount_refunded"],
        "fee": transaction["fee"],
        "fee_decimal": decimal_of(transaction["fee"], transaction["currency"]),
        "fee_currency": transaction["currency"],
        "payout": transaction["_payout"],
    }


def _refund(refund: Record) -> Record:
    names = ("id", "charge", "payment_intent", "currency", "amount", "status", "metadata")
    return {**{name: refund[name] for name in names}, "decimal": decimal_of(refund["amount"], refund["currency"])}


def _dispute(dispute: Record) -> Record:
    names = ("id", "charge", "payment_intent", "currency", "amount", "status")
    fee = sum(each["fee"] for each in dispute["balance_transactions"])
    return {**{name: dispute[name] for name in names}, "fee": fee}


def _sums(records: Iterable[Record], name: str) -> Record:
    """Per currency, on the wire and as a decimal."""
    wire: dict[str, int] = {}
    for record in records:
        wire[record["currency"]] = wire.get(record["currency"], 0) + record[name]
    return {
        currency: {"amount": amount, "decimal": decimal_of(amount, currency)}
        for currency, amount in sorted(wire.items())
    }


def paypal_books(gateway: Gateway) -> Record:
    """Captures and refunds as PayPal writes amounts; a pending capture is no money yet."""
    store = gateway.store
    captures = [each for each in store.newest_first("paypal_capture") if "seller_receivable_breakdown" in each]
    refunds = [each for each in store.newest_first("paypal_refund") if each["status"] in ("COMPLETED", "PENDING")]
    fees = [each["seller_receivable_breakdown"]["paypal_fee"] for each in captures]
    return {
        "captures": [_capture(each) for each in reversed(captures)],
        "refunds": [_paypal_refund(each) for each in reversed(refunds)],
        "captured": _paypal_sums(each["amount"] for each in captures),
        "refunded": _paypal_sums(each["amount"] for each in refunds),
        "fees": _paypal_sums(fees),
    }


def _capture(capture: Record) -> Record:
    return {
        "id": capture["id"],
        "order": capture["supplementary_data"]["related_ids"]["order_id"],
        "custom_id": capture.get("custom_id"),
        "status": capture["status"],
        "currency": capture["amount"]["currency_code"],
        "decimal": capture["amount"]["value"],
        "fee_decimal": capture["seller_receivable_breakdown"]["paypal_fee"]["value"],
    }


def _paypal_refund(refund: Record) -> Record:
    return {
        "id": refund["id"],
        "capture": refund["_capture"],
        "custom_id": refund.get("custom_id"),
        "status": refund["status"],
        "reversal": refund["_reversal"],
        "currency": refund["amount"]["currency_code"],
        "decimal": refund["amount"]["value"],
    }


def _paypal_sums(given: Iterable[Record]) -> Record:
    sums: dict[str, Decimal] = {}
    for amount in given:
        sums[amount["currency_code"]] = sums.get(amount["currency_code"], Decimal(0)) + paypal_amounts.number_of(amount)
    return {currency: {"decimal": str(value)} for currency, value in sorted(sums.items())}
