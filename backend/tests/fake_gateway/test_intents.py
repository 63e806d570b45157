"""Payment intents and setup intents: cards that are saved and charged later, with and without the payer."""

import urllib.parse

import pytest
import stripe
from tests.fake_gateway.driving import Driver, Product, call, eventually

FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def a_customer_with(client: stripe.StripeClient, alias: str) -> tuple[str, str]:
    """A customer, and a payment method that a setup intent has checked."""
    customer = client.v1.customers.create({"email": "payer@example.test"}).id
    method = client.v1.payment_methods.attach(alias, {"customer": customer}).id
    return customer, method


def charge(client: stripe.StripeClient, customer: str, method: str) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(
        {
            "amount": 1500,
            "currency": "usd",
            "customer": customer,
            "payment_method": method,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "off_session": True,
            "confirm": True,
            "metadata": {"payment": "pay_1"},
        },
        {"idempotency_key": f"{method}:1"},
    )


def test_a_saved_card_is_charged(client: stripe.StripeClient, product: Product) -> None:
    customer, method = a_customer_with(client, "pm_card_mastercard")
    intent = charge(client, customer, method)
    assert (intent.status, intent.amount_received, intent.payment_method) == ("succeeded", 1500, method)
    eventually(lambda: product.types() == ["payment_intent.succeeded"])
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.confirm(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_the_bank_wants_the_payer(client: stripe.StripeClient) -> None:
    customer, method = a_customer_with(client, "pm_card_authenticationRequired")
    with pytest.raises(stripe.CardError) as refused:
        charge(client, customer, method)
    assert refused.value.error is not None
    assert (refused.value.http_status, refused.value.code) == (402, "authentication_required")
    intent = refused.value.error.payment_intent
    assert intent and intent["status"] == "requires_payment_method"
    assert client.v1.payment_intents.retrieve(intent["id"]).status == "requires_payment_method"


def test_a_card_that_is_saved_and_then_declined(client: stripe.StripeClient) -> None:
    customer, method = a_customer_with(client, "pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError) as refused:
        charge(client, customer, method)
    assert (refused.value.code, refused.value.error and refused.value.error.decline_code) == (
        "card_declined",
        "generic_decline",
    )


def test_a_failed_attempt_and_then_another_card(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create(
        {"amount": 1500, "currency": "usd", "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    )
    assert intent.status == "requires_payment_method"
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa_chargeDeclined"})
    done = client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa", "expand": ["latest_charge"]})
    assert (done.status, done.last_payment_error) == ("succeeded", None)
    assert [each.status for each in client.v1.charges.list({"payment_intent": intent.id}).data] == [
        "succeeded",
        "failed",
    ]


@pytest.mark.parametrize(("answer", "status"), [("yes", "succeeded"), ("no", "failed")])
def test_three_d_secure_with_the_payer_there(client: stripe.StripeClient, answer: str, status: str) -> None:
    intent = client.v1.payment_intents.create(
        {
            "amount": 1500,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_threeDSecure2Required",
            "return_url": "https://shop.test/back?a=b",
        }
    )
    assert intent.status == "requires_action"
    assert intent.next_action and intent.next_action.redirect_to_url
    page = intent.next_action.redirect_to_url.url or ""
    assert b"15.00 USD" in call("GET", page).body
    back = urllib.parse.urlsplit(call("POST", page, f"agreed={answer}", **FORM).headers["location"])
    query = urllib.parse.parse_qs(back.query)
    assert (query["payment_intent"], query["redirect_status"], query["a"]) == ([intent.id], [status], ["b"])
    assert (client.v1.payment_intents.retrieve(intent.id).status == "succeeded") is (status == "succeeded")
    assert call("POST", page, "agreed=yes", **FORM).status == 409


def test_cancelled_once(client: stripe.StripeClient, product: Product) -> None:
    intent = client.v1.payment_intents.create({"amount": 1500, "currency": "usd"})
    done = client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "duplicate"})
    assert (done.status, done.cancellation_reason) == ("canceled", "duplicate")
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        client.v1.payment_intents.cancel(intent.id)
    eventually(lambda: product.types() == ["payment_intent.canceled"])


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"off_session": True}, "off_session"),
        ({"return_url": "https://shop.test"}, "return_url"),
        ({"confirm": True, "payment_method": "pm_card_visa"}, "return_url"),
        ({"confirm": True, "payment_method": "pm_card_visa", "off_session": True}, "payment_method"),
        ({"confirm": True, "payment_method": "pm_card_visa", "allowed_payment_method_types": ["card"]}, "return_url"),
        ({"payment_method": "pm_nothing"}, "payment_method"),
        ({"confirm": True, "return_url": "https://shop.test"}, None),
        ({"allowed_payment_method_types": ["sepa_debit"]}, "allowed_payment_method_types"),
    ],
)
def test_an_intent_that_is_refused(
    client: stripe.StripeClient, params: stripe.params.PaymentIntentCreateParams, param: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create({**params, "amount": 1500, "currency": "usd"})
    assert refused.value.param == param
    assert client.v1.charges.list().data == []


def test_somebody_elses_card(client: stripe.StripeClient) -> None:
    _, method = a_customer_with(client, "pm_card_visa")
    stranger = client.v1.customers.create().id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        charge(client, stranger, method)
    assert refused.value.param == "payment_method"
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        client.v1.payment_methods.attach(method, {"customer": stranger})


def test_detached_for_ever(client: stripe.StripeClient, product: Product) -> None:
    customer, method = a_customer_with(client, "pm_card_visa")
    assert [each.id for each in client.v1.payment_methods.list({"customer": customer}).data] == [method]
    assert client.v1.payment_methods.detach(method).customer is None
    for again in (lambda: client.v1.payment_methods.detach(method), lambda: charge(client, customer, method)):
        with pytest.raises(stripe.InvalidRequestError):
            again()
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        client.v1.payment_methods.attach(method, {"customer": customer})
    eventually(lambda: product.types() == ["payment_method.detached"])


def test_a_declined_card_is_not_attached(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create().id
    with pytest.raises(stripe.CardError):
        client.v1.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": customer})
    assert client.v1.payment_methods.list({"customer": customer}).data == []


def test_a_setup_intent(client: stripe.StripeClient, product: Product) -> None:
    customer = client.v1.customers.create().id
    setup = client.v1.setup_intents.create({"customer": customer, "usage": "off_session"})
    done = client.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_visa"})
    assert (done.status, isinstance(done.payment_method, str)) == ("succeeded", True)
    assert isinstance(done.payment_method, str)
    assert charge(client, customer, done.payment_method).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.setup_intents.cancel(setup.id)
    assert refused.value.code == "setup_intent_unexpected_state"
    eventually(lambda: sorted(product.types()) == ["payment_intent.succeeded", "setup_intent.succeeded"])


def test_a_setup_intent_that_the_bank_refuses(client: stripe.StripeClient, product: Product) -> None:
    setup = client.v1.setup_intents.create({"customer": client.v1.customers.create().id})
    with pytest.raises(stripe.CardError):
        client.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_visa_chargeDeclined"})
    assert client.v1.setup_intents.retrieve(setup.id).status == "requires_payment_method"
    eventually(lambda: product.types() == ["setup_intent.setup_failed"])


def test_a_card_authenticated_when_it_was_saved_is_charged_without_the_payer(
    client: stripe.StripeClient, driver: Driver
) -> None:
    session = client.v1.checkout.sessions.create(
        {"mode": "setup", "success_url": "https://shop.test/ok", "currency": "usd"}
    )
    driver.post("/stripe/pay", session=session.id, card="4000002500003155")
    driver.post("/stripe/authenticate", session=session.id)
    session = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert isinstance(session.setup_intent, stripe.SetupIntent) and isinstance(session.customer, str)
    assert isinstance(session.setup_intent.payment_method, str)
    assert charge(client, session.customer, session.setup_intent.payment_method).status == "succeeded"


def test_a_customer_who_is_deleted(client: stripe.StripeClient) -> None:
    customer, method = a_customer_with(client, "pm_card_visa")
    client.v1.customers.update(customer, {"metadata": {"account": "acc_1"}, "name": "A"})
    assert client.v1.customers.retrieve(customer).to_dict()["metadata"] == {"account": "acc_1"}
    assert client.v1.customers.delete(customer).deleted
    assert client.v1.customers.retrieve(customer).deleted
    assert client.v1.payment_methods.retrieve(method).customer is None
    with pytest.raises(stripe.InvalidRequestError) as refused:
        charge(client, customer, method)
    assert refused.value.code == "resource_missing"
