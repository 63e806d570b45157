"""What Stripe's parameters may be: what is not known is refused, and what is known is Stripe's own."""

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import stripe
from fake_gateway.stripe_api import parameters
from fake_gateway.stripe_api.errors import StripeError
from fake_gateway.stripe_api.fields import Schema, parse
from fake_gateway.stripe_api.forms import parse as read_form
from stripe import params as sdk
from stripe.params import checkout
from tests.fake_gateway.driving import Driver, a_session

SCHEMAS: list[tuple[Schema, type]] = [
    (parameters.CREATE_SESSION, checkout.SessionCreateParams),
    (parameters.LIST_SESSIONS, checkout.SessionListParams),
    (parameters.CREATE_INTENT, sdk.PaymentIntentCreateParams),
    (parameters.CONFIRM_INTENT, sdk.PaymentIntentConfirmParams),
    (parameters.CANCEL_INTENT, sdk.PaymentIntentCancelParams),
    (parameters.CREATE_SETUP, sdk.SetupIntentCreateParams),
    (parameters.CONFIRM_SETUP, sdk.SetupIntentConfirmParams),
    (parameters.CANCEL_SETUP, sdk.SetupIntentCancelParams),
    (parameters.WRITE_CUSTOMER, sdk.CustomerCreateParams),
    (parameters.UPDATE_CUSTOMER, sdk.CustomerUpdateParams),
    (parameters.CREATE_REFUND, sdk.RefundCreateParams),
    (parameters.UPDATE_DISPUTE, sdk.DisputeUpdateParams),
    (parameters.EVENT_LIST, sdk.EventListParams),
]


def dictionaries(annotation: Any) -> Iterator[type]:
    """The typed dictionaries inside an annotation."""
    if hasattr(annotation, "__required_keys__"):
        yield annotation
    elif isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is not None:
        for inner in typing.get_args(annotation):
            yield from dictionaries(inner)


def strangers(schema: Schema, known: list[type], above: str) -> Iterator[str]:
    """Names of a schema that Stripe's library does not know."""
    hints = {
        name: hint
        for each in known
        for name, hint in typing.get_type_hints(each, None, {"StripeContext": object, "Mapping": Mapping}).items()
    }
    for name, field in schema.items():
        if name not in hints:
            yield f"{above}{name}"
        elif field.below:
            yield from strangers(field.below, list(dictionaries(hints[name])), f"{above}{name}.")


@pytest.mark.parametrize(("schema", "known"), SCHEMAS, ids=[known.__name__ for _, known in SCHEMAS])
def test_every_parameter_is_one_of_stripes(schema: Schema, known: type) -> None:
    unknown = list(strangers(schema, [known], ""))
    assert unknown == []


def test_every_field_of_an_answer_is_one_of_stripes(client: stripe.StripeClient, driver: Driver) -> None:
    session = a_session(client, payment_intent_data={"setup_future_usage": "off_session"})
    driver.post("/stripe/pay", session=session.id, card="4000000000000259")
    charge = client.v1.charges.list().data[0]
    client.v1.setup_intents.create({"customer": client.v1.customers.list().data[0].id})
    driver.post("/stripe/close_dispute", dispute=client.v1.disputes.list().data[0].id, outcome="won")
    client.v1.refunds.create({"charge": charge.id})
    driver.post("/stripe/pay", session=a_session(client, amount=100_000).id)
    driver.post("/stripe/payout", currency="usd")
    found = [
        client.v1.checkout.sessions.list().data[0],
        client.v1.payment_intents.list().data[0],
        charge,
        *client.v1.balance_transactions.list().data,
        client.v1.refunds.list().data[0],
        client.v1.disputes.list().data[0],
        client.v1.payouts.list().data[0],
        client.v1.setup_intents.list().data[0],
        client.v1.customers.list().data[0],
        client.v1.payment_methods.list().data[0],
        client.v1.events.list().data[0],
    ]
    unknown = {
        type(each).__name__: set(each.to_dict()) - set(type(each).__annotations__) - {"object"} for each in found
    }
    assert {name: fields for name, fields in unknown.items() if fields} == {}


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ("amount=1500&currency=usd&colour=red", "parameter_unknown", "colour"),
        (
            "amount=1500&currency=usd&automatic_payment_methods[colour]=red",
            "parameter_unknown",
            "automatic_payment_methods[colour]",
        ),
        ("amount=1500", "parameter_missing", "currency"),
        ("amount=15.00&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=1e3&currency=usd", "parameter_invalid_integer", "amount"),
        ("amount=1500&currency=", "parameter_invalid_empty", "currency"),
        ("amount=1500&currency=usd&payment_method_types[0]=card", "parameter_unknown", "payment_method_types"),
        ("amount=1500&currency=usd&confirm=yes", None, "confirm"),
        ("amount=1500&currency=usd&capture_method=manual", None, "capture_method"),
        (
            "amount=1500&currency=usd&allowed_payment_method_types[0]=card&allowed_payment_method_types[2]=card",
            None,
            "allowed_payment_method_types",
        ),
        ("amount=1500&currency=usd&allowed_payment_method_types[0]=pigeon", None, "allowed_payment_method_types[0]"),
        ("amount=1500&currency=usd&metadata=text", None, "metadata"),
        (f"amount=1500&currency=usd&metadata[{'k' * 41}]=v", None, f"metadata[{'k' * 41}]"),
        (f"amount=1500&currency=usd&metadata[k]={'v' * 501}", None, "metadata[k]"),
        ("amount=1500&currency=usd&" + "&".join(f"metadata[k{n}]=v" for n in range(51)), None, "metadata"),
        (f"amount=1500&currency=usd&description={'d' * 1001}", "parameter_invalid_string", "description"),
        ("amount[a]=1&currency=usd", None, "amount"),
    ],
)
def test_refused(body: str, code: str | None, param: str) -> None:
    with pytest.raises(StripeError) as refused:
        parse(parameters.CREATE_INTENT, read_form(body))
    error = refused.value.body["error"]
    assert (refused.value.status, error["type"]) == (400, "invalid_request_error")
    assert (error.get("code"), error.get("param")) == (code, param)


@pytest.mark.parametrize(
    "body", ["a=1&a[b]=2", "a[b]=2&a=1", "[a]=1", "a[[b]]=1", "a[b][c][d][e][f][g]=1", "a=%ff", "=1"]
)
def test_a_form_that_is_none(body: str) -> None:
    with pytest.raises(StripeError):
        read_form(body)


def test_what_the_forms_say() -> None:
    assert read_form("") == {}
    assert read_form("a[]=1&a[]=2&b[c][0][d]=x%20y&e=") == {
        "a": {"0": "1", "1": "2"},
        "b": {"c": {"0": {"d": "x y"}}},
        "e": "",
    }
    values = parse(
        parameters.CREATE_INTENT, read_form("amount=5&currency=usd&metadata[a]=&expand[]=customer&confirm=false")
    )
    assert values == {"amount": 5, "currency": "usd", "metadata": {"a": ""}, "expand": ["customer"], "confirm": False}


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"mode": "subscription"}, "mode"),
        ({"ui_mode": "hosted"}, "ui_mode"),
        ({"success_url": "shop.test"}, "success_url"),
        ({"line_items": []}, "line_items"),
        ({"expires_at": 4_000_000_000}, "expires_at"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"allowed_payment_method_types": ["sepa_debit"]}, "allowed_payment_method_types"),
        ({"amount": -5}, "line_items[0]"),
        ({"setup_intent_data": {"description": "x"}}, "setup_intent_data"),
    ],
)
def test_a_session_that_is_refused(client: stripe.StripeClient, change: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        a_session(client, **change)
    assert refused.value.param == param
    assert client.v1.checkout.sessions.list().data == []
