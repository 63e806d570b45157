"""A gateway that fails after the effect, before it, or not at all: nobody is charged twice and no charge is lost."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection
from fake_gateway.running import Running
from igny8_core.business.billing import views
from igny8_core.business.billing.gateways.stripe import client
from igny8_core.business.billing.services import gateways
from tests.api.test_approvals import verified
from tests.cast import Cast
from tests.gateways.desk import SESSIONS, Desk, check_out, checkout_of, invoice_of, janitor, later, payments_of, refresh
from tests.races.test_manual_payment_races import at_once

UNKNOWN = ("reset_after", "reset_before", "error_500", "error_500_before", "truncate")
HAPPENED = ("reset_after", "error_500", "truncate")


@pytest.mark.parametrize("kind", UNKNOWN)
def test_an_unknown_outcome_is_found_out(cast: Cast, desk: Desk, kind: str) -> None:
    invoice_id = cast.invoice()
    desk.fail(kind, method="POST", path=SESSIONS)
    answer = check_out(cast.member, invoice_id, key="k")
    data = answer.json()["data"]
    payment_id = data["payment"]["id"]
    assert (answer.status_code, data["action"], data["payment"]["status"]) == (202, None, "processing")
    assert check_out(cast.member, invoice_id, key="k").content == answer.content
    early = check_out(cast.member, invoice_id)
    assert (early.status_code, early.json()["code"]) == (409, "request_in_progress")
    with later(seconds=20):
        assert janitor(cast) == 1
    if kind not in HAPPENED:
        assert payments_of(invoice_id) == [("stripe", "processing")]
        with later(minutes=11):
            assert janitor(cast) == 1
        assert payments_of(invoice_id) == [("stripe", "cancelled")]
        assert desk.sessions() == []
        assert check_out(cast.member, invoice_id).status_code == 201
        return
    (session,) = desk.sessions()
    again = check_out(cast.member, invoice_id).json()["data"]
    assert (again["payment"]["id"], again["action"]["url"]) == (payment_id, session["url"])
    desk.pay(session["id"])
    assert refresh(cast.member, payment_id).json()["data"]["status"] == "succeeded"
    assert (desk.charged(), invoice_of(cast, invoice_id)) == (1, ("paid", "1000.00"))
    verified(cast)


def test_the_same_order_is_sent_again_under_its_key(cast: Cast, desk: Desk) -> None:
    """A payer who tries again after a minute gets the checkout that the lost answer was about."""
    invoice_id = cast.invoice()
    desk.fail("reset_after", method="POST", path=SESSIONS)
    first = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    with later(seconds=61):
        again = check_out(cast.member, invoice_id)
    assert (again.status_code, again.json()["data"]["payment"]["id"]) == (201, first)
    assert len(desk.sessions()) == 1


@pytest.mark.parametrize("kind", ["rate_limit", "closed"])
def test_where_certainly_nothing_happened(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    invoice_id = cast.invoice()
    if kind == "closed":
        broken = client.Stripe(client.StripeSettings("sk_test_1", "whsec_1", live=False, api_base="http://127.0.0.1:9"))
        monkeypatch.setattr(gateways, "_made", lambda variables: {"stripe": broken})
    else:
        desk.fail(kind, method="POST", path=SESSIONS)
    answer = check_out(cast.member, invoice_id, key="k")
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "gateway_unavailable", "10")
    assert payments_of(invoice_id) == [("stripe", "cancelled")]
    assert desk.sessions() == []
    monkeypatch.undo()
    # The key was given back: the same request works once the gateway does.
    assert check_out(cast.member, invoice_id, key="k").status_code == 201


def test_a_key_that_the_gateway_refuses(cast: Cast, desk: Desk, gateway: Running, monkeypatch: Any) -> None:
    wrong = client.Stripe(client.StripeSettings("sk_test_no", "whsec_1", live=False, api_base=gateway.address))
    monkeypatch.setattr(gateways, "_made", lambda variables: {"stripe": wrong})
    answer = check_out(cast.member, cast.invoice())
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_unavailable")


class Killed(BaseException):
    """The process dies here."""


def _before_the_call(begun: Any) -> Any:
    raise Killed


def _after_the_call(begun: Any) -> Any:
    found = open_checkout(begun)
    assert found.started is not None
    raise Killed


open_checkout = views.open_checkout


@pytest.mark.parametrize("dies", [_before_the_call, _after_the_call])
def test_a_crash_between_the_two_transactions(
    cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch, dies: Callable[[Any], Any]
) -> None:
    invoice_id = cast.invoice()
    monkeypatch.setattr(views, "open_checkout", dies)
    with pytest.raises(Killed):
        check_out(cast.member, invoice_id, key="k")
    monkeypatch.undo()
    desk_sessions = 0 if dies is _before_the_call else 1
    assert (payments_of(invoice_id), len(desk.sessions())) == ([("stripe", "pending")], desk_sessions)
    early = check_out(cast.member, invoice_id, key="k")
    assert (early.status_code, early.json()["code"]) == (409, "request_in_progress")
    assert 0 < int(early["Retry-After"]) <= 60
    with later(seconds=61):
        answers = [check_out(cast.member, invoice_id, key="k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    (session,) = desk.sessions()
    assert session["client_reference_id"] == answers[0].json()["data"]["payment"]["id"]
    assert payments_of(invoice_id) == [("stripe", "pending")]


def test_a_crash_that_nobody_comes_back_from(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    invoice_id = cast.invoice()
    monkeypatch.setattr(views, "open_checkout", _after_the_call)
    with pytest.raises(Killed):
        check_out(cast.member, invoice_id)
    monkeypatch.undo()
    (session,) = desk.sessions()
    desk.pay(session["id"])
    with later(seconds=61):
        assert janitor(cast) == 1
    assert payments_of(invoice_id) == [("stripe", "succeeded")]
    assert invoice_of(cast, invoice_id) == ("paid", "1000.00")
    verified(cast)


def test_a_gateway_that_hangs_holds_nothing(
    cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch, owner_connection: psycopg.Connection[Any]
) -> None:
    """Neither the invoice nor the account is locked meanwhile, and the connection is back in the pool."""
    invoice_id = cast.invoice()
    inside, go_on = threading.Event(), threading.Event()

    def slow(begun: Any) -> Any:
        assert connection.connection is None
        inside.set()
        assert go_on.wait(20)
        return open_checkout(begun)

    monkeypatch.setattr(views, "open_checkout", slow)
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(check_out(cast.member, invoice_id)))
    thread.start()
    assert inside.wait(20)
    for table, row in (("billing_invoice", invoice_id), ("accounts_account", cast.account.id)):
        owner_connection.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE NOWAIT", [row])
    assert cast.submit(invoice_id).status_code == 201
    go_on.set()
    thread.join(20)
    assert [answer.status_code for answer in answers] == [201]


def test_a_time_out_is_an_unknown_outcome(cast: Cast, desk: Desk, gateway: Running, monkeypatch: Any) -> None:
    monkeypatch.setattr(client, "READ_SECONDS", 0.3)
    keys = gateway.gateway.keys
    settings = client.StripeSettings(keys.stripe_secret_key, "whsec_1", live=False, api_base=gateway.address)
    monkeypatch.setattr(gateways, "_made", lambda variables: {"stripe": client.Stripe(settings)})
    desk.fail("hang", method="POST", path=SESSIONS, seconds=2.0)
    invoice_id = cast.invoice()
    assert check_out(cast.member, invoice_id).status_code == 202
    with later(seconds=20):
        assert janitor(cast) == 1
    assert len(desk.sessions()) == 1


def test_a_slow_gateway_is_no_ones_whole_server(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways, "_outside", threading.BoundedSemaphore(1))
    with gateways.calling("stripe"):
        answer = check_out(cast.member, cast.invoice())
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_unavailable")
    assert check_out(cast.member, cast.invoice()).status_code == 201


def test_nothing_is_called_inside_a_transaction(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "begin_checkout", lambda **_: gateways.calling("stripe").__enter__())
    answer = check_out(cast.member, cast.invoice())
    assert answer.status_code == 500


def test_who_gives_no_answer_is_given_up(cast: Cast, desk: Desk) -> None:
    """The waits double up to an hour, and after three days an operator is told."""
    desk.fail("error_500_before", times=10_000)
    invoice_id = cast.invoice()
    payment_id = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    asked = 0
    for minutes in (1, 5, 30, 60, 120, 600, 60 * 24 * 3 + 10):
        with later(minutes=minutes):
            asked += janitor(cast)
    row = checkout_of(payment_id)
    assert (asked, row.next_ask_at, row.problem[:31]) == (7, None, "The gateway gave no answer for ")
    with later(days=5):
        assert janitor(cast) == 0
    assert payments_of(invoice_id) == [("stripe", "processing")]
    desk.call_off()
    # An operator asks again: it was never opened.
    assert cast.support.post(f"/api/v1/admin/billing/payments/{payment_id}/refresh/").status_code == 403
    with later(days=5):
        answer = cast.approver.post(f"/api/v1/admin/billing/payments/{payment_id}/refresh/")
    assert (answer.status_code, answer.json()["data"]["status"]) == (200, "cancelled")


def test_payers_at_once_get_one_checkout(cast: Cast, desk: Desk) -> None:
    invoice_id = cast.invoice()
    answers = at_once(8, lambda _: check_out(cast.member, invoice_id))
    found = Counter(answer.status_code for answer in answers)
    assert set(found) <= {201, 409}
    assert found[201] >= 1
    assert len({answer.json()["data"]["payment"]["id"] for answer in answers if answer.status_code == 201}) == 1
    assert len(desk.sessions()) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"request_in_progress"}
