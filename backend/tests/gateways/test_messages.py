"""`POST /api/v1/webhooks/stripe/`: kept once, believed never, and each a reason to ask."""

import json
import os
import random
import time
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from fake_gateway.stripe_api.events import signature as _signature
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing import tasks
from igny8_core.business.billing.models import GatewayMessage
from igny8_core.events import unit_of_work
from tests.api.test_approvals import verified
from tests.cast import Cast, as_operator
from tests.fake_gateway.driving import eventually
from tests.gateways.desk import (
    Desk,
    check_out,
    checkout_of,
    invoice_of,
    later,
    payments_of,
    read_messages,
    refresh,
)

MESSAGES = int(os.environ.get("MESSAGES", "8"))
PATH = "/api/v1/webhooks/stripe/"
REFUSED = (
    "unsigned",
    "wrong_secret",
    "stale",
    "future",
    "altered",
    "garbled_header",
    "only_v0",
    "non_ascii_header",
    "not_utf8",
    "not_json",
    "json_list",
    "wrong_mode",
    "wrong_account",
    "thin_event",
)
WITHOUT_EFFECT = (
    "wrong_amount",
    "wrong_currency",
    "wrong_reference",
    "unknown_object",
    "unknown_type",
    "wrong_version",
)


def kept() -> int:
    """How many messages are kept."""
    return int(as_operator(GatewayMessage.objects.count))


def waiting() -> int:
    """How many messages wait to be read."""
    return int(as_operator(GatewayMessage.objects.exclude(next_try_at=None).count))


@pytest.fixture(autouse=True)
def _read_before(desk: Desk) -> None:
    """What earlier tests left to be read is read."""
    as_operator(lambda: GatewayMessage.objects.update(next_try_at=None))


def test_paid_by_message(cast: Cast, desk: Desk) -> None:
    """Each message several times, mixed: one effect."""
    invoices = [cast.invoice() for _ in range(MESSAGES // 2)]
    ids = [check_out(cast.member, one).json()["data"]["payment"]["id"] for one in invoices]
    before = kept()
    for payment_id in ids:
        desk.pay(desk.sessions(payment_id)[0]["id"])
    desk.send(copies=5, shuffle_seed=3)
    eventually(lambda: kept() == before + 2 * len(invoices) and desk.get("/deliveries")["pending"] == 0)
    while read_messages():
        pass
    assert {payments_of(one)[0] for one in invoices} == {("stripe", "succeeded")}
    assert {invoice_of(cast, one) for one in invoices} == {("paid", "1000.00")}
    row = as_operator(lambda: GatewayMessage.objects.filter(payment_id=ids[0]).order_by("kind").first())
    assert (row.kind, row.outcome, row.caught_up) == ("checkout.session.completed", "done", False)
    assert json.loads(bytes(row.body))["id"] == row.event_id
    assert row.headers["stripe-signature"].startswith("t=")
    verified(cast)


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_stripes_is_refused(cast: Cast, desk: Desk, kind: str) -> None:
    invoice_id = cast.invoice()
    payment_id = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    desk.pay(desk.sessions(payment_id)[0]["id"])
    before = kept()
    assert desk.forge(kind, desk.event_of("checkout.session.completed")) == 400
    assert (kept(), waiting(), payments_of(invoice_id)) == (before, 0, [("stripe", "pending")])


def test_what_is_signed_and_wrong_has_no_effect(cast: Cast, desk: Desk) -> None:
    invoice_id = cast.invoice()
    payment_id = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    session = desk.sessions(payment_id)[0]["id"]
    desk.pay(session, card="4000000000000002")
    desk.pay(desk.sessions(check_out(cast.member, cast.invoice()).json()["data"]["payment"]["id"])[0]["id"])
    event = desk.event_of("payment_intent.payment_failed")
    before = kept()
    assert {kind: desk.forge(kind, event) for kind in WITHOUT_EFFECT} == dict.fromkeys(WITHOUT_EFFECT, 200)
    assert kept() == before + len(WITHOUT_EFFECT)
    while read_messages():
        pass
    assert (payments_of(invoice_id), waiting()) == ([("stripe", "pending")], 0)


def test_a_message_that_comes_before_our_own_answer(cast: Cast, desk: Desk) -> None:
    """The payer was quicker than the second transaction: the message names our payment, and its checkout is found."""
    invoice_id = cast.invoice()
    desk.fail("reset_after", method="POST", path="/v1/checkout/sessions")
    payment_id = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    desk.pay(desk.sessions(payment_id)[0]["id"])
    before = kept()
    desk.send()
    eventually(lambda: kept() == before + 2)
    while read_messages():
        pass
    assert payments_of(invoice_id) == [("stripe", "succeeded")]
    assert checkout_of(payment_id).payment.gateway_handle.startswith("cs_")


def test_a_gateway_that_is_down_is_asked_again(cast: Cast, desk: Desk) -> None:
    invoice_id = cast.invoice()
    payment_id = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    desk.pay(desk.sessions(payment_id)[0]["id"])
    before = kept()
    desk.send()
    eventually(lambda: kept() == before + 2)
    desk.fail("error_500_before", times=2, method="GET")
    assert read_messages() == 2
    assert payments_of(invoice_id) == [("stripe", "pending")]
    assert read_messages() == 0
    with later(seconds=6):
        assert read_messages() == 2
        assert read_messages() == 0
    assert payments_of(invoice_id) == [("stripe", "succeeded")]


def test_what_never_reached_us_is_fetched(cast: Cast, desk: Desk) -> None:
    invoice_id = cast.invoice()
    payment_id = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    desk.pay(desk.sessions(payment_id)[0]["id"])
    before = kept()
    tasks.catch_up_messages(0)
    found = kept() - before
    assert found >= 2
    tasks.catch_up_messages(0)
    assert kept() == before + found
    while read_messages():
        pass
    assert payments_of(invoice_id) == [("stripe", "succeeded")]


def test_a_message_of_nobody_we_know(cast: Cast, desk: Desk) -> None:
    body = json.dumps(
        {
            "id": f"evt_{random.getrandbits(64):x}",
            "object": "event",
            "type": "charge.refunded",
            "livemode": False,
            "data": {"object": {"object": "charge", "id": "ch_1", "payment_intent": "pi_1", "metadata": {}}},
        }
    ).encode()
    assert _sent(body).status_code == 200
    assert read_messages() == 1
    row = as_operator(lambda: GatewayMessage.objects.order_by("-received_at").first())
    assert (row.kind, row.outcome, row.next_try_at) == ("charge.refunded", "foreign", None)


def test_too_long_a_message(cast: Cast, desk: Desk) -> None:
    answer = _sent(b"{" + b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_nobody_reads_messages_with_the_webs_login(cast: Cast, desk: Desk) -> None:
    with pytest.raises(Exception, match="permission denied"), unit_of_work.read(Scope.tenant(cast.account.id)):
        GatewayMessage.objects.count()


def test_a_dispute_that_is_open_leaves_the_payment_paid(cast: Cast, desk: Desk) -> None:
    """Its bank has not decided yet: the payment stays what it is, and the message is kept."""
    invoice_id = cast.invoice()
    payment_id = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    session = desk.sessions(payment_id)[0]["id"]
    desk.pay(session)
    assert refresh(cast.member, payment_id).json()["data"]["status"] == "succeeded"
    before = kept()
    desk.post("/stripe/dispute", session=session)
    desk.send()
    eventually(lambda: kept() >= before + 3)
    while read_messages():
        pass
    assert payments_of(invoice_id) == [("stripe", "succeeded")]
    verified(cast)


def _sent(body: bytes) -> Any:
    secret = settings.ENV.variables["IGNY8_STRIPE_WEBHOOK_SECRET"]
    header = _signature(body, secret, int(time.time()))
    client = Client(raise_request_exception=False)
    return client.generic("POST", PATH, body, content_type="application/json", headers={"Stripe-Signature": header})
