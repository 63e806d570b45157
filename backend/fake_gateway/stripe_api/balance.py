"""The account's balance: a transaction for each movement of money, with its fee, and payouts that group them."""

from decimal import ROUND_HALF_UP, Decimal

from fake_gateway.gateway import Gateway
from fake_gateway.records import Record
from fake_gateway.stripe_api.amounts import decimals, step, unit
from fake_gateway.stripe_api.call import Call
from fake_gateway.stripe_api.errors import InvalidRequest
from fake_gateway.stripe_api.events import emit
from fake_gateway.stripe_api.objects import page

FEE_PERCENT = Decimal("2.9")
AVAILABLE_SECONDS = 2 * 86_400
DISPUTE_FEE_UNITS = 15


def fee_of(amount: int, currency: str) -> int:
    """2.9 % and 0.30 of a unit (30 units where there are no decimals), rounded half up to the currency's step."""
    fixed = 30 if decimals(currency) == 0 else unit(currency) * 30 // (1 if step(currency) == 100 else 100)
    steps = (Decimal(amount) * FEE_PERCENT / 100 / step(currency)).to_integral_value(ROUND_HALF_UP)
    return int(steps) * step(currency) + fixed


def dispute_fee(currency: str) -> int:
    """15 units of the currency that the account is paid in."""
    return DISPUTE_FEE_UNITS * unit(currency)


def settled(gateway: Gateway, amount: int, currency: str) -> tuple[int, str, float | None]:
    """An amount in the currency that the account is paid in, and the rate where that is another."""
    conversion = gateway.store.setting("conversions", {}).get(currency)
    if conversion is None:
        return amount, currency, None
    target, rate = conversion["currency"], Decimal(conversion["rate"])
    units = Decimal(amount).scaleb(decimals(target) - decimals(currency)) * rate / step(target)
    return int(units.to_integral_value(ROUND_HALF_UP)) * step(target), target, float(rate)


def move(
    gateway: Gateway, *, kind: str, category: str, source: Record, amount: int, fee: int | None, description: str | None
) -> Record:
    """Write a transaction of an object's amount (negative: money goes out); a `fee` of None is computed."""
    moved, currency, rate = settled(gateway, amount, source["currency"])
    cost = fee_of(moved, currency) if fee is None else fee
    return gateway.store.put(
        "balance_transaction",
        {
            "id": gateway.new_id("txn_"),
            "object": "balance_transaction",
            "amount": moved,
            "available_on": gateway.now() + AVAILABLE_SECONDS,
            "balance_type": "payments",
            "created": gateway.now(),
            "currency": currency,
            "description": description,
            "exchange_rate": rate,
            "fee": cost,
            "fee_details": _details(cost, currency, category),
            "net": moved - cost,
            "reporting_category": category,
            "source": source["id"],
            "status": "pending",
            "type": kind,
            "_payout": None,
        },
    )


def _details(fee: int, currency: str, category: str) -> list[Record]:
    if not fee:
        return []
    description = "Dispute fee" if category == "dispute" else "Stripe processing fees"
    return [
        {"amount": fee, "application": None, "currency": currency, "description": description, "type": "stripe_fee"}
    ]


def list_transactions(call: Call) -> Record:
    """Newest first; `payout` gives those that one payout pays out, itself among them."""
    given, records = call.given, call.gateway.store.newest_first("balance_transaction")
    if given.get("payout"):
        records = [each for each in records if each["_payout"] == given["payout"]]
    for name in ("type", "currency", "source"):
        if given.get(name):
            records = [each for each in records if each[name] == given[name]]
    for record in records:
        if record["status"] == "pending" and record["available_on"] <= call.gateway.now():
            record["status"] = "available"
    return page(call, records, "/v1/balance_transactions")


def pay_out(gateway: Gateway, currency: str) -> Record:
    """Send everything that was not paid out yet to the bank, and say so; raises `InvalidRequest` for nothing."""
    waiting = [
        each
        for each in gateway.store.newest_first("balance_transaction")
        if each["_payout"] is None and each["currency"] == currency
    ]
    total = sum(each["net"] for each in waiting)
    if total <= 0:
        raise InvalidRequest(f"There is nothing to pay out in {currency}.", code="balance_insufficient")
    payout: Record = {
        "id": gateway.new_id("po_"),
        "object": "payout",
        "amount": total,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": gateway.now(),
        "automatic": True,
        "balance_transaction": None,
        "created": gateway.now(),
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": gateway.new_id("ba_"),
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "paid",
        "trace_id": {"status": "supported", "value": gateway.new_id("", 16).upper()},
        "type": "bank_account",
    }
    own = _payout_transaction(gateway, payout)
    payout["balance_transaction"] = own["id"]
    for transaction in (own, *waiting):
        transaction["_payout"] = payout["id"]
        gateway.store.put("balance_transaction", transaction)
    gateway.store.put("payout", payout)
    for name in ("payout.created", "payout.paid", "payout.reconciliation_completed"):
        emit(gateway, name, payout)
    return payout


def _payout_transaction(gateway: Gateway, payout: Record) -> Record:
    """Already in the currency that the account is paid in: nothing is converted a second time."""
    return {
        "id": gateway.new_id("txn_"),
        "object": "balance_transaction",
        "amount": -payout["amount"],
        "available_on": gateway.now(),
        "balance_type": "payments",
        "created": gateway.now(),
        "currency": payout["currency"],
        "description": payout["description"],
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "net": -payout["amount"],
        "reporting_category": "payout",
        "source": payout["id"],
        "status": "available",
        "type": "payout",
        "_payout": payout["id"],
    }
