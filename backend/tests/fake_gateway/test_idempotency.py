"""One key, one effect: the first answer is repeated, whatever it was, for 24 hours."""

import threading
from typing import Any

import pytest
import stripe
from fake_gateway.stripe_api import api
from tests.fake_gateway.driving import PATIENCE_SECONDS, Driver, Got, Sleep, a_session

BODY = "amount=1500&currency=usd&automatic_payment_methods[allow_redirects]=never"


def post(driver: Driver, key: str, body: str = BODY, path: str = "/v1/payment_intents") -> Got:
    return driver.stripe("POST", path, body, Idempotency_Key=key)


def number_of_intents(client: stripe.StripeClient) -> int:
    return len(client.v1.payment_intents.list({"limit": 100}).data)


def test_repeated_to_the_letter(driver: Driver, client: stripe.StripeClient) -> None:
    first, second = post(driver, "k1"), post(driver, "k1")
    assert (first.status, second.status) == (200, 200)
    assert first.body == second.body
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert first.headers["request-id"] != second.headers["request-id"]
    assert number_of_intents(client) == 1


def test_the_first_answer_stays_when_the_thing_has_changed(client: stripe.StripeClient) -> None:
    options: Any = {"idempotency_key": "k2"}
    price = {"currency": "usd", "unit_amount": 1500, "product_data": {"name": "x"}}
    params: Any = {
        "mode": "payment",
        "success_url": "https://a.test",
        "line_items": [{"quantity": 1, "price_data": price}],
    }
    session = client.v1.checkout.sessions.create(params, options)
    client.v1.checkout.sessions.expire(session.id)
    assert client.v1.checkout.sessions.create(params, options).status == "open"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("amount=1600&currency=usd&automatic_payment_methods[allow_redirects]=never", "/v1/payment_intents"),
        ("", "/v1/customers"),
    ],
)
def test_other_parameters_under_the_same_key(driver: Driver, client: stripe.StripeClient, body: str, path: str) -> None:
    post(driver, "k3")
    refused = post(driver, "k3", body, path)
    assert (refused.status, refused.json()["error"]["type"]) == (400, "idempotency_error")
    assert (number_of_intents(client), client.v1.customers.list().data) == (1, [])


def test_the_library_names_it(client: stripe.StripeClient) -> None:
    client.v1.customers.create({"email": "a@b.test"}, {"idempotency_key": "k4"})
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({"email": "c@d.test"}, {"idempotency_key": "k4"})


def test_a_twin_that_is_still_running(
    driver: Driver, client: stripe.StripeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleep = Sleep()
    monkeypatch.setattr(api, "time", sleep)
    driver.post("/faults", kind="delay", times=1)
    got: list[Got] = []
    thread = threading.Thread(target=lambda: got.append(post(driver, "k5")))
    thread.start()
    assert sleep.began.wait(PATIENCE_SECONDS)
    twin = post(driver, "k5")
    sleep.end()
    thread.join()
    assert (twin.status, twin.json()["error"]["code"]) == (409, "idempotency_key_in_use")
    assert twin.headers["stripe-should-retry"] == "true"
    assert (got[0].status, number_of_intents(client)) == (200, 1)
    assert post(driver, "k5").body == got[0].body


def test_twenty_at_once_have_one_effect(driver: Driver, client: stripe.StripeClient) -> None:
    got: list[Got] = []
    threads = [threading.Thread(target=lambda: got.append(post(driver, "k6"))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {each.status for each in got} <= {200, 409}
    assert len({each.body for each in got if each.status == 200}) == 1
    assert number_of_intents(client) == 1


def test_validation_is_not_kept(driver: Driver) -> None:
    assert post(driver, "k7", "amount=1&currency=usd").status == 400
    assert post(driver, "k7", BODY).status == 200


def test_a_refused_card_is_kept(driver: Driver, client: stripe.StripeClient) -> None:
    body = f"{BODY}&confirm=true&payment_method=pm_card_visa_chargeDeclined"
    first, second = post(driver, "k8", body), post(driver, "k8", body)
    assert (first.status, second.status) == (402, 402)
    assert first.body == second.body
    assert number_of_intents(client) == 1
    assert [each.status for each in client.v1.charges.list().data] == ["failed"]


def test_after_a_day_the_key_is_new(driver: Driver, client: stripe.StripeClient) -> None:
    post(driver, "k9")
    driver.post("/clock", advance_seconds=24 * 3600 - 60)
    assert post(driver, "k9").headers["idempotent-replayed"] == "true"
    driver.post("/clock", advance_seconds=120)
    assert "idempotent-replayed" not in post(driver, "k9").headers
    assert number_of_intents(client) == 2


def test_a_key_is_short(driver: Driver) -> None:
    assert post(driver, "k" * 256).status == 400
    assert post(driver, "k" * 255).status == 200


def test_without_a_key_each_call_counts(client: stripe.StripeClient) -> None:
    made = {a_session(client).id for _ in range(3)}
    assert len(made) == 3
