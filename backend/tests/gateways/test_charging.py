"""`payment-methods/{id}/charge/`: paid at once, by way of the bank's question, refused, or not known yet; never twice."""

import uuid
from typing import Any

import pytest
from igny8_core.business.billing import method_views
from igny8_core.business.billing.models import SavedCard
from tests.api.test_approvals import verified
from tests.cast import BILLING, Cast, as_operator, make_cast
from tests.fake_gateway.driving import call
from tests.gateways.desk import (
    CARDS,
    INTENTS,
    SUCCESS,
    Desk,
    charge,
    check_out,
    checkout_of,
    invoice_of,
    janitor,
    later,
    payments_of,
    refresh,
    save_card,
    tend_cards,
)
from tests.races.test_manual_payment_races import at_once

ASKS_ONCE_MORE, DECLINES = "4000002760003184", "4000000000000341"
UNKNOWN = ("reset_after", "reset_before", "error_500", "error_500_before", "truncate")
HAPPENED = ("reset_after", "error_500", "truncate")


def confirmed(desk: Desk, session: str) -> None:
    """Answer the bank's question on the page where a card is entered."""
    desk.post("/stripe/authenticate", session=session, agreed=True)


def save_asking_card(cast: Cast, desk: Desk) -> str:
    """A saved card whose bank asks at every payment."""
    body = {"payment_method": "stripe", "success_url": SUCCESS, "cancel_url": SUCCESS}
    setup = cast.owner.post(f"{CARDS}cards/", body).json()["data"]
    (session,) = desk.sessions(setup["id"])
    desk.pay(session["id"], card=ASKS_ONCE_MORE)
    confirmed(desk, session["id"])
    return str(cast.owner.post(f"{CARDS}cards/{setup['id']}/refresh/").json()["data"]["method"]["id"])


def test_paid_at_once(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_card(cast.owner, desk), cast.invoice("1500.00")
    answer = charge(cast.member, method_id, invoice_id, key="k")
    data = answer.json()["data"]
    assert (answer.status_code, data["action"]) == (201, None)
    shown = {name: data["payment"][name] for name in ("status", "amount_received", "currency", "payment_method")}
    assert shown == {"status": "succeeded", "amount_received": "1500.00", "currency": "PKR", "payment_method": "stripe"}
    assert invoice_of(cast, invoice_id) == ("paid", "1500.00")
    row = checkout_of(data["payment"]["id"])
    assert (row.state, row.payer, row.fee_currency, row.next_ask_at) == ("paid", "visa 4242", "PKR", None)
    again = charge(cast.member, method_id, invoice_id, key="k")
    assert (again.content, again["Idempotency-Replayed"]) == (answer.content, "true")
    late = charge(cast.member, method_id, invoice_id)
    assert (late.status_code, late.json()["code"]) == (400, "invoice_already_paid")
    assert desk.charged() == 1
    verified(cast)


def test_the_message_of_a_charge_changes_nothing_more(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_card(cast.owner, desk), cast.invoice()
    charge(cast.member, method_id, invoice_id)
    desk.deliver(copies=2)
    assert (payments_of(invoice_id), desk.charged()) == ([("stripe", "succeeded")], 1)
    verified(cast)


def test_the_bank_wants_to_ask(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_asking_card(cast, desk), cast.invoice()
    answer = charge(cast.member, method_id, invoice_id, return_url=SUCCESS)
    data = answer.json()["data"]
    payment_id = data["payment"]["id"]
    assert (answer.status_code, data["payment"]["status"], data["action"]["type"]) == (201, "pending", "redirect")
    again = charge(cast.member, method_id, invoice_id, return_url=SUCCESS).json()["data"]
    assert (again["payment"]["id"], again["action"]) == (payment_id, data["action"])
    question = call("POST", data["action"]["url"], "agreed=yes", Content_Type="application/x-www-form-urlencoded")
    assert question.headers["location"].startswith(f"{SUCCESS}?payment_intent=pi_")
    assert refresh(cast.member, payment_id).json()["data"]["status"] == "succeeded"
    assert (invoice_of(cast, invoice_id), desk.charged()) == (("paid", "1000.00"), 1)
    verified(cast)


def test_a_question_that_is_answered_no_is_a_refusal(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_asking_card(cast, desk), cast.invoice()
    payment_id = charge(cast.member, method_id, invoice_id).json()["data"]["payment"]["id"]
    desk.answer_bank(payment_id, agreed=False)
    failed = refresh(cast.member, payment_id).json()["data"]
    assert (failed["status"], failed["failure_reason"]) == (
        "failed",
        "The bank asked for a confirmation that was not given.",
    )
    assert [one["status"] for one in desk.intents(payment_id)] == ["canceled"]
    assert (invoice_of(cast, invoice_id), desk.charged()) == (("pending", "0.00"), 0)


def test_a_question_that_nobody_answers_is_closed(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_asking_card(cast, desk), cast.invoice()
    payment_id = charge(cast.member, method_id, invoice_id).json()["data"]["payment"]["id"]
    with later(minutes=63):
        assert janitor(cast) == 1
    assert payments_of(invoice_id) == [("stripe", "cancelled")]
    assert [one["status"] for one in desk.intents(payment_id)] == ["canceled"]


def test_the_payer_may_cancel_while_the_bank_asks(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_asking_card(cast, desk), cast.invoice()
    payment_id = charge(cast.member, method_id, invoice_id).json()["data"]["payment"]["id"]
    cancelled = cast.member.post(f"{BILLING}payments/{payment_id}/cancel/").json()["data"]
    assert (cancelled["status"], [one["status"] for one in desk.intents(payment_id)]) == ("cancelled", ["canceled"])


def test_declined(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_card(cast.owner, desk, DECLINES), cast.invoice()
    answer = charge(cast.member, method_id, invoice_id, key="k")
    ((method, status),) = payments_of(invoice_id)
    body = answer.json()
    assert (answer.status_code, body["code"], method, status) == (409, "card_declined", "stripe", "failed")
    assert body["error"] == "The bank declined the card. Use another card, or pay another way."
    failed = cast.viewer.get(f"{BILLING}payments/{body['data']['payment_id']}/").json()["data"]
    assert failed["failure_reason"] == "The bank declined the card."
    assert charge(cast.member, method_id, invoice_id, key="k").content == answer.content
    assert (invoice_of(cast, invoice_id), desk.charged()) == (("pending", "0.00"), 0)
    other = save_card(cast.owner, desk)
    assert charge(cast.member, other, invoice_id).status_code == 201
    verified(cast)


def test_refused(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_card(cast.owner, desk), cast.invoice()
    note = cast.owner.post(CARDS, {"payment_method": "stripe", "label": "My card"}).json()["data"]["id"]
    neighbour = make_cast("PK", "PKR")
    absent = str(uuid.uuid4())
    cases: list[tuple[Any, str, int, str]] = [
        (charge(cast.member, note, invoice_id), "a note of theirs", 409, "card_not_usable"),
        (charge(cast.member, absent, invoice_id), "no method", 404, "not_found"),
        (charge(cast.member, method_id, absent), "no invoice", 404, "not_found"),
        (charge(cast.member, method_id, neighbour.invoice()), "another's invoice", 404, "not_found"),
        (charge(neighbour.member, method_id, neighbour.invoice()), "another's card", 404, "not_found"),
        (charge(cast.viewer, method_id, invoice_id), "a viewer", 403, "permission_denied"),
        (
            charge(cast.member, method_id, invoice_id, return_url="https://evil.test/"),
            "a host",
            400,
            "validation_error",
        ),
        (charge(cast.member, method_id, invoice_id, amount="1.00"), "an amount", 400, "validation_error"),
    ]
    for answer, what, status, code in cases:
        assert (what, answer.status_code, answer.json()["code"]) == (what, status, code)
    assert (payments_of(invoice_id), desk.charged()) == ([], 0)


def test_a_card_that_the_gateway_has_forgotten(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_card(cast.owner, desk), cast.invoice()
    (row,) = as_operator(lambda: list(SavedCard.objects.across_accounts().filter(account_id=cast.account.id)))
    desk.stripe("POST", f"/v1/payment_methods/{row.card_handle}/detach")
    answer = charge(cast.member, method_id, invoice_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "card_not_usable")
    assert payments_of(invoice_id) == [("stripe", "cancelled")]
    assert tend_cards(cast) == 1
    assert cast.viewer.get(CARDS).json()["results"] == []


@pytest.mark.parametrize("kind", UNKNOWN)
def test_an_unknown_outcome_is_found_out_and_nothing_is_charged_twice(cast: Cast, desk: Desk, kind: str) -> None:
    method_id, invoice_id = save_card(cast.owner, desk), cast.invoice()
    desk.fail(kind, method="POST", path=INTENTS)
    answer = charge(cast.member, method_id, invoice_id, key="k")
    data = answer.json()["data"]
    assert (answer.status_code, data["action"], data["payment"]["status"]) == (202, None, "processing")
    assert charge(cast.member, method_id, invoice_id, key="k").content == answer.content
    for early in (charge(cast.member, method_id, invoice_id), check_out(cast.member, invoice_id)):
        assert (early.status_code, early.json()["code"]) == (409, "request_in_progress")
    with later(seconds=61):
        assert janitor(cast) == 1
    if kind not in HAPPENED:
        assert payments_of(invoice_id) == [("stripe", "processing")]
        with later(minutes=11):
            assert janitor(cast) == 1
        assert (payments_of(invoice_id), desk.charged()) == ([("stripe", "cancelled")], 0)
        assert charge(cast.member, method_id, invoice_id).status_code == 201
    assert (desk.charged(), invoice_of(cast, invoice_id)) == (1, ("paid", "1000.00"))
    verified(cast)


def test_the_same_charge_is_sent_again_under_its_key(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_card(cast.owner, desk), cast.invoice()
    desk.fail("reset_after", method="POST", path=INTENTS)
    first = charge(cast.member, method_id, invoice_id).json()["data"]["payment"]["id"]
    with later(seconds=61):
        again = charge(cast.member, method_id, invoice_id)
    assert (again.status_code, again.json()["data"]["payment"]["id"]) == (201, first)
    assert (desk.charged(), invoice_of(cast, invoice_id)) == (1, ("paid", "1000.00"))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_crash_between_the_transactions(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """The process dies before the call, or after it: the same key goes on with the same charge."""
    method_id, invoice_id = save_card(cast.owner, desk), cast.invoice()
    really = method_views.open_checkout

    def dies(begun: Any) -> Any:
        if when == "after":
            really(begun)
        raise SystemExit("killed")

    monkeypatch.setattr(method_views, "open_checkout", dies)
    with pytest.raises(SystemExit):
        charge(cast.member, method_id, invoice_id, key="k")
    monkeypatch.undo()
    assert payments_of(invoice_id) == [("stripe", "pending")]
    with later(seconds=61):
        answer = charge(cast.member, method_id, invoice_id, key="k")
    assert (answer.status_code, answer.json()["data"]["payment"]["status"]) == (201, "succeeded")
    assert (desk.charged(), payments_of(invoice_id)) == (1, [("stripe", "succeeded")])
    verified(cast)


def test_the_answer_of_a_charge_that_was_found_out_meanwhile(
    cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    method_id, invoice_id = save_card(cast.owner, desk), cast.invoice()
    really = method_views.open_checkout

    def dies(begun: Any) -> Any:
        really(begun)
        raise SystemExit("killed")

    monkeypatch.setattr(method_views, "open_checkout", dies)
    with pytest.raises(SystemExit):
        charge(cast.member, method_id, invoice_id, key="k")
    monkeypatch.undo()
    with later(seconds=61):
        assert janitor(cast) == 1
    assert payments_of(invoice_id) == [("stripe", "succeeded")]
    with later(seconds=62):
        answer = charge(cast.member, method_id, invoice_id, key="k")
    assert (answer.status_code, answer.json()["data"]["payment"]["status"], desk.charged()) == (201, "succeeded", 1)


def test_an_open_checkout_is_closed_first_and_the_other_way_round(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_card(cast.owner, desk), cast.invoice()
    page = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    assert charge(cast.member, method_id, invoice_id).status_code == 201
    assert [one["status"] for one in desk.sessions(page)] == ["expired"]
    assert payments_of(invoice_id) == [("stripe", "cancelled"), ("stripe", "succeeded")]

    asking, second = save_asking_card(cast, desk), cast.invoice()
    asked = charge(cast.member, asking, second).json()["data"]["payment"]["id"]
    assert check_out(cast.member, second).status_code == 201
    assert [one["status"] for one in desk.intents(asked)] == ["canceled"]
    assert payments_of(second) == [("stripe", "cancelled"), ("stripe", "pending")]


def test_a_checkout_that_was_paid_meanwhile_leaves_nothing_to_charge(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_card(cast.owner, desk), cast.invoice()
    page = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    desk.pay(desk.sessions(page)[0]["id"])
    answer = charge(cast.member, method_id, invoice_id)
    assert (answer.status_code, answer.json()["code"]) == (400, "invoice_already_paid")
    assert (payments_of(invoice_id), desk.charged()) == ([("stripe", "succeeded"), ("stripe", "cancelled")], 1)


def test_two_clicks_at_once_are_one_charge(cast: Cast, desk: Desk) -> None:
    method_id, invoice_id = save_card(cast.owner, desk), cast.invoice()
    other = save_card(cast.owner, desk, "5555555555554444")
    cards = [method_id, other, method_id, other]
    answers = at_once(4, lambda index: charge(cast.member, cards[index], invoice_id))
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 201
    assert {answer.json()["code"] for answer in answers if answer.status_code != 201} <= {
        "request_in_progress",
        "invoice_already_paid",
    }
    assert (desk.charged(), invoice_of(cast, invoice_id)) == (1, ("paid", "1000.00"))
    verified(cast)


def test_a_test_card_is_not_charged_with_a_live_key(cast: Cast, desk: Desk, owner_connection: Any) -> None:
    method_id, invoice_id = save_card(cast.owner, desk), cast.invoice()
    with owner_connection.transaction():
        owner_connection.execute("ALTER TABLE billing_savedcard DISABLE TRIGGER billing_savedcard_guard")
        owner_connection.execute("UPDATE billing_savedcard SET live = true WHERE account_id = %s", [cast.account.id])
        owner_connection.execute("ALTER TABLE billing_savedcard ENABLE TRIGGER billing_savedcard_guard")
    answer = charge(cast.member, method_id, invoice_id)
    assert (answer.status_code, answer.json()["code"], desk.charged()) == (409, "card_not_usable", 0)
