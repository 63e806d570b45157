"""`POST payments/checkout/` with Stripe: works, refuses, is idempotent, and what came of the gateway decides."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from igny8_core.business.billing import tasks
from igny8_core.events.models import Event
from tests.api.test_approvals import decide, verified
from tests.cast import ADMIN, BILLING, Cast, as_operator, make_cast
from tests.gateways.desk import (
    Desk,
    balance_of,
    check_out,
    checkout_of,
    invoice_of,
    janitor,
    later,
    order,
    payments_of,
    refresh,
)


def session_of(answer: Any) -> str:
    """The gateway's checkout behind an answer."""
    return str(checkout_of(answer.json()["data"]["payment"]["id"]).payment.gateway_handle)


def test_paid_by_card(cast: Cast, desk: Desk) -> None:
    invoice_id = cast.invoice("1500.00")
    answer = check_out(cast.member, invoice_id)
    data = answer.json()["data"]
    assert answer.status_code == 201
    payment_id = data["payment"]["id"]
    (session,) = desk.sessions(payment_id)
    assert data["action"] == {"type": "redirect", "url": session["url"]}
    shown = {name: data["payment"][name] for name in ("status", "amount", "currency", "payment_method")}
    assert shown == {"status": "pending", "amount": "1500.00", "currency": "PKR", "payment_method": "stripe"}
    assert (session["amount_total"], session["currency"], session["metadata"]) == (
        150_000,
        "pkr",
        {"payment": payment_id},
    )
    assert refresh(cast.member, payment_id).json()["data"]["status"] == "pending"
    desk.pay(session["id"])
    paid = refresh(cast.member, payment_id).json()["data"]
    assert (paid["status"], paid["amount_received"], invoice_of(cast, invoice_id)) == (
        "succeeded",
        "1500.00",
        ("paid", "1500.00"),
    )
    assert [(step["from"], step["to"]) for step in paid["history"]] == [(None, "pending"), ("pending", "succeeded")]
    row = checkout_of(payment_id)
    assert (row.state, row.payer, row.fee_currency, row.next_ask_at) == ("paid", "visa 4242", "PKR", None)
    books = cast.support.get(f"{ADMIN}ledger/accounts/{cast.account.id}/?currency=PKR").json()["results"]
    lines = {(line["kind"], line["code"]): line["amount"] for line in books}
    fee = row.fee_minor or 0
    assert lines["gateway_fee", "gateway_fees"] == f"{fee // 100}.{fee % 100:02}"
    verified(cast)
    assert refresh(cast.member, payment_id).json()["data"]["status"] == "succeeded"
    again = check_out(cast.member, invoice_id)
    assert (again.status_code, again.json()["code"]) == (400, "invoice_already_paid")


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"payment_method": "bank_transfer"}, "payment_method"),
    ({"payment_method": "cash"}, "payment_method"),
    ({"invoice_id": "x"}, "invoice_id"),
    ({"success_url": "https://evil.test/"}, "success_url"),
    ({"success_url": "http://shop.test/"}, "success_url"),
    ({"success_url": "https://shop.test:8443/"}, "success_url"),
    ({"success_url": "https://shop.test@evil.test/"}, "success_url"),
    ({"success_url": "https://evil.test\\@shop.test/"}, "success_url"),
    ({"success_url": "https://shop.test.evil.test/"}, "success_url"),
    ({"cancel_url": "javascript:alert(1)"}, "cancel_url"),
    ({"cancel_url": "https://shop.test/" + "a" * 500}, "cancel_url"),
    ({"amount": "1.00"}, "amount"),
]


@pytest.mark.parametrize(("change", "field"), REFUSED)
def test_bad_input_is_refused(cast: Cast, desk: Desk, change: dict[str, Any], field: str) -> None:
    invoice_id = cast.invoice()
    answer = cast.member.post(f"{BILLING}payments/checkout/", {**order(invoice_id), **change})
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")
    assert field in answer.json()["errors"]
    assert (payments_of(invoice_id), desk.sessions()) == ([], [])


def test_who_may_not(cast: Cast, desk: Desk) -> None:
    invoice_id = cast.invoice()
    answers = [check_out(api, invoice_id) for api in (cast.viewer, cast.stranger, cast.finance, cast.anonymous)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (403, "permission_denied"),
        (404, "not_found"),
        (403, "account_required"),
        (401, "authentication_required"),
    ]
    payment_id = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    assert refresh(cast.stranger, payment_id).json()["code"] == "not_found"
    manual = cast.submit(cast.invoice()).json()["data"]["id"]
    assert refresh(cast.member, manual).json()["code"] == "invalid_transition"


def test_what_cannot_be_paid(cast: Cast, desk: Desk) -> None:
    draft, small = cast.invoice(final=False), cast.invoice("100.00")
    codes = [check_out(cast.member, one).json()["code"] for one in (draft, small, uuid.uuid4())]
    assert codes == ["invoice_not_payable", "method_not_available", "not_found"]
    large = check_out(cast.member, cast.invoice("1000000.00"))
    assert large.json()["code"] == "method_not_available"
    submitted = cast.invoice()
    assert cast.submit(submitted).status_code == 201
    assert check_out(cast.member, submitted).json()["code"] == "amount_exceeds_due"
    assert desk.sessions() == []


def test_without_a_key_it_is_not_offered(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"{BILLING}payment-methods/available/?invoice_id={cast.invoice()}"
    offered = cast.viewer.get(path).json()["data"]
    assert offered["metadata"]["gateways"] == {"stripe": True, "paypal": True}
    assert next(one["payment_method"] for one in offered["methods"]) == "stripe"
    without = ("IGNY8_STRIPE_SECRET_KEY", "IGNY8_PAYPAL_CLIENT_ID")
    variables = {name: value for name, value in settings.ENV.variables.items() if name not in without}
    monkeypatch.setattr(settings, "ENV", _with(variables))
    offered = cast.viewer.get(path).json()["data"]
    assert offered["metadata"]["gateways"] == {"stripe": False, "paypal": False}
    assert "stripe" not in [one["payment_method"] for one in offered["methods"]]
    assert check_out(cast.member, cast.invoice()).json()["code"] == "method_not_available"
    refused = cast.anonymous.post("/api/v1/webhooks/stripe/", {"object": "event"})
    assert (refused.status_code, refused.json()["code"]) == (503, "gateway_not_configured")


def _with(variables: dict[str, str]) -> Any:
    return replace(settings.ENV, variables=variables)


def test_one_key_one_checkout(cast: Cast, desk: Desk) -> None:
    invoice_id = cast.invoice()
    answers = [check_out(cast.member, invoice_id, key="k") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.content for answer in answers}) == 1
    assert [answer.headers.get("Idempotency-Replayed") for answer in answers] == [None, "true", "true"]
    other = check_out(cast.member, cast.invoice(), key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(desk.sessions()) == 1


def test_an_open_checkout_is_answered_again(cast: Cast, desk: Desk) -> None:
    invoice_id = cast.invoice()
    first, second = (check_out(cast.member, invoice_id).json()["data"] for _ in range(2))
    assert second == first
    # Also while its gateway says nothing: it can be paid once.
    desk.fail("error_500_before", method="GET")
    assert check_out(cast.member, invoice_id).json()["data"]["action"] == first["action"]
    assert len(desk.sessions()) == 1
    # Other addresses make another checkout, once nobody can pay at the first one.
    other = check_out(cast.member, invoice_id, success_url="https://shop.test/other").json()["data"]
    assert other["payment"]["id"] != first["payment"]["id"]
    assert sorted(one["status"] for one in desk.sessions()) == ["expired", "open"]
    assert payments_of(invoice_id) == [("stripe", "cancelled"), ("stripe", "pending")]


def test_one_that_was_paid_meanwhile_is_not_paid_again(cast: Cast, desk: Desk) -> None:
    for change in ({}, {"success_url": "https://shop.test/other"}):
        invoice_id = cast.invoice()
        answer = check_out(cast.member, invoice_id)
        desk.pay(session_of(answer))
        again = check_out(cast.member, invoice_id, **change)
        assert (again.status_code, again.json()["code"]) == (400, "invoice_already_paid")
        assert invoice_of(cast, invoice_id) == ("paid", "1000.00")
    assert desk.charged() == 2
    verified(cast)


def test_another_amount_closes_the_first(cast: Cast, desk: Desk) -> None:
    invoice_id = cast.invoice("1000.00")
    first = check_out(cast.member, invoice_id)
    part = cast.submit(invoice_id, amount="400.00").json()["data"]["id"]
    assert decide(cast.approver, part, "approve").status_code == 200
    second = check_out(cast.member, invoice_id).json()["data"]["payment"]
    assert second["amount"] == "600.00"
    assert [one["status"] for one in desk.sessions(first.json()["data"]["payment"]["id"])] == ["expired"]
    desk.pay(desk.sessions(second["id"])[0]["id"])
    assert refresh(cast.member, second["id"]).json()["data"]["status"] == "succeeded"
    assert invoice_of(cast, invoice_id) == ("paid", "1000.00")
    verified(cast)


def test_an_open_checkout_keeps_nobody_from_a_transfer(cast: Cast, desk: Desk) -> None:
    """And a transfer that settles the invoice closes the checkout; whoever has paid there by then gets it as balance."""
    for pays in (False, True):
        invoice_id = cast.invoice()
        answer = check_out(cast.member, invoice_id)
        payment_id, session = answer.json()["data"]["payment"]["id"], session_of(answer)
        transfer = cast.submit(invoice_id, f"late {pays}").json()["data"]["id"]
        if pays:
            desk.pay(session)
        assert decide(cast.approver, transfer, "approve").status_code == 200
        event = as_operator(
            lambda invoice_id=invoice_id: Event.objects.across_accounts().get(
                type="invoice.paid", subject_id=invoice_id
            )
        )
        tasks.close_checkouts(str(event.id), str(cast.account.id))
        shown = cast.viewer.get(f"{BILLING}payments/{payment_id}/").json()["data"]
        assert shown["status"] == ("succeeded" if pays else "cancelled")
        assert [one["status"] for one in desk.sessions(payment_id)] == ["complete" if pays else "expired"]
        assert invoice_of(cast, invoice_id) == ("paid", "1000.00")
    assert balance_of(cast) == [{"currency": "PKR", "amount": "1000.00"}]
    verified(cast)


def test_part_of_the_invoice_settled_elsewhere_closes_it_too(cast: Cast, desk: Desk) -> None:
    invoice_id = cast.invoice()
    answer = check_out(cast.member, invoice_id)
    part = cast.submit(invoice_id, amount="100.00").json()["data"]["id"]
    assert janitor(cast) == 0
    assert decide(cast.approver, part, "approve").status_code == 200
    assert janitor(cast) == 1
    assert [one["status"] for one in desk.sessions()] == ["expired"]
    assert payments_of(invoice_id) == [("stripe", "cancelled"), ("bank_transfer", "succeeded")]
    assert janitor(cast) == 0
    assert answer.status_code == 201


def test_cancelling_closes_the_checkout_first(cast: Cast, desk: Desk) -> None:
    answer = check_out(cast.member, cast.invoice())
    payment_id = answer.json()["data"]["payment"]["id"]
    desk.fail("reset_before")
    unknown = cast.member.post(f"{BILLING}payments/{payment_id}/cancel/")
    assert (unknown.status_code, unknown.json()["code"]) == (503, "gateway_unavailable")
    done = cast.member.post(f"{BILLING}payments/{payment_id}/cancel/")
    assert (done.status_code, done.json()["data"]["status"]) == (200, "cancelled")
    assert [one["status"] for one in desk.sessions()] == ["expired"]
    again = cast.member.post(f"{BILLING}payments/{payment_id}/cancel/")
    assert (again.status_code, again.json()["code"]) == (409, "invalid_transition")
    paid = check_out(cast.member, cast.invoice())
    desk.pay(session_of(paid))
    late = cast.member.post(f"{BILLING}payments/{paid.json()['data']['payment']['id']}/cancel/")
    assert (late.status_code, late.json()["data"]) == (409, {"status": "succeeded"})


def test_a_slow_method_is_on_its_way(cast: Cast, desk: Desk) -> None:
    euros = _in_euros()
    for outcome, end in (("succeeded", ("succeeded", "paid")), ("failed", ("failed", "pending"))):
        invoice_id = euros.invoice("20.00")
        answer = check_out(euros.member, invoice_id)
        payment_id, session = answer.json()["data"]["payment"]["id"], session_of(answer)
        desk.pay(session, slow_method="sepa_debit")
        assert refresh(euros.member, payment_id).json()["data"]["status"] == "processing"
        assert invoice_of(euros, invoice_id) == ("pending", "0.00")
        assert check_out(euros.member, invoice_id).json()["code"] == "amount_exceeds_due"
        desk.post("/stripe/settle", session=session, outcome=outcome)
        assert refresh(euros.member, payment_id).json()["data"]["status"] == end[0]
        assert invoice_of(euros, invoice_id)[0] == end[1]
    verified(euros)


def _in_euros() -> Cast:
    return make_cast("DE", "EUR")


def test_a_declined_card_is_an_attempt_and_no_end(cast: Cast, desk: Desk) -> None:
    answer = check_out(cast.member, cast.invoice())
    payment_id, session = answer.json()["data"]["payment"]["id"], session_of(answer)
    assert desk.pay(session, card="4000000000000002")["outcome"] != "paid"
    assert refresh(cast.member, payment_id).json()["data"]["status"] == "pending"
    desk.pay(session)
    assert refresh(cast.member, payment_id).json()["data"]["status"] == "succeeded"


def test_nobody_paid_in_time(cast: Cast, desk: Desk) -> None:
    invoice_id = cast.invoice()
    payment_id = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    desk.post("/clock", advance_seconds=3700)
    with later(hours=2):
        assert janitor(cast) == 1
        assert janitor(cast) == 0
    desk.post("/clock", offset_seconds=0)
    assert payments_of(invoice_id) == [("stripe", "cancelled")]
    assert checkout_of(payment_id).state == "expired"
    assert check_out(cast.member, invoice_id).status_code == 201


LIES: list[tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]] = [
    ("amount", lambda session: {"amount_total": session["amount_total"] - 1}),
    ("currency", lambda session: {"currency": "usd"}),
    ("mode", lambda session: {"livemode": True}),
    ("payment", lambda session: {"client_reference_id": str(uuid.uuid4())}),
]


@pytest.mark.parametrize("lie", [lie for _, lie in LIES], ids=[what for what, _ in LIES])
def test_a_gateway_that_says_something_else_settles_nothing(
    cast: Cast, desk: Desk, lie: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    invoice_id = cast.invoice()
    answer = check_out(cast.member, invoice_id)
    payment_id = answer.json()["data"]["payment"]["id"]
    (session,) = desk.sessions()
    desk.pay(session["id"])
    (paid,) = desk.sessions()
    changes = lie(paid)
    desk.post("/tamper", id=session["id"], set=changes)
    if "amount_total" in changes:
        desk.post("/tamper", id=paid["payment_intent"], set={"amount_received": changes["amount_total"]})
    assert refresh(cast.member, payment_id).json()["data"]["status"] == "pending"
    assert invoice_of(cast, invoice_id) == ("pending", "0.00")
    assert checkout_of(payment_id).problem
    told = as_operator(
        lambda: list(
            Event.objects.across_accounts().filter(subject_id=payment_id).order_by("seq").values_list("type", flat=True)
        )
    )
    assert told == ["payment.submitted", "checkout.disagreed"]
    assert janitor(cast) == 0
