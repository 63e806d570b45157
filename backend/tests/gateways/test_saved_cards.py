"""`payment-methods/cards/`: a card is kept once its gateway says so, as it says, and until either side forgets it."""

import json
from dataclasses import replace

import psycopg
import pytest
from django.conf import settings
from igny8_core.business.billing.models import GatewayMessage, SavedCard
from igny8_core.events.models import Event
from igny8_core.http.models import IdempotencyRecord
from tests.cast import Cast, as_operator, make_cast
from tests.gateways.desk import (
    CANCEL,
    CARDS,
    SESSIONS,
    SUCCESS,
    Desk,
    card_row,
    enter_card,
    later,
    page_of,
    save_card,
    tend_cards,
)

VISA = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034}


def saved(cast: Cast) -> list[tuple[str, str]]:
    """Label and digits of the account's saved methods."""
    listed = cast.viewer.get(CARDS).json()["results"]
    return [(one["label"], one["card"] and one["card"]["last4"]) for one in listed]


def facts(cast: Cast) -> list[str]:
    """What the event log has of saved methods, oldest first."""
    rows = Event.objects.filter(account_id=cast.account.id, type__startswith="payment_method.")
    found: list[str] = as_operator(lambda: list(rows.order_by("seq").values_list("type", flat=True)))
    return found


def test_a_card_is_saved(cast: Cast, desk: Desk) -> None:
    answer = enter_card(cast.owner)
    setup = answer.json()["data"]
    assert (answer.status_code, setup["status"], setup["method"]) == (201, "open", None)
    session = desk.stripe("GET", f"{SESSIONS}/{page_of(setup)}").json()
    assert setup["action"] == {"type": "redirect", "url": session["url"]}
    assert (session["mode"], session["client_reference_id"], session["success_url"]) == ("setup", setup["id"], SUCCESS)
    refresh = f"{CARDS}cards/{setup['id']}/refresh/"
    assert cast.owner.post(refresh).json()["data"] == setup
    assert saved(cast) == []

    desk.pay(session["id"])
    done = cast.owner.post(refresh).json()["data"]
    assert (done["status"], done["action"]) == ("saved", None)
    shown = {name: done["method"][name] for name in ("payment_method", "label", "details", "is_default", "card")}
    assert shown == {
        "payment_method": "stripe",
        "label": "Visa ···· 4242",
        "details": {},
        "is_default": False,
        "card": VISA,
    }
    assert cast.viewer.get(CARDS).json()["results"] == [done["method"]]
    assert cast.owner.post(refresh).json()["data"] == done
    assert facts(cast) == ["payment_method.saved"]


def test_a_message_says_it_too(cast: Cast, desk: Desk) -> None:
    setup = enter_card(cast.owner).json()["data"]
    desk.pay(page_of(setup))
    desk.deliver(copies=3)
    assert saved(cast) == [("Visa ···· 4242", "4242")]
    assert facts(cast) == ["payment_method.saved"]
    told = GatewayMessage.objects.filter(reference=setup["id"])
    assert as_operator(lambda: sorted(told.values_list("kind", "outcome"))) == [
        ("checkout.session.completed", "done"),
        ("setup_intent.succeeded", "done"),
    ]


def test_refused(cast: Cast, desk: Desk) -> None:
    body = {"payment_method": "stripe", "success_url": SUCCESS, "cancel_url": CANCEL}
    for change, field in (
        ({"payment_method": "bank_transfer"}, "payment_method"),
        ({"success_url": "https://evil.test/"}, "success_url"),
        ({"cancel_url": ""}, "cancel_url"),
        ({"number": "4242424242424242"}, "number"),
    ):
        answer = cast.owner.post(f"{CARDS}cards/", {**body, **change})
        assert (answer.status_code, set(answer.json()["errors"])) == (400, {field})
    answer = cast.owner.post(f"{CARDS}cards/", {**body, "payment_method": "paypal"})
    assert (answer.status_code, answer.json()["code"]) == (400, "method_not_available")
    assert desk.sessions() == []


def test_without_a_key_no_card_can_be_saved(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, variables={}))
    answer = enter_card(cast.owner)
    assert (answer.status_code, answer.json()["code"]) == (400, "method_not_available")


@pytest.mark.parametrize("kind", ["reset_after", "error_500", "rate_limit", "reset_before"])
def test_a_page_that_nobody_has_the_address_of_is_over(cast: Cast, desk: Desk, kind: str) -> None:
    desk.fail(kind, method="POST", path=SESSIONS)
    answer = enter_card(cast.owner, key="k")
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_unavailable")
    again = enter_card(cast.owner, key="k")
    assert again.status_code == 201
    assert enter_card(cast.owner, key="k").content == again.content
    states = SavedCard.objects.across_accounts().filter(account_id=cast.account.id).order_by("begun_at")
    assert as_operator(lambda: list(states.values_list("state", flat=True))) == ["ended", "open"]


def test_a_card_that_is_not_entered_is_no_card(cast: Cast, desk: Desk) -> None:
    setup = enter_card(cast.owner).json()["data"]
    desk.pay(page_of(setup), card="4000000000000002")
    assert cast.owner.post(f"{CARDS}cards/{setup['id']}/refresh/").json()["data"]["status"] == "open"
    desk.post("/clock", advance_seconds=3700)
    with later(minutes=63):
        assert tend_cards(cast) == 1
    assert (card_row(setup["id"]).state, saved(cast)) == ("ended", [])
    desk.post("/clock", offset_seconds=0)


def test_three_d_secure_on_the_gateways_page(cast: Cast, desk: Desk) -> None:
    setup = enter_card(cast.owner).json()["data"]
    assert desk.pay(page_of(setup), card="4000002500003155")["outcome"] == "requires_action"
    refresh = f"{CARDS}cards/{setup['id']}/refresh/"
    assert cast.owner.post(refresh).json()["data"]["status"] == "open"
    desk.post("/stripe/authenticate", session=page_of(setup), agreed=True)
    assert cast.owner.post(refresh).json()["data"]["method"]["card"]["last4"] == "3155"


def test_a_page_of_another_card_keeps_nothing(cast: Cast, desk: Desk) -> None:
    setup = enter_card(cast.owner).json()["data"]
    desk.pay(page_of(setup))
    desk.post("/tamper", id=page_of(setup), set={"client_reference_id": "another"})
    assert cast.owner.post(f"{CARDS}cards/{setup['id']}/refresh/").json()["data"]["status"] == "ended"
    assert saved(cast) == []


def test_removed_here_is_forgotten_there(cast: Cast, desk: Desk) -> None:
    method_id = save_card(cast.owner, desk)
    (row,) = as_operator(lambda: list(SavedCard.objects.across_accounts().filter(account_id=cast.account.id)))
    assert len(desk.cards(row.customer)) == 1
    assert cast.owner.call("DELETE", f"{CARDS}{method_id}/").status_code == 200
    assert saved(cast) == []
    desk.fail("error_500", method="POST", path="/v1/payment_methods")
    assert tend_cards(cast) == 1
    assert card_row(str(row.id)).state == "removing"
    with later(minutes=2):
        assert tend_cards(cast) == 1
    assert (card_row(str(row.id)).state, desk.cards(row.customer)) == ("removed", [])
    with later(days=1):
        assert tend_cards(cast) == 0
    assert facts(cast) == ["payment_method.saved", "payment_method.removed"]


def test_forgotten_there_is_removed_here(cast: Cast, desk: Desk) -> None:
    save_card(cast.owner, desk)
    (row,) = as_operator(lambda: list(SavedCard.objects.across_accounts().filter(account_id=cast.account.id)))
    desk.stripe("POST", f"/v1/payment_methods/{row.card_handle}/detach")
    desk.deliver()
    assert (card_row(str(row.id)).state, saved(cast)) == ("removed", [])
    assert facts(cast) == ["payment_method.saved", "payment_method.removed"]


def test_a_renewed_card_is_shown_as_it_is(cast: Cast, desk: Desk) -> None:
    method_id = save_card(cast.owner, desk)
    (row,) = as_operator(lambda: list(SavedCard.objects.across_accounts().filter(account_id=cast.account.id)))
    desk.post("/stripe/renew_card", payment_method=row.card_handle, last4="1881", exp_month=3, exp_year=2036)
    desk.deliver()
    shown = cast.viewer.get(f"{CARDS}{method_id}/").json()["data"]
    assert (shown["label"], shown["card"]) == (
        "Visa ···· 1881",
        {**VISA, "last4": "1881", "exp_month": 3, "exp_year": 2036},
    )
    assert facts(cast) == ["payment_method.saved", "payment_method.updated"]


def test_what_a_card_is_nobody_types(cast: Cast, desk: Desk) -> None:
    method_id = save_card(cast.owner, desk)
    path = f"{CARDS}{method_id}/"
    answer = cast.owner.call("PATCH", path, {"details": {"last_four": "1111"}, "payment_method": "bank_transfer"})
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"details", "payment_method"})
    renamed = cast.owner.call("PATCH", path, {"label": "The company's"}).json()["data"]
    assert (renamed["label"], renamed["card"]) == ("The company's", VISA)
    assert cast.owner.post(f"{path}set_default/").json()["data"]["card"] == VISA


def test_two_accounts_share_no_customer_and_no_card(cast: Cast, desk: Desk) -> None:
    neighbour = make_cast("PK", "PKR")
    first, second = save_card(cast.owner, desk), save_card(cast.owner, desk, "5555555555554444")
    other = save_card(neighbour.owner, desk)
    rows = as_operator(lambda: list(SavedCard.objects.across_accounts().order_by("begun_at")))
    own = {row.customer for row in rows if row.account_id == cast.account.id}
    theirs = {row.customer for row in rows if row.account_id == neighbour.account.id}
    assert (len(own), len(theirs), own & theirs) == (1, 1, set())
    for method_id in (first, second):
        assert neighbour.owner.get(f"{CARDS}{method_id}/").status_code == 404
        assert neighbour.owner.call("DELETE", f"{CARDS}{method_id}/").status_code == 404
    assert [one["id"] for one in neighbour.viewer.get(CARDS).json()["results"]] == [other]


def test_a_customer_that_was_deleted_there_is_made_anew(cast: Cast, desk: Desk) -> None:
    save_card(cast.owner, desk)
    (row,) = as_operator(lambda: list(SavedCard.objects.across_accounts().filter(account_id=cast.account.id)))
    assert desk.stripe("DELETE", f"/v1/customers/{row.customer}").status == 200
    save_card(cast.owner, desk, "5555555555554444")
    customers = SavedCard.objects.across_accounts().filter(account_id=cast.account.id)
    assert len(set(as_operator(lambda: list(customers.values_list("customer", flat=True))))) == 2


def test_postgresql_holds_to_it(
    cast: Cast, desk: Desk, owner_connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    save_card(cast.owner, desk)
    for change in ("card_handle = 'pm_other'", "customer = 'cus_other'", "setup_handle = 'cs_other'", "live = true"):
        with pytest.raises(psycopg.errors.RestrictViolation), owner_connection.transaction():
            owner_connection.execute(f"UPDATE billing_savedcard SET {change} WHERE account_id = '{cast.account.id}'")
    with pytest.raises(psycopg.errors.RestrictViolation), owner_connection.transaction():
        owner_connection.execute(f"DELETE FROM billing_savedcard WHERE account_id = '{cast.account.id}'")


def test_no_secret_of_the_gateways_is_told_or_kept(cast: Cast, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    method_id = save_card(cast.owner, desk)
    answers = [cast.viewer.get(f"{CARDS}{method_id}/").content.decode(), cast.viewer.get(CARDS).content.decode()]
    (row,) = as_operator(lambda: list(SavedCard.objects.across_accounts().filter(account_id=cast.account.id)))
    events = as_operator(lambda: [json.dumps(one.data) for one in Event.objects.filter(account_id=cast.account.id)])
    kept = as_operator(lambda: [str(bytes(one.body or b"")) for one in IdempotencyRecord.objects.all()])
    everything = "\n".join([*answers, *events, *kept, *(record.getMessage() for record in caplog.records)])
    for secret in (row.card_handle, row.customer, "_secret_"):
        assert secret not in everything
