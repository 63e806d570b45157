"""Faults on purpose, as Stripe's library sees them: what has happened, and what a retry with the same key gets."""

from collections.abc import Callable

import pytest
import stripe
from fake_gateway.faults import Fault, FaultKind
from tests.fake_gateway.driving import Driver

PARAMS: stripe.params.CustomerCreateParams = {"email": "a@b.test"}


def customers(client: stripe.StripeClient) -> int:
    return len(client.v1.customers.list({"limit": 100}).data)


@pytest.mark.parametrize(
    ("kind", "error", "effects"),
    [
        ("reset_before", stripe.APIConnectionError, 0),
        ("reset_after", stripe.APIConnectionError, 1),
        ("truncate", stripe.APIConnectionError, 1),
        ("error_500", stripe.APIError, 1),
        ("error_500_before", stripe.APIError, 0),
        ("rate_limit", stripe.RateLimitError, 0),
        ("hang", stripe.APIConnectionError, 1),
    ],
)
def test_what_has_happened(
    client: stripe.StripeClient, driver: Driver, kind: str, error: type[Exception], effects: int
) -> None:
    driver.post("/faults", kind=kind, times=1, method="POST", path="/v1/customers", seconds=0.2)
    with pytest.raises(error):
        client.v1.customers.create(PARAMS, {"idempotency_key": "k"})
    assert customers(client) == effects
    assert [each["hits"] for each in driver.get("/faults")["faults"]] == [1]


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "truncate", "rate_limit", "hang"])
def test_the_same_key_again_has_one_effect(client: stripe.StripeClient, driver: Driver, kind: str) -> None:
    driver.post("/faults", kind=kind, times=1, method="POST", seconds=0.2)
    with pytest.raises(stripe.StripeError):
        client.v1.customers.create(PARAMS, {"idempotency_key": "k"})
    assert client.v1.customers.create(PARAMS, {"idempotency_key": "k"}).email == "a@b.test"
    assert customers(client) == 1


@pytest.mark.parametrize(("kind", "effects"), [("error_500", 1), ("error_500_before", 0)])
def test_a_500_is_kept_for_its_key(client: stripe.StripeClient, driver: Driver, kind: str, effects: int) -> None:
    driver.post("/faults", kind=kind, times=1)
    for _ in range(3):
        with pytest.raises(stripe.APIError) as failed:
            client.v1.customers.create(PARAMS, {"idempotency_key": "k"})
        assert failed.value.http_status == 500
    assert customers(client) == effects


def test_the_librarys_own_retries_have_one_effect(driver: Driver) -> None:
    patient = stripe.StripeClient(
        driver.gateway.keys.stripe_secret_key, base_addresses={"api": driver.running.address}, max_network_retries=2
    )
    driver.post("/faults", kind="reset_after", times=1)
    assert patient.v1.customers.create(PARAMS).email == "a@b.test"
    assert customers(patient) == 1


def test_a_delay_only_takes_time(client: stripe.StripeClient, driver: Driver) -> None:
    driver.post("/faults", kind="delay", times=1, seconds=0.1)
    assert client.v1.customers.create(PARAMS).email == "a@b.test"


def test_rules_are_taken_out(client: stripe.StripeClient, driver: Driver) -> None:
    driver.post("/faults", kind="rate_limit")
    with pytest.raises(stripe.RateLimitError):
        client.v1.customers.list()
    driver.running.gateway.faults.clear()
    assert client.v1.customers.list().data == []


def test_a_ratio_is_drawn_the_same_way_for_the_same_seed() -> None:
    def hits(seed: int) -> list[bool]:
        fault = Fault(FaultKind.DELAY, ratio=0.33, seed=seed)
        return [fault.strikes("stripe", "POST", "/v1/refunds") for _ in range(300)]

    assert hits(7) == hits(7)
    assert hits(7) != hits(8)
    assert 70 < sum(hits(7)) < 130


@pytest.mark.parametrize(
    ("change", "strikes"),
    [
        (lambda fault: None, True),
        (lambda fault: setattr(fault, "gateway", "paypal"), False),
        (lambda fault: setattr(fault, "method", "GET"), False),
        (lambda fault: setattr(fault, "path", "/v1/ref"), True),
        (lambda fault: setattr(fault, "path", "/v1/customers"), False),
        (lambda fault: setattr(fault, "times", 0), False),
    ],
)
def test_which_calls_a_rule_is_about(change: Callable[[Fault], None], strikes: bool) -> None:
    fault = Fault(FaultKind.DELAY)
    change(fault)
    assert fault.strikes("stripe", "POST", "/v1/refunds") is strikes
