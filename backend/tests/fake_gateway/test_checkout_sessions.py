"""Checkout sessions by Stripe's own library: made, paid on the page, expired, and what is refused."""

import json
import time

import pytest
import stripe
from tests.fake_gateway.driving import Driver, Product, a_session, call, eventually

# What the library sends for a checkout, byte by byte.
EXACT = (
    "mode=payment&success_url=https%3A%2F%2Fa%2Fok%3Fsid%3D%7BCHECKOUT_SESSION_ID%7D&cancel_url=https%3A%2F%2Fa%2Fc"
    "&client_reference_id=pay_1&expires_at=1&line_items[0][quantity]=1&line_items[0][price_data][currency]=usd"
    "&line_items[0][price_data][unit_amount]=1500&line_items[0][price_data][product_data][name]=Invoice+INV-1"
    "&payment_intent_data[metadata][payment]=pay_1&metadata[payment]=pay_1&expand[0]=payment_intent"
)


def test_the_exact_body_of_a_checkout(driver: Driver) -> None:
    refused = driver.stripe("POST", "/v1/checkout/sessions", EXACT, Idempotency_Key="pay_1:1")
    assert (refused.status, refused.json()["error"]["param"]) == (400, "expires_at")
    body = EXACT.replace("expires_at=1", f"expires_at={int(time.time()) + 3600}")
    made = driver.stripe("POST", "/v1/checkout/sessions", body, Idempotency_Key="pay_1:1")
    session = made.json()
    assert made.status == 200, session
    assert (session["status"], session["payment_status"], session["payment_intent"]) == ("open", "unpaid", None)
    assert (session["amount_total"], session["currency"], session["client_reference_id"]) == (1500, "usd", "pay_1")
    assert session["metadata"] == {"payment": "pay_1"}
    assert session["success_url"] == "https://a/ok?sid={CHECKOUT_SESSION_ID}"
    assert made.headers["request-id"].startswith("req_")


def test_paid_on_the_page(client: stripe.StripeClient, driver: Driver, product: Product) -> None:
    session = a_session(client)
    shown = call("GET", session.url or "")
    assert (shown.status, b"Demo gateway: no money moves" in shown.body, b"15.00 USD" in shown.body) == (
        200,
        True,
        True,
    )
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    done = call("POST", session.url or "", "card=4242424242424242&email=a%40b.test", **form)
    assert (done.status, done.headers["location"]) == (303, f"https://shop.test/ok?sid={session.id}")
    session = client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction", "line_items"]}
    )
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    intent = session.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert isinstance(intent.latest_charge, stripe.Charge)
    transaction = intent.latest_charge.balance_transaction
    assert isinstance(transaction, stripe.BalanceTransaction)
    assert (intent.status, intent.amount_received, intent.metadata.to_dict()) == (
        "succeeded",
        1500,
        {"payment": "pay_1"},
    )
    assert (transaction.fee, transaction.net, transaction.currency) == (74, 1426, "usd")
    eventually(lambda: len(product.requests) == 2)
    assert sorted(product.types()) == ["checkout.session.completed", "payment_intent.succeeded"]
    books = driver.get("/books")["stripe"]
    assert books["charged"] == {"usd": {"amount": 1500, "decimal": "15.00"}}
    assert books["fees"] == {"usd": {"amount": 74, "decimal": "0.74"}}
    assert [each["client_reference_id"] for each in books["charges"]] == ["pay_1"]


def test_a_message_is_signed_as_the_library_wants_it(
    client: stripe.StripeClient, driver: Driver, product: Product
) -> None:
    driver.post("/stripe/pay", session=a_session(client).id)
    eventually(lambda: len(product.requests) == 2)
    for message in product.requests:
        event = stripe.Webhook.construct_event(
            message.body, message.headers["stripe-signature"], driver.gateway.keys.stripe_webhook_secret
        )
        assert (event.livemode, event.api_version) == (False, "2026-10-28.endive")
        assert client.v1.events.retrieve(event.id).type == event.type
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(message.body, message.headers["stripe-signature"], "whsec_other")


def test_declined_and_tried_again(client: stripe.StripeClient, driver: Driver) -> None:
    session = a_session(client)
    declined = driver.post("/stripe/pay", session=session.id, card="4000000000009995")
    assert declined == {"outcome": "declined", "sentence": "Your card has insufficient funds."}
    session = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    intent = session.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert (session.status, intent.status) == ("open", "requires_payment_method")
    assert intent.last_payment_error and intent.last_payment_error.decline_code == "insufficient_funds"
    assert driver.post("/stripe/pay", session=session.id)["outcome"] == "complete"
    again = client.v1.checkout.sessions.retrieve(session.id)
    assert (again.payment_status, again.payment_intent) == ("paid", intent.id)


@pytest.mark.parametrize("agreed", [True, False])
def test_the_bank_asks(client: stripe.StripeClient, driver: Driver, agreed: bool) -> None:
    session = a_session(client)
    assert driver.post("/stripe/pay", session=session.id, card="4000002760003184")["outcome"] == "requires_action"
    answered = driver.post("/stripe/authenticate", session=session.id, agreed=agreed)
    assert answered["outcome"] == ("complete" if agreed else "declined")
    status = client.v1.checkout.sessions.retrieve(session.id).payment_status
    assert status == ("paid" if agreed else "unpaid")


@pytest.mark.parametrize(("outcome", "status"), [("succeeded", "paid"), ("failed", "unpaid")])
def test_a_slow_method(
    client: stripe.StripeClient, driver: Driver, product: Product, outcome: str, status: str
) -> None:
    session = a_session(client, currency="eur")
    driver.post("/stripe/pay", session=session.id, slow_method="sepa_debit")
    waiting = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    intent = waiting.payment_intent
    assert isinstance(intent, stripe.PaymentIntent) and isinstance(intent.latest_charge, stripe.Charge)
    assert (waiting.status, waiting.payment_status, intent.status) == ("complete", "unpaid", "processing")
    assert intent.latest_charge.balance_transaction is None
    driver.post("/stripe/settle", session=session.id, outcome=outcome)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == status
    eventually(lambda: f"checkout.session.async_payment_{outcome}" in product.types())


def test_expired_by_the_api_once(client: stripe.StripeClient, product: Product) -> None:
    session = a_session(client)
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        client.v1.checkout.sessions.expire(session.id)
    assert call("GET", session.url or "").status == 200
    eventually(lambda: product.types() == ["checkout.session.expired"])


def test_expired_by_time(client: stripe.StripeClient, driver: Driver) -> None:
    session = a_session(client)
    driver.post("/clock", advance_seconds=86_399)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    driver.post("/clock", advance_seconds=2)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    refused = call("POST", f"{driver.running.control_address}/stripe/pay", json.dumps({"session": session.id}))
    assert refused.status == 400


def test_the_intent_of_a_session_is_left_alone(client: stripe.StripeClient, driver: Driver) -> None:
    session = a_session(client)
    driver.post("/stripe/pay", session=session.id, card="4000000000000002")
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    assert isinstance(intent, str)
    for refused in (client.v1.payment_intents.cancel, client.v1.payment_intents.confirm):
        with pytest.raises(stripe.InvalidRequestError, match="Checkout Session"):
            refused(intent)


def test_lists_and_their_filters(client: stripe.StripeClient, driver: Driver) -> None:
    made = [a_session(client).id for _ in range(3)]
    driver.post("/stripe/pay", session=made[0])
    assert [each.id for each in client.v1.checkout.sessions.list({"limit": 2}).auto_paging_iter()] == made[::-1]
    assert [each.id for each in client.v1.checkout.sessions.list({"status": "open"}).data] == made[:0:-1]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.list({"client_reference_id": "pay_1"})  # type: ignore[typeddict-unknown-key]
    assert (refused.value.code, refused.value.param) == ("parameter_unknown", "client_reference_id")


def test_a_card_is_kept(client: stripe.StripeClient, driver: Driver) -> None:
    session = client.v1.checkout.sessions.create(
        {"mode": "setup", "success_url": "https://shop.test/ok", "currency": "usd", "customer_creation": "always"}
    )
    driver.post("/stripe/pay", session=session.id)
    session = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent.payment_method"]})
    setup = session.setup_intent
    assert isinstance(setup, stripe.SetupIntent) and isinstance(setup.payment_method, stripe.PaymentMethod)
    assert (session.status, session.payment_status, setup.status) == ("complete", "no_payment_required", "succeeded")
    assert setup.payment_method.card and setup.payment_method.card.last4 == "4242"
    assert setup.payment_method.customer == session.customer
