"""What payers' banks dispute: money that is withdrawn, comes back or is lost, and payments that fail late."""

import os
import random
from typing import Any

import psycopg
import pytest
from igny8_core.business.billing import tasks
from igny8_core.business.billing.domain.disputes import DisputedMoney, next_step
from igny8_core.business.billing.domain.money_back import DisputeStatus
from igny8_core.business.billing.models import Dispute
from igny8_core.business.billing.selectors.disputes import disputes_across_accounts
from tests.api.test_approvals import verified
from tests.cast import ADMIN, BILLING, Cast, as_operator
from tests.fake_gateway.driving import eventually
from tests.gateways.desk import (
    Desk,
    checkout_of,
    give_back,
    invoice_of,
    paid_by_card,
    payments_of,
    read_messages,
    refund_rows,
    standing,
)
from tests.gateways.test_refunds import cash
from tests.races.test_manual_payment_races import at_once

ROUNDS = int(os.environ.get("ROUNDS", "50"))
MIXED = int(os.environ.get("MIXED", "12"))


def dispute(desk: Desk, payment_id: str, **more: Any) -> dict[str, Any]:
    """The payer's bank disputes a payment."""
    found: dict[str, Any] = desk.post("/stripe/dispute", payment_intent=desk.intent(payment_id), **more)
    return found


def close(desk: Desk, opened: dict[str, Any], outcome: str) -> None:
    """The payer's bank decides."""
    desk.post("/stripe/close_dispute", dispute=opened["id"], outcome=outcome)


def hear(cast: Cast, payment_id: str) -> None:
    """The worker asks the gateway about a payment."""
    tasks.ask_gateway(payment_id, str(cast.account.id))


def row(payment_id: str) -> Dispute:
    """The one dispute of a payment."""
    found: Dispute = as_operator(lambda: Dispute.objects.across_accounts().get(payment_id=payment_id))
    return found


def facts(cast: Cast, kind: str) -> int:
    """How many events of a type the account has."""
    return int(cast.support.get(f"/api/v1/admin/events/?type={kind}&account_id={cast.account.id}").json()["count"])


def test_won(cast: Cast, desk: Desk) -> None:
    """The money goes and comes back; the fee stays with the gateway, and the invoice is paid throughout."""
    invoice_id, payment_id = paid_by_card(cast, desk)
    before = standing(cast, "gateway_fees")[0]
    opened = dispute(desk, payment_id, reason="duplicate")
    desk.send(copies=3)
    eventually(lambda: read_messages() and standing(cast, "disputed") == [100000])
    while read_messages():
        pass
    assert (cash(cast), standing(cast, "gateway_fees")[0] - before) == (0, 1500)
    found = row(payment_id)
    assert (found.status, found.money, found.reason) == ("needs_response", "withdrawn", "duplicate")
    assert found.respond_by is not None
    assert [one.id for one in as_operator(lambda: list(disputes_across_accounts()[:500])) if one.id == found.id]
    refused = cast.finance.post(f"{ADMIN}payments/{payment_id}/refund/", {"destination": "balance"})
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_disputed")
    bounced = cast.finance.post(f"{ADMIN}payments/{payment_id}/bounce/", {"reason": "x"})
    assert bounced.json()["code"] == "payment_disputed"
    verified(cast)
    close(desk, opened, "won")
    eventually(lambda: read_messages() and standing(cast, "disputed") == [0])
    assert (cash(cast), invoice_of(cast, invoice_id)) == (100000, ("paid", "1000.00"))
    found = row(payment_id)
    assert (found.status, found.money, found.closed_at is not None) == ("won", "reinstated", True)
    kinds = ("opened", "funds_withdrawn", "funds_reinstated", "status_changed")
    assert [facts(cast, f"dispute.{kind}") for kind in kinds] == [1, 1, 1, 1]
    assert give_back(cast, payment_id).json()["data"]["refund"]["status"] == "completed"
    verified(cast)


def test_lost_as_a_whole(cast: Cast, desk: Desk) -> None:
    """As a bounced transfer: the invoice is due again, and what comes back on appeal is balance."""
    invoice_id, payment_id = paid_by_card(cast, desk)
    opened = dispute(desk, payment_id)
    close(desk, opened, "lost")
    for _ in range(2):
        hear(cast, payment_id)
    assert payments_of(invoice_id) == [("stripe", "failed")]
    assert (invoice_of(cast, invoice_id), cash(cast)) == (("pending", "0.00"), 0)
    assert (row(payment_id).money, standing(cast, "disputed", "dispute_losses")) == ("charged_back", [0, 0])
    verified(cast)
    appeal = {"status": "appeal_under_review"}
    desk.post("/tamper", id=opened["id"], set=appeal)
    hear(cast, payment_id)
    assert (row(payment_id).status, row(payment_id).closed_at) == ("appeal_under_review", None)
    desk.post("/tamper", id=opened["id"], set={"status": "won", "balance_transactions": []})
    hear(cast, payment_id)
    assert (row(payment_id).money, standing(cast, "customer_balance"), cash(cast)) == (
        "returned_late",
        [-100000],
        100000,
    )
    verified(cast)


@pytest.mark.parametrize("how", ["a part", "after a refund"])
def test_lost_in_part(cast: Cast, desk: Desk, how: str) -> None:
    """The payment stands, and what is gone is a loss; won on appeal it is ours again."""
    invoice_id, payment_id = paid_by_card(cast, desk)
    if how == "after a refund":
        assert give_back(cast, payment_id, amount="300.00").status_code == 200
    opened = dispute(desk, payment_id, amount=70000)
    hear(cast, payment_id)
    close(desk, opened, "lost")
    hear(cast, payment_id)
    assert payments_of(invoice_id) == [("stripe", "succeeded")]
    assert (invoice_of(cast, invoice_id), standing(cast, "dispute_losses")) == (("paid", "1000.00"), [70000])
    assert give_back(cast, payment_id, amount="1.00").json()["code"] == "payment_disputed"
    verified(cast)
    desk.post("/tamper", id=opened["id"], set={"status": "won", "balance_transactions": []})
    hear(cast, payment_id)
    assert (row(payment_id).money, standing(cast, "dispute_losses")) == ("reinstated", [0])
    verified(cast)


def test_an_inquiry_moves_no_money(cast: Cast, desk: Desk) -> None:
    _, payment_id = paid_by_card(cast, desk)
    opened = dispute(desk, payment_id, inquiry=True)
    hear(cast, payment_id)
    assert (row(payment_id).money, cash(cast)) == ("untouched", 100000)
    assert give_back(cast, payment_id, amount="100.00").json()["data"]["refund"]["status"] == "completed"
    close(desk, opened, "lost")
    hear(cast, payment_id)
    assert (row(payment_id).status, row(payment_id).money) == ("needs_response", "withdrawn")
    verified(cast)


def test_a_payment_that_fails_late(cast: Cast, desk: Desk) -> None:
    """A gateway takes back what it had called paid: due again; an answer of before we knew of it changes nothing."""
    invoice_id, payment_id = paid_by_card(cast, desk)
    session = desk.sessions(payment_id)[0]
    desk.post("/tamper", id=session["id"], set={"payment_status": "unpaid"})
    desk.post("/tamper", id=session["payment_intent"], set={"status": "requires_payment_method"})
    for _ in range(2):
        hear(cast, payment_id)
    assert payments_of(invoice_id) == [("stripe", "failed")]
    assert (invoice_of(cast, invoice_id), cash(cast)) == (("pending", "0.00"), 0)
    shown = cast.viewer.get(f"{BILLING}payments/{payment_id}/").json()["data"]
    assert shown["failure_reason"] == "The gateway has taken the payment back after it had succeeded."
    verified(cast)


def test_a_late_failure_of_what_was_refunded_is_a_persons(cast: Cast, desk: Desk) -> None:
    invoice_id, payment_id = paid_by_card(cast, desk)
    assert give_back(cast, payment_id, amount="1.00").status_code == 200
    session = desk.sessions(payment_id)[0]
    desk.post("/tamper", id=session["id"], set={"payment_status": "unpaid"})
    desk.post("/tamper", id=session["payment_intent"], set={"status": "requires_payment_method"})
    hear(cast, payment_id)
    assert payments_of(invoice_id) == [("stripe", "succeeded")]
    assert "refunded or is disputed" in checkout_of(payment_id).problem
    verified(cast)


@pytest.mark.parametrize(
    "change", ["amount_minor = 1", "gateway_handle = 'du_x'", "currency = 'USD'", "moves = 0", "payment_id = id"]
)
def test_what_postgresql_refuses(
    cast: Cast, desk: Desk, owner_connection: psycopg.Connection[Any], change: str
) -> None:
    _, payment_id = paid_by_card(cast, desk)
    dispute(desk, payment_id)
    hear(cast, payment_id)
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_connection.execute(f"UPDATE billing_dispute SET {change} WHERE payment_id = %s", [payment_id])
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_connection.execute("DELETE FROM billing_dispute WHERE payment_id = %s", [payment_id])


@pytest.mark.parametrize("money", list(DisputedMoney))
@pytest.mark.parametrize("status", list(DisputeStatus))
def test_steps_come_to_rest(money: DisputedMoney, status: DisputeStatus) -> None:
    for is_taken in (True, False):
        for is_whole in (True, False):
            found, steps = money, 0
            while (after := next_step(found, status, is_taken=is_taken, is_whole=is_whole)) is not found:
                found, steps = after, steps + 1
            assert steps <= 2
            taken = {DisputedMoney.WITHDRAWN, DisputedMoney.LOST, DisputedMoney.CHARGED_BACK}
            assert (found in taken) is is_taken or found is DisputedMoney.RETURNED_LATE


def test_refunds_against_each_other_and_a_dispute(cast: Cast, desk: Desk) -> None:
    """Two refunds of the same money and a dispute at once: what the gateway did is what is booked."""
    payments = [paid_by_card(cast, desk)[1] for _ in range(ROUNDS)]
    for number, payment_id in enumerate(payments):
        intent = desk.intent(payment_id)
        acts = [
            lambda payment_id=payment_id: give_back(cast, payment_id, amount="600.00"),
            lambda payment_id=payment_id: give_back(cast, payment_id, amount="600.00"),
            lambda intent=intent: desk.post("/stripe/dispute", payment_intent=intent),
        ]
        random.Random(number).shuffle(acts)
        at_once(len(acts), lambda index, acts=acts: acts[index]())
        hear(cast, payment_id)
        sent = sum(one["amount"] for one in desk.refunds(payment_id))
        assert sent in (0, 60000)
        done = [amount for status, amount in refund_rows(payment_id) if status == "completed"]
        assert sum(done) == sent
        assert row(payment_id).money == "withdrawn"
    assert_books_agree(cast, desk)


def test_a_random_mix(cast: Cast, desk: Desk) -> None:
    """Payments, partial refunds from both sides, refunds that fail, disputes won and lost: both books agree."""
    chosen = random.Random(7)
    cards = ("4242424242424242", "4000000000007726", "4000000000005126")
    for number in range(MIXED):
        total = chosen.randrange(100_000, 900_000)
        _, payment_id = paid_by_card(cast, desk, f"{total // 100}.{total % 100:02d}", card=cards[number % 3])
        for _ in range(chosen.randrange(3)):
            part = chosen.randrange(1, total // 3)
            if chosen.random() < 0.5:
                give_back(cast, payment_id, amount=f"{part // 100}.{part % 100:02d}")
            else:
                desk.stripe("POST", "/v1/refunds", f"payment_intent={desk.intent(payment_id)}&amount={part}")
        for refund in desk.refunds(payment_id):
            ending = chosen.choice(["settle_refund", "fail_refund", ""])
            if ending:
                desk.post(f"/stripe/{ending}", refund=refund["id"])
            if ending != "fail_refund":
                desk.post("/stripe/settle_refund", refund=refund["id"])
        if chosen.random() < 0.6:
            left = total - sum(one["amount"] for one in desk.refunds(payment_id) if one["status"] != "failed")
            opened = dispute(desk, payment_id, amount=left)
            ending = chosen.choice(["won", "lost", ""])
            if chosen.random() < 0.5:
                hear(cast, payment_id)
            if ending:
                close(desk, opened, ending)
        for _ in range(2):
            hear(cast, payment_id)
    assert_books_agree(cast, desk)


def assert_books_agree(cast: Cast, desk: Desk) -> None:
    """What the gateway holds for us and has kept, to the last unit."""
    books = desk.get("/books")["stripe"]
    assert standing(cast, "cash:stripe", "gateway_fees") == [
        books["net"]["pkr"]["amount"],
        books["fees"]["pkr"]["amount"],
    ]
    verified(cast)
