"""Who may call, in which version, and how a refusal looks; the control plane's own refusals."""

import json
from pathlib import Path

import pytest
import stripe
from fake_gateway.keys import Keys, LiveKey, environment, make_keys
from tests.fake_gateway.driving import Driver, call


def test_without_or_with_a_wrong_key(driver: Driver) -> None:
    for headers, words in (
        ({}, "did not provide an API key"),
        ({"Authorization": "Bearer sk_test_other"}, "Invalid API Key"),
        ({"Authorization": "Basic !!!"}, "did not provide an API key"),
        ({"Authorization": "Bearer sk_live_1234567890"}, "live keys"),
    ):
        refused = call("GET", f"{driver.running.address}/v1/customers", **headers)
        assert (refused.status, words in refused.json()["error"]["message"]) == (401, True)
        assert b"1234567890" not in refused.body


def test_the_library_says_authentication(driver: Driver) -> None:
    other = stripe.StripeClient("sk_test_other", base_addresses={"api": driver.running.address}, max_network_retries=0)
    with pytest.raises(stripe.AuthenticationError):
        other.v1.customers.list()


def test_another_version_is_refused(driver: Driver) -> None:
    assert driver.stripe("GET", "/v1/customers", Stripe_Version="2024-06-20").status == 400
    assert driver.stripe("GET", "/v1/customers", Stripe_Version="2026-10-28.endive").status == 200
    assert driver.stripe("GET", "/v1/customers").status == 200
    assert driver.stripe("GET", "/v1/customers", Stripe_Account="acct_1").status == 403


def test_what_is_not_there(driver: Driver, client: stripe.StripeClient) -> None:
    assert driver.stripe("GET", "/v1/subscriptions").status == 404
    assert driver.stripe("DELETE", "/v1/refunds").status == 404
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.payment_intents.retrieve("pi_nothing")
    assert (missing.value.http_status, missing.value.code, missing.value.param) == (404, "resource_missing", "id")


def test_json_is_no_form(driver: Driver) -> None:
    refused = driver.stripe("POST", "/v1/customers", "{}", Content_Type="application/json")
    assert (refused.status, b"x-www-form-urlencoded" in refused.body) == (400, True)


def test_a_body_that_is_too_long(driver: Driver) -> None:
    refused = driver.stripe("POST", "/v1/customers", "name=" + "x" * (1024 * 1024))
    assert refused.status == 413


def test_lists_have_their_bounds(client: stripe.StripeClient) -> None:
    for limit in (0, 101):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.customers.list({"limit": limit})
    with pytest.raises(stripe.InvalidRequestError, match="No such object"):
        client.v1.customers.list({"starting_after": "cus_nobody"})
    with pytest.raises(stripe.InvalidRequestError, match="data"):
        client.v1.customers.list({"expand": ["sources"]})


def test_pages_of_a_list_in_both_directions(client: stripe.StripeClient) -> None:
    made = [client.v1.customers.create({"email": f"{number}@b.test"}).id for number in range(5)][::-1]
    first = client.v1.customers.list({"limit": 2})
    assert ([each.id for each in first.data], first.has_more) == (made[:2], True)
    second = client.v1.customers.list({"limit": 3, "starting_after": made[1]})
    assert ([each.id for each in second.data], second.has_more) == (made[2:], False)
    before = client.v1.customers.list({"limit": 2, "ending_before": made[3]})
    assert ([each.id for each in before.data], before.has_more) == (made[1:3], True)


def test_what_can_be_expanded(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create(
        {"amount": 500, "currency": "usd", "customer": client.v1.customers.create().id, "expand": ["customer"]}
    )
    assert isinstance(intent.customer, stripe.Customer)
    for path in ("colour", "customer.colour", "latest_charge.a.b.c.d.e"):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.v1.payment_intents.retrieve(intent.id, {"expand": [path]})
        assert refused.value.param == "expand"


def test_keys_that_look_live_are_refused() -> None:
    good = make_keys()
    with pytest.raises(LiveKey):
        Keys("sk_live_1", good.stripe_webhook_secret, "a", "b", "c")
    with pytest.raises(LiveKey):
        Keys(good.stripe_secret_key, "secret", "a", "b", "c")
    assert good.stripe_secret_key not in repr(good)
    assert sorted(environment(good, "http://127.0.0.1:1", Path("root.pem"))) == [
        "IGNY8_PAYPAL_API_BASE",
        "IGNY8_PAYPAL_CLIENT_ID",
        "IGNY8_PAYPAL_CLIENT_SECRET",
        "IGNY8_PAYPAL_MODE",
        "IGNY8_PAYPAL_TRIAL_ROOT",
        "IGNY8_PAYPAL_WEBHOOK_ID",
        "IGNY8_STRIPE_API_BASE",
        "IGNY8_STRIPE_SECRET_KEY",
        "IGNY8_STRIPE_WEBHOOK_SECRET",
    ]


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/nothing", {}, 404),
        ("/faults", {}, 400),
        ("/faults", {"kind": "sneeze"}, 400),
        ("/faults", {"kind": "delay", "colour": "red"}, 400),
        ("/faults", {"kind": "delay", "times": "2"}, 400),
        ("/deliveries/policy", {"copies": 21}, 400),
        ("/stripe/pay", {"session": "cs_nothing"}, 404),
        ("/stripe/settle", {"payment_intent": "pi_1", "outcome": "perhaps"}, 400),
        ("/stripe/dispute", {"payment_intent": "pi_1"}, 404),
        ("/deliveries/forge", {"kind": "sneeze", "event": "evt_1"}, 400),
        ("/tamper", {"id": "cs_1", "set": {}}, 404),
    ],
)
def test_the_control_plane_says_what_is_wrong(driver: Driver, path: str, given: dict[str, str], status: int) -> None:
    url = driver.running.control_address + path
    got = call("POST", url, json.dumps(given), Content_Type="application/json")
    assert got.status == status
    assert got.json()["error"]


def test_the_control_plane_takes_no_form_of_a_page(driver: Driver) -> None:
    got = call("POST", f"{driver.running.control_address}/reset", "a=b", Content_Type="text/plain")
    assert got.status == 400


def test_reset_forgets(driver: Driver, client: stripe.StripeClient) -> None:
    client.v1.customers.create()
    driver.post("/clock", offset_seconds=50)
    driver.post("/reset")
    assert client.v1.customers.list().data == []
    assert driver.get("/clock")["offset_seconds"] == 0
