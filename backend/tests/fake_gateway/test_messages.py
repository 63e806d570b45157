"""Messages to the product: at least once, held, repeated, shuffled, forged; and the list of events to catch up by."""

import json

import pytest
import stripe
from fake_gateway.forgery import FORGERIES
from tests.fake_gateway.driving import Driver, Product, a_session, eventually

REFUSED_BY_THE_LIBRARY = [
    "unsigned",
    "wrong_secret",
    "stale",
    "altered",
    "garbled_header",
    "only_v0",
    "non_ascii_header",
    "not_utf8",
    "not_json",
    "json_list",
    "thin_event",
]


def an_event(client: stripe.StripeClient) -> str:
    """The event of a session that expired."""
    client.v1.checkout.sessions.expire(a_session(client).id)
    return client.v1.events.list({"limit": 1}).data[0].id


def test_again_until_it_is_acknowledged(client: stripe.StripeClient, driver: Driver, product: Product) -> None:
    product.status = 500
    an_event(client)
    eventually(lambda: len(product.requests) == 1)
    product.status = 200
    eventually(lambda: driver.get("/deliveries")["delivered"] == 1)
    first, second = product.requests
    assert first.body == second.body
    assert [(each["attempts"], each["status"]) for each in driver.get("/deliveries")["data"]] == [(2, 200)]


def test_a_redirect_is_no_acknowledgement(client: stripe.StripeClient, driver: Driver, product: Product) -> None:
    product.status = 302
    an_event(client)
    eventually(lambda: driver.get("/deliveries")["data"][0]["status"] == 302)
    assert driver.get("/deliveries")["delivered"] == 0


def test_held_and_let_go(client: stripe.StripeClient, driver: Driver, product: Product) -> None:
    driver.post("/deliveries/policy", hold=True)
    an_event(client)
    assert (driver.get("/deliveries")["pending"], product.requests) == (1, [])
    driver.post("/deliveries/policy", hold=False)
    eventually(lambda: len(product.requests) == 1)


def test_copies_in_another_order(client: stripe.StripeClient, driver: Driver, product: Product) -> None:
    driver.post("/deliveries/policy", hold=True, copies=3, shuffle_seed=1)
    made = [an_event(client) for _ in range(10)]
    driver.post("/deliveries/policy", hold=False)
    eventually(lambda: len(product.requests) == 30)
    arrived = [json.loads(each.body)["id"] for each in product.requests]
    assert sorted(arrived) == sorted(made * 3)
    assert arrived != [each for each in made for _ in range(3)]


def test_sent_once_more(client: stripe.StripeClient, driver: Driver, product: Product) -> None:
    event = an_event(client)
    assert driver.post("/deliveries/resend", event=event) == {"sent": 1}
    eventually(lambda: len(product.requests) == 2)
    assert driver.post("/deliveries/resend", event="evt_nothing") == {"sent": 0}


def test_two_secrets_while_one_is_rolled(client: stripe.StripeClient, driver: Driver, product: Product) -> None:
    driver.post("/stripe/second_secret", secret="whsec_second")
    an_event(client)
    eventually(lambda: len(product.requests) == 1)
    message = product.requests[0]
    for secret in ("whsec_second", driver.gateway.keys.stripe_webhook_secret):
        assert stripe.Webhook.construct_event(message.body, message.headers["stripe-signature"], secret)


def test_only_what_is_subscribed_to(client: stripe.StripeClient, driver: Driver, product: Product) -> None:
    client.v1.customers.create()
    driver.post("/stripe/subscribe", types=["*"])
    client.v1.customers.create()
    eventually(lambda: product.types() == ["customer.created"])
    assert [each.type for each in client.v1.events.list().data] == ["customer.created"] * 2


@pytest.mark.parametrize("kind", list(FORGERIES))
def test_forged(client: stripe.StripeClient, driver: Driver, product: Product, kind: str) -> None:
    event = an_event(client)
    eventually(lambda: len(product.requests) == 1)
    assert driver.post("/deliveries/forge", kind=kind, event=event)["status"] == 200
    message, secret = product.requests[1], driver.gateway.keys.stripe_webhook_secret
    header = message.headers.get("stripe-signature", "")
    if kind in REFUSED_BY_THE_LIBRARY:
        with pytest.raises((stripe.SignatureVerificationError, TypeError, ValueError, AttributeError)):
            stripe.Webhook.construct_event(message.body, header, secret)
    else:
        forged = stripe.Webhook.construct_event(message.body, header, secret)
        true = client.v1.events.retrieve(event)
        assert (forged.id == event) is (kind == "future")
        assert (json.loads(message.body)["data"] == true.data.to_dict()) is (
            kind not in ("wrong_amount", "wrong_currency", "wrong_reference", "unknown_object")
        )


def test_events_are_listed(client: stripe.StripeClient, driver: Driver) -> None:
    first = an_event(client)
    driver.post("/clock", advance_seconds=100)
    second = an_event(client)
    created = client.v1.events.retrieve(second).created
    assert [each.id for each in client.v1.events.list({"created": {"gte": created}}).data] == [second]
    assert [each.id for each in client.v1.events.list({"created": {"lt": created}}).data] == [first]
    assert [each.id for each in client.v1.events.list({"starting_after": second}).data] == [first]
    driver.post("/stripe/pay", session=a_session(client).id)
    several = client.v1.events.list({"types": ["checkout.session.*", "payment_intent.succeeded"], "limit": 2})
    assert [each.type for each in several.auto_paging_iter()] == [
        "checkout.session.completed",
        "payment_intent.succeeded",
        "checkout.session.expired",
        "checkout.session.expired",
    ]
    assert len(client.v1.events.list({"type": "charge.succeeded"}).data) == 1
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.events.list({"type": "a", "types": ["b"]})


def test_events_are_kept_for_thirty_days(client: stripe.StripeClient, driver: Driver) -> None:
    event = an_event(client)
    driver.post("/clock", advance_seconds=30 * 86_400 + 1)
    assert client.v1.events.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.events.retrieve(event)


def test_an_event_names_the_call_that_caused_it(client: stripe.StripeClient, driver: Driver) -> None:
    client.v1.customers.create({}, {"idempotency_key": "k1"})
    caused = client.v1.events.list().data[0].request
    assert caused and (caused.id or "").startswith("req_") and caused.idempotency_key == "k1"
    driver.post("/stripe/pay", session=a_session(client).id)
    by_the_payer = client.v1.events.list().data[0].request
    assert by_the_payer and by_the_payer.id is None


def test_tampered_with(client: stripe.StripeClient, driver: Driver) -> None:
    session = a_session(client)
    driver.post("/stripe/pay", session=session.id)
    driver.post("/tamper", id=session.id, set={"amount_total": 1, "livemode": True})
    changed = client.v1.checkout.sessions.retrieve(session.id)
    assert (changed.amount_total, changed.livemode) == (1, True)
