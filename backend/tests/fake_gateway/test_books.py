"""Many at once, a third of the calls going wrong: charged once each, found each, and the books are right to the unit."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import stripe
from fake_gateway.stripe_api.balance import fee_of
from tests.fake_gateway.driving import Driver
from tests.fake_gateway.paypal_driving import PayPal

PAYMENTS = 60
KINDS = ("reset_before", "reset_after", "truncate", "error_500")


def charge(client: stripe.StripeClient, number: int) -> str:
    """Charge until it is known: the same key again, and the list where a 500 is kept for the key."""
    for _ in range(50):
        try:
            return client.v1.payment_intents.create(
                {
                    "amount": 1000 + number,
                    "currency": "usd",
                    "confirm": True,
                    "payment_method": "pm_card_visa",
                    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                    "metadata": {"payment": f"pay_{number}"},
                },
                {"idempotency_key": f"pay_{number}:1"},
            ).id
        except stripe.APIConnectionError:
            continue
        except stripe.APIError:
            found = intent_of(client, f"pay_{number}")
            if found is not None:
                return found
    raise AssertionError("never known")


def intent_of(client: stripe.StripeClient, payment: str) -> str | None:
    """The intent of a payment by its metadata, among all that there are."""
    try:
        for intent in client.v1.payment_intents.list({"limit": 100}).auto_paging_iter():
            if intent.to_dict()["metadata"].get("payment") == payment:
                return intent.id
    except stripe.StripeError:
        pass
    return None


def test_a_third_of_the_calls_goes_wrong(client: stripe.StripeClient, driver: Driver) -> None:
    for seed, kind in enumerate(KINDS):
        driver.post("/faults", kind=kind, ratio=0.1, seed=seed)
    with ThreadPoolExecutor(8) as pool:
        known = list(pool.map(lambda number: charge(client, number), range(PAYMENTS)))
    assert sum(rule["hits"] for rule in driver.get("/faults")["faults"]) > PAYMENTS / 10
    books = driver.get("/books")["stripe"]
    assert sorted(each["payment_intent"] for each in books["charges"]) == sorted(known)
    assert sorted(each["metadata"]["payment"] for each in books["charges"]) == sorted(
        f"pay_{n}" for n in range(PAYMENTS)
    )
    amounts = [1000 + number for number in range(PAYMENTS)]
    assert books["charged"]["usd"]["amount"] == sum(amounts)
    assert books["fees"]["usd"]["amount"] == sum(fee_of(amount, "usd") for amount in amounts)
    assert books["net"]["usd"]["amount"] == sum(amounts) - books["fees"]["usd"]["amount"]


def test_paypal_at_once(paypal: PayPal, driver: Driver) -> None:
    def pay(number: int) -> int:
        order = paypal.order(f"{number + 1}.00", key=f"order-{number}").json()["id"]
        driver.post("/paypal/approve", order=order)
        return paypal.capture(order, key=f"capture-{number}").status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(pay, range(20))) == {201}
    books = driver.get("/books")["paypal"]
    assert Decimal(books["captured"]["EUR"]["decimal"]) == sum(range(1, 21))
    assert sum(Decimal(each["fee_decimal"]) for each in books["captures"]) == Decimal(books["fees"]["EUR"]["decimal"])
