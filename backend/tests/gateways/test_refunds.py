"""`destination: "original"`: money goes back through the gateway once, whatever happens on the way."""

from typing import Any

import pytest
from django.db import connection
from igny8_core.business.billing import tasks
from igny8_core.business.documents.domain.letters import kind_of_event
from tests.api.test_approvals import verified
from tests.cast import ADMIN, BILLING, Cast, limited
from tests.fake_gateway.driving import eventually
from tests.gateways.desk import (
    Desk,
    check_out,
    checkout_of,
    give_back,
    invoice_of,
    janitor,
    later,
    paid_by_card,
    payments_of,
    read_messages,
    refund_rows,
    standing,
)
from tests.races.test_manual_payment_races import at_once

REFUNDS = "/v1/refunds"
SLOW, FAILS_LATER = "4000000000007726", "4000000000005126"


def cash(cast: Cast) -> int:
    """What the gateway holds for us, without its fees."""
    held, fees = standing(cast, "cash:stripe", "gateway_fees")
    return held + fees


def refund_of(cast: Cast, payment_id: str) -> dict[str, Any]:
    """The newest refund of a payment as operators see it."""
    found: dict[str, Any] = cast.support.get(f"{ADMIN}refunds/?payment_id={payment_id}").json()["results"][0]
    return found


def hear(cast: Cast, payment_id: str) -> None:
    """The worker asks the gateway about a payment."""
    tasks.ask_gateway(payment_id, str(cast.account.id))


def test_in_parts_and_as_a_whole(cast: Cast, desk: Desk) -> None:
    invoice_id, payment_id = paid_by_card(cast, desk)
    answer = give_back(cast, payment_id, amount="300.00", reason="Less was used", key="k")
    shown = answer.json()["data"]
    assert (answer.status_code, shown["status"], shown["amount_refunded"]) == (200, "succeeded", "300.00")
    refund = shown["refund"]
    assert (refund["status"], refund["destination"], refund["beneficiary"]) == ("completed", "original", None)
    (at_gateway,) = desk.refunds(payment_id)
    assert (at_gateway["amount"], at_gateway["metadata"]) == (30000, {"payment": payment_id, "refund": refund["id"]})
    again = give_back(cast, payment_id, amount="300.00", reason="Less was used", key="k")
    assert (again.content, len(desk.refunds(payment_id))) == (answer.content, 1)
    rest = give_back(cast, payment_id).json()["data"]
    assert (rest["status"], rest["amount_refunded"], rest["refund"]["amount"]) == ("refunded", "1000.00", "700.00")
    assert (cash(cast), invoice_of(cast, invoice_id)) == (0, ("paid", "1000.00"))
    assert give_back(cast, payment_id).json()["code"] == "invalid_transition"
    verified(cast)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": "1000.01"}, 409, "amount_exceeds_refundable"),
        ({"amount": "0"}, 400, "validation_error"),
        ({"beneficiary": {"name": "Mule", "iban": "DE89370400440532013000"}}, 400, "validation_error"),
    ],
)
def test_what_is_refused_reaches_no_gateway(cast: Cast, desk: Desk, body: Any, status: int, code: str) -> None:
    _, payment_id = paid_by_card(cast, desk)
    answer = give_back(cast, payment_id, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (desk.refunds(payment_id), refund_rows(payment_id)) == ([], [])


def test_a_transfer_has_no_way_back(cast: Cast, desk: Desk) -> None:
    payment_id = cast.submit(cast.invoice()).json()["data"]["id"]
    assert cast.approver.post(f"{ADMIN}payments/{payment_id}/approve/").status_code == 200
    answer = give_back(cast, payment_id)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["destination"])
    assert cast.stranger.post(f"{ADMIN}payments/{payment_id}/refund/", {"destination": "original"}).status_code == 403


def test_above_the_limit_another_operator_sends_it(cast: Cast, desk: Desk) -> None:
    _, payment_id = paid_by_card(cast, desk)
    with limited("500.00"):
        first = give_back(cast, payment_id, amount="500.00").json()["data"]["refund"]
        waiting = give_back(cast, payment_id, amount="0.01").json()["data"]["refund"]
        assert (first["status"], waiting["status"]) == ("completed", "pending_approval")
        assert len(desk.refunds(payment_id)) == 1
        for what in ("mark-paid", "approve"):
            assert cast.finance.post(f"{ADMIN}refunds/{waiting['id']}/{what}/").status_code == 409
        done = cast.approver.post(f"{ADMIN}refunds/{waiting['id']}/approve/").json()["data"]
    assert (done["status"], len(done["approvals"]["given_by"])) == ("completed", 2)
    assert [one["amount"] for one in desk.refunds(payment_id)] == [50000, 1]
    verified(cast)


@pytest.mark.parametrize("kind", ["reset_after", "reset_before", "error_500", "truncate"])
def test_an_unknown_outcome_is_found_out(cast: Cast, desk: Desk, kind: str) -> None:
    _, payment_id = paid_by_card(cast, desk)
    desk.fail(kind, method="POST", path=REFUNDS)
    answer = give_back(cast, payment_id, amount="400.00", key="k")
    refund = answer.json()["data"]["refund"]
    assert (answer.status_code, refund["status"]) == (200, "processing")
    assert cast.finance.post(f"{ADMIN}refunds/{refund['id']}/cancel/").json()["code"] == "invalid_transition"
    assert cast.finance.post(f"{ADMIN}refunds/{refund['id']}/mark-paid/").json()["code"] == "invalid_transition"
    assert give_back(cast, payment_id, amount="400.00", key="k").content == answer.content
    with later(seconds=20):
        assert janitor(cast) == 1
    assert (len(desk.refunds(payment_id)), refund_rows(payment_id)) == (1, [("completed", 40000)])
    verified(cast)


def test_a_gateway_that_is_down_gets_it_later(cast: Cast, desk: Desk) -> None:
    """Not even asked: nothing was sent, and the worker sends it once the gateway is back."""
    _, payment_id = paid_by_card(cast, desk)
    desk.fail("error_500_before", method="GET")
    assert give_back(cast, payment_id).json()["data"]["refund"]["status"] == "processing"
    assert desk.refunds(payment_id) == []
    with later(seconds=20):
        assert janitor(cast) == 1
    assert refund_rows(payment_id) == [("completed", 100000)]


def test_a_stored_failure_is_not_sent_for_ever(cast: Cast, desk: Desk) -> None:
    """The gateway repeats a 500 for the key: nobody takes another key, and after its life the refund has failed."""
    _, payment_id = paid_by_card(cast, desk)
    desk.fail("error_500_before", method="POST", path=REFUNDS, times=99)
    give_back(cast, payment_id)
    with later(hours=19):
        janitor(cast)
        assert refund_rows(payment_id) == [("processing", 100000)]
    with later(hours=21):
        janitor(cast)
    assert (refund_rows(payment_id), desk.refunds(payment_id)) == ([("failed", 100000)], [])
    assert refund_of(cast, payment_id)["failure_reason"] == "The gateway never made this refund."
    verified(cast)


def test_a_crash_between_the_two_transactions(cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes first, the worker or the retry of the key: one refund, and the retry's answer."""
    _, payment_id = paid_by_card(cast, desk)

    def dies(asked: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("igny8_core.business.billing.operator_views.sending.ask", dies)
    with pytest.raises(KeyboardInterrupt):
        give_back(cast, payment_id, amount="10.00", key="k")
    connection.close()
    monkeypatch.undo()
    assert refund_rows(payment_id) == [("processing", 1000)]
    assert give_back(cast, payment_id, amount="10.00", key="k").json()["code"] == "request_in_progress"
    with later(seconds=61):
        answer = give_back(cast, payment_id, amount="10.00", key="k")
        assert answer.json()["data"]["refund"]["status"] == "completed"
        assert janitor(cast) == 0
    assert (len(desk.refunds(payment_id)), refund_rows(payment_id)) == (1, [("completed", 1000)])


def test_on_its_way_for_days(cast: Cast, desk: Desk) -> None:
    _, payment_id = paid_by_card(cast, desk, card=SLOW)
    shown = give_back(cast, payment_id).json()
    assert (shown["data"]["refund"]["status"], shown["data"]["amount_refunded"]) == ("processing", "0.00")
    assert "on its way" in shown["message"]
    with later(days=2):
        assert janitor(cast) == 1
        assert janitor(cast) == 0
    assert refund_rows(payment_id) == [("processing", 100000)]
    desk.post("/stripe/settle_refund", refund=desk.refunds(payment_id)[0]["id"])
    desk.send()
    eventually(lambda: read_messages() and refund_rows(payment_id) == [("completed", 100000)])
    assert payments_of(refund_invoice(cast, payment_id)) == [("stripe", "refunded")]
    verified(cast)


def refund_invoice(cast: Cast, payment_id: str) -> Any:
    """The invoice of a payment."""
    return cast.viewer.get(f"{BILLING}payments/{payment_id}/").json()["data"]["invoice_id"]


@pytest.mark.parametrize("card", [SLOW, FAILS_LATER])
def test_it_comes_back(cast: Cast, desk: Desk, card: str) -> None:
    """On its way or done already: it is owed again, and goes another way."""
    invoice_id, payment_id = paid_by_card(cast, desk, card=card)
    refund_id = give_back(cast, payment_id).json()["data"]["refund"]["id"]
    desk.post("/stripe/fail_refund", refund=desk.refunds(payment_id)[0]["id"])
    desk.send()
    eventually(lambda: read_messages() and refund_rows(payment_id) == [("failed", 100000)])
    shown = cast.support.get(f"{ADMIN}payments/{payment_id}/").json()["data"]
    assert (shown["status"], shown["amount_refunded"], shown["refunded_at"]) == ("succeeded", "0.00", None)
    assert (cash(cast), standing(cast, "refunds_payable")) == (100000, [-100000])
    refund = refund_of(cast, payment_id)
    assert refund["failure_reason"] == "The refund did not reach the payer. lost_or_stolen_card"
    assert refund["failed_at"] is not None
    facts = cast.support.get(f"/api/v1/admin/events/?type=refund.failed&account_id={cast.account.id}").json()
    assert facts["count"] == 1
    verified(cast)
    assert give_back(cast, payment_id).json()["code"] == "amount_exceeds_refundable"
    assert cast.finance.post(f"{ADMIN}refunds/{refund_id}/cancel/").json()["data"]["status"] == "cancelled"
    again = cast.finance.post(f"{ADMIN}payments/{payment_id}/refund/", {"destination": "transfer"}).json()["data"]
    paid = cast.finance.post(f"{ADMIN}refunds/{again['refund']['id']}/mark-paid/").json()["data"]
    assert paid["status"] == "completed"
    assert (cash(cast), standing(cast, "cash:bank_transfer")) == (100000, [-100000])
    assert invoice_of(cast, invoice_id) == ("paid", "1000.00")
    verified(cast)


def test_the_gateway_refuses(cast: Cast, desk: Desk) -> None:
    """Its bank disputes the payment, which nobody here has heard of yet."""
    _, payment_id = paid_by_card(cast, desk)
    session = desk.sessions(payment_id)[0]["id"]
    desk.post("/stripe/dispute", session=session)
    answer = give_back(cast, payment_id, amount="600.00")
    shown = answer.json()
    assert (answer.status_code, shown["data"]["refund"]["status"]) == (200, "failed")
    assert "charge_disputed" in shown["data"]["refund"]["failure_reason"]
    assert "still owed" in shown["message"]
    assert desk.refunds(payment_id) == []
    assert give_back(cast, payment_id, amount="1.00").json()["code"] == "payment_disputed"
    verified(cast)


def test_made_in_the_dashboard(cast: Cast, desk: Desk) -> None:
    """Nobody here asked for it: it is booked once, on the payment it belongs to, and the invoice stays paid."""
    invoice_id, payment_id = paid_by_card(cast, desk)
    other_invoice, other = paid_by_card(cast, desk)
    desk.stripe("POST", REFUNDS, f"payment_intent={desk.intent(payment_id)}&amount=25000")
    desk.send(copies=3)
    eventually(lambda: read_messages() and refund_rows(payment_id) == [("completed", 25000)])
    while read_messages():
        pass
    hear(cast, payment_id)
    assert (refund_rows(payment_id), refund_rows(other)) == ([("completed", 25000)], [])
    refund = refund_of(cast, payment_id)
    assert (refund["reason"], refund["approvals"]["given_by"]) == ("Refunded in the gateway's dashboard.", [])
    assert invoice_of(cast, invoice_id) == invoice_of(cast, other_invoice) == ("paid", "1000.00")
    assert give_back(cast, payment_id, amount="750.01").json()["code"] == "amount_exceeds_refundable"
    assert cash(cast) == 175000
    verified(cast)


def test_more_went_back_than_is_left_here(cast: Cast, desk: Desk) -> None:
    """What cannot be booked by itself is told once."""
    _, payment_id = paid_by_card(cast, desk)
    body = {"destination": "balance", "amount": "900.00"}
    assert cast.finance.post(f"{ADMIN}payments/{payment_id}/refund/", body).status_code == 200
    desk.stripe("POST", REFUNDS, f"payment_intent={desk.intent(payment_id)}&amount=20000")
    for _ in range(2):
        hear(cast, payment_id)
    assert refund_rows(payment_id) == [("completed", 90000)]
    assert "more than is left here" in checkout_of(payment_id).problem
    facts = cast.support.get(f"/api/v1/admin/events/?type=checkout.disagreed&account_id={cast.account.id}").json()
    assert facts["count"] == 1
    verified(cast)


def test_overpaid_money_goes_back_first(cast: Cast, desk: Desk) -> None:
    """A second payment of a settled invoice is balance, and goes back from there."""
    invoice_id = cast.invoice()
    payment_id = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
    transfer = cast.submit(invoice_id).json()["data"]["id"]
    desk.pay(desk.sessions(payment_id)[0]["id"])
    assert cast.approver.post(f"{ADMIN}payments/{transfer}/approve/").status_code == 200
    hear(cast, payment_id)
    assert standing(cast, "customer_balance") == [-100000]
    assert give_back(cast, payment_id).json()["data"]["refund"]["from_balance"] == "1000.00"
    assert (standing(cast, "customer_balance"), cash(cast)) == ([0], 0)
    verified(cast)


def test_two_refunds_at_once(cast: Cast, desk: Desk) -> None:
    _, payment_id = paid_by_card(cast, desk)
    answers = at_once(4, lambda index: give_back(cast, payment_id, amount="600.00"))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200, 409, 409, 409]
    assert [one["amount"] for one in desk.refunds(payment_id)] == [60000]
    assert cash(cast) == 40000
    verified(cast)


def test_no_letter_says_that_a_payment_has_arrived_again() -> None:
    """Its whole refund came back: the payer was told of its arrival long ago."""
    assert kind_of_event("payment.status_changed", {"from": "refunded", "to": "succeeded"}) is None
    assert kind_of_event("payment.status_changed", {"from": "processing", "to": "succeeded"}) is not None
