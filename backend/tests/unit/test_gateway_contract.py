"""What every gateway of the registry keeps to, whichever it is; and Stripe's own table, signatures and failures."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import stripe
from hypothesis import given
from hypothesis import strategies as st
from igny8_core.business.billing.domain.methods import MANUAL, PaymentMethod
from igny8_core.business.billing.gateways.base import (
    AccessRefused,
    BadSettings,
    Declined,
    Gateway,
    GatewayError,
    Message,
    NothingHappened,
    NotTaken,
    NotThere,
    OutcomeUnknown,
    Refused,
    Verified,
)
from igny8_core.business.billing.gateways.paypal.messages import CLAIMS
from igny8_core.business.billing.gateways.registry import REGISTRY
from igny8_core.business.billing.gateways.stripe.amounts import CURRENCIES, from_wire, to_wire
from igny8_core.business.billing.gateways.stripe.failures import translated
from igny8_core.kit.currencies import CURRENCIES as ISO_4217
from urllib3.exceptions import MaxRetryError, NewConnectionError

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECRET = "whsec_test"
VARIABLES: dict[str, dict[str, str]] = {
    "stripe": {"IGNY8_STRIPE_SECRET_KEY": "sk_test_1", "IGNY8_STRIPE_WEBHOOK_SECRET": SECRET},
    "paypal": {
        "IGNY8_PAYPAL_MODE": "sandbox",
        "IGNY8_PAYPAL_CLIENT_ID": "client",
        "IGNY8_PAYPAL_CLIENT_SECRET": "secret",
        "IGNY8_PAYPAL_WEBHOOK_ID": "8PT597110X687430LKGECATA",
    },
}


PLAUSIBLE = {
    "paypal-auth-algo": "SHA256withRSA",
    "paypal-cert-url": "https://api.example.test/v1/notifications/certs/CERT-1",
    "paypal-transmission-id": "1",
    "paypal-transmission-sig": "AAAA",
    "paypal-transmission-time": "2026-11-26T12:00:00Z",
}


def made(name: str) -> Gateway:
    """A gateway with keys for tests."""
    gateway = REGISTRY[name](VARIABLES[name])
    assert gateway is not None
    return gateway


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_a_gateway_of_the_registry(name: str) -> None:
    gateway = made(name)
    assert (gateway.name, gateway.live) == (name, False)
    assert PaymentMethod(name) not in MANUAL
    assert REGISTRY[name]({}) is None
    traits = gateway.traits
    assert traits.currencies <= ISO_4217.keys()
    assert traits.longest_reference >= 36
    assert timedelta(minutes=30) <= traits.open_for <= (traits.key_life or timedelta(days=1))
    with pytest.raises(NotTaken):
        gateway.to_wire(100, "XXX")


@pytest.mark.parametrize("name", sorted(REGISTRY))
@given(amount=st.integers(1, 10**10), place=st.integers(0, 10**6))
def test_amounts_come_back_as_they_went(name: str, amount: int, place: int) -> None:
    gateway = made(name)
    currencies = sorted(gateway.traits.currencies)
    currency = currencies[place % len(currencies)]
    try:
        wire = gateway.to_wire(amount, currency)
    except NotTaken:
        return
    assert gateway.from_wire(wire, currency) == amount


@pytest.mark.parametrize("name", sorted(REGISTRY))
@given(body=st.binary(max_size=200), header=st.text(max_size=80))
def test_no_message_of_nobody_is_believed_and_none_raises(name: str, body: bytes, header: str) -> None:
    gateway = made(name)
    assert isinstance(gateway.read_message({}, body, now=NOW), Refused)
    found = gateway.read_message({"stripe-signature": header}, body, now=NOW)
    assert isinstance(found, Refused)
    for changed in (*CLAIMS.values(), ""):
        headers = {**PLAUSIBLE, changed: header}
        assert isinstance(gateway.read_message(headers, body, now=NOW), Refused)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "wire"),
    [
        (150_000, "PKR", 150_000),
        (1500, "JPY", 1500),
        (1500, "ISK", 150_000),
        (1500, "UGX", 150_000),
        (150_000, "MGA", 1500),
        (5120, "KWD", 5120),
        (600, "HUF", 600),
        (99_999_999, "USD", 99_999_999),
    ],
)
def test_stripes_own_decimals(amount_minor: int, currency: str, wire: int) -> None:
    assert (to_wire(amount_minor, currency), from_wire(wire, currency)) == (wire, amount_minor)


@pytest.mark.parametrize(
    ("amount_minor", "currency"),
    [(150_050, "MGA"), (5124, "KWD"), (100_000_000, "USD"), (1_000_000, "ISK"), (1, "IQD"), (0, "USD")],
)
def test_what_stripe_cannot_write(amount_minor: int, currency: str) -> None:
    with pytest.raises(NotTaken):
        to_wire(amount_minor, currency)


def test_what_cannot_be_read() -> None:
    for wire, currency in ((150_050, "ISK"), (1, "XXX")):
        with pytest.raises(ValueError, match=currency):
            from_wire(wire, currency)
    assert "IQD" not in CURRENCIES


EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "checkout.session.completed",
    "livemode": False,
    "api_version": stripe.api_version,
    "data": {
        "object": {"object": "checkout.session", "id": "cs_1", "payment_intent": "pi_1", "metadata": {"payment": "p"}}
    },
}


def read(event: object, *, at: datetime = NOW, signed: Mapping[str, str] | None = None) -> Message:
    """What a signed event is taken for."""
    body = json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body, SECRET, int(at.timestamp()))
    return made("stripe").read_message(signed or {"stripe-signature": header}, body.encode(), now=NOW)


def test_an_event_of_stripes() -> None:
    found = read(EVENT)
    assert isinstance(found, Verified)
    assert (found.event_id, found.kind) == ("evt_1", "checkout.session.completed")
    assert (found.subject.handle, found.subject.reference, found.subject.charge) == ("cs_1", "p", "pi_1")
    for seconds in (-300, 300):
        assert isinstance(read(EVENT, at=NOW + timedelta(seconds=seconds)), Verified)
    intent = {"object": "payment_intent", "id": "pi_2", "metadata": {"payment": "p"}}
    found = read({**EVENT, "data": {"object": intent}})
    assert isinstance(found, Verified)
    assert (found.subject.handle, found.subject.charge) == ("", "pi_2")


@pytest.mark.parametrize(
    "change",
    [
        *({"livemode": True}, {"livemode": None}, {"account": "acct_1"}, {"context": "x"}, {"id": 7}, {"id": ""}),
        *({"object": "v2.core.event"}, {"data": []}, {"data": {}}, {"type": None}, {"id": "evt_é"}, {"id": "e" * 256}),
    ],
)
def test_an_event_that_is_none(change: dict[str, Any]) -> None:
    assert isinstance(read({**EVENT, **change}), Refused)


@pytest.mark.parametrize("version", ["2020-08-27", None])
def test_an_event_of_another_version_is_flagged(version: str | None) -> None:
    """It names what to ask for all the same, and nothing else of it is used."""
    found = read({**EVENT, "api_version": version})
    assert isinstance(found, Verified)
    assert (found.event_id, str(version) in found.oddity, stripe.api_version in found.oddity) == ("evt_1", True, True)
    ours = read(EVENT)
    assert isinstance(ours, Verified)
    assert ours.oddity == ""


@pytest.mark.parametrize("seconds", [-301, 301, -(10**6), 10**6])
def test_an_event_of_another_time(seconds: int) -> None:
    assert isinstance(read(EVENT, at=NOW + timedelta(seconds=seconds)), Refused)


@pytest.mark.parametrize(
    "header", ["t=1,v1=é", "t=,v1=", "v1=0", "t=x,v1=0", "", "t=1", ",", "=", "t", "t=1764158400,v1=" + "0" * 64]
)
def test_a_header_that_is_none(header: str) -> None:
    assert isinstance(read(EVENT, signed={"stripe-signature": header}), Refused)


def _unreachable(inner: Exception) -> stripe.APIConnectionError:
    error = stripe.APIConnectionError("x")
    error.__cause__ = inner
    return error


REFUSED_CONNECTION = requests.exceptions.ConnectionError(
    MaxRetryError(None, "", NewConnectionError(None, "refused"))  # type: ignore[arg-type]
)
FAILURES: list[tuple[Exception, type[GatewayError]]] = [
    (_unreachable(REFUSED_CONNECTION), NothingHappened),
    (_unreachable(requests.exceptions.ConnectTimeout()), NothingHappened),
    (_unreachable(requests.exceptions.ReadTimeout()), OutcomeUnknown),
    (_unreachable(requests.exceptions.ConnectionError("reset")), OutcomeUnknown),
    (_unreachable(requests.exceptions.TooManyRedirects()), OutcomeUnknown),
    (stripe.APIError("x", http_status=500), OutcomeUnknown),
    (stripe.APIError("x", http_status=409), OutcomeUnknown),
    (stripe.APIError("x", http_status=200), OutcomeUnknown),
    (stripe.IdempotencyError("x", http_status=400), OutcomeUnknown),
    (stripe.RateLimitError("x", http_status=429), NothingHappened),
    (stripe.AuthenticationError("x", http_status=401), AccessRefused),
    (stripe.PermissionError("x", http_status=403), AccessRefused),
    (stripe.InvalidRequestError("x", "amount", code="amount_too_small", http_status=400), NotTaken),
    (stripe.InvalidRequestError("x", "id", code="resource_missing", http_status=404), NotThere),
    (stripe.InvalidRequestError("x", "x", http_status=400), Declined),
    (stripe.CardError("x", "card", "card_declined", http_status=402), Declined),
    (AttributeError("a list came"), OutcomeUnknown),
    (ValueError("no number"), OutcomeUnknown),
]


@pytest.mark.parametrize(("raised", "meaning"), FAILURES)
def test_what_each_failure_means(raised: Exception, meaning: type[GatewayError]) -> None:
    with pytest.raises(GatewayError) as found, translated():
        raise raised
    assert type(found.value) is meaning


BASE = "IGNY8_STRIPE_API_BASE"


@pytest.mark.parametrize(
    "change",
    [
        {"IGNY8_STRIPE_SECRET_KEY": "pk_test_1"},
        {"IGNY8_STRIPE_WEBHOOK_SECRET": ""},
        {BASE: "http://127.0.0.1:1", "IGNY8_STRIPE_SECRET_KEY": "sk_live_1"},
        {BASE: "http://127.0.0.1:1", "IGNY8_DEMO": "0"},
        {BASE: "http://api.example.com"},
        {BASE: "https://127.0.0.1:1"},
        {BASE: "http://127.0.0.1:1/x"},
    ],
)
def test_settings_that_cannot_be_used(change: dict[str, str]) -> None:
    with pytest.raises(BadSettings, match="IGNY8_STRIPE"):
        REGISTRY["stripe"]({**VARIABLES["stripe"], **change})
    assert "sk_test_1" not in repr(made("stripe")._settings)  # type: ignore[attr-defined]
