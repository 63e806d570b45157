"""Operators race each other and the payer: one effect each, nothing beyond the total, not a single 5xx."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from tests.api.test_approvals import balance, decide, verified
from tests.cast import ADMIN, BILLING, Cast, seen
from tests.races.test_manual_payment_races import at_once

PAYMENTS, APPROVERS = 200, 20
BUSY_TRIES = 5


def submissions(cast: Cast, count: int) -> list[str]:
    return [cast.submit(cast.invoice(), f"ref {index}").json()["data"]["id"] for index in range(count)]


@pytest.mark.slow
def test_two_hundred_payments_twenty_approvals_each(cast: Cast, owner_connection: Any) -> None:
    ids = submissions(cast, PAYMENTS)

    def approve(payment_id: str) -> int:
        """As the server does, give the connection back after each request: there are fewer of them than threads.

        Twenty threads of one process on a busy machine can keep one waiting for the row past its lock_timeout: it is
        told to come again (503, Retry-After) and does, as a client would.
        """
        for _ in range(BUSY_TRIES):
            try:
                answer = decide(cast.approver, payment_id, "approve")
            finally:
                connection.close()
            if answer.status_code != 503:
                return int(answer.status_code)
            assert answer["Retry-After"] == "1"
        return 503

    answers = at_once(APPROVERS, lambda index: [approve(payment_id) for payment_id in ids])
    for each in zip(*answers, strict=True):
        assert Counter(each) == {200: 1, 409: APPROVERS - 1}
    counted = owner_connection.execute(
        "SELECT count(*), count(DISTINCT source_id), sum(l.amount_minor) FROM ledger_journal j JOIN ledger_journalline l"
        " ON l.journal_id = j.id WHERE j.account_id = %s AND j.kind = 'payment_settled' AND l.code = 'receivable'",
        [cast.account.id],
    ).fetchone()
    assert counted == (PAYMENTS, PAYMENTS, -PAYMENTS * 100_000)
    verified(cast)


def test_approve_reject_and_cancel_meet(cast: Cast) -> None:
    ids = submissions(cast, 20)
    conflicts = 0
    for payment_id in ids:
        actions = (
            lambda payment_id=payment_id: decide(cast.approver, payment_id, "approve"),
            lambda payment_id=payment_id: decide(cast.second_approver, payment_id, "reject", {"reason": "No"}),
            lambda payment_id=payment_id: cast.member.post(f"{BILLING}payments/{payment_id}/cancel/"),
        )
        codes = Counter(answer.status_code for answer in at_once(3, lambda index, a=actions: a[index]()))
        assert codes == {200: 1, 409: 2}
        conflicts += codes[409]
    assert conflicts == 40
    verified(cast)


def test_ten_times_thirty_percent(cast: Cast) -> None:
    """Ten claims of a tenth each, of which every one turns out to have brought 30 %, approved twice at the same time."""
    invoice_id = cast.invoice("1000.01")
    claims = [cast.submit(invoice_id, f"part {index}", amount="100.00") for index in range(10)]
    ids = [claim.json()["data"]["id"] for claim in claims]
    received = seen("300.03")
    answers = at_once(20, lambda index: decide(cast.approver, ids[index % 10], "approve", received))
    assert Counter(answer.status_code for answer in answers) == {200: 10, 409: 10}
    shown = cast.viewer.get(f"{BILLING}invoices/{invoice_id}/").json()["data"]
    assert (shown["status"], shown["amount_paid"], balance(cast)) == ("paid", "1000.01", "2000.29")
    kept = [answer.json()["data"]["to_balance"] for answer in answers if answer.status_code == 200]
    assert sorted(kept) == ["0.00", "0.00", "0.00", "200.11", *["300.03"] * 6]
    verified(cast)


def test_recorded_money_meets_approvals(cast: Cast) -> None:
    """Both pay one invoice: what is recorded for more than is due by then is refused, what was submitted is kept."""
    invoice_id = cast.invoice("1000.00")
    claims = [cast.submit(invoice_id, f"part {index}", amount="300.00") for index in range(3)]
    ids = [claim.json()["data"]["id"] for claim in claims]
    body = {
        "account_id": str(cast.account.id),
        "payment_method": "bank_transfer",
        "amount": "300.00",
        "value_date": "2026-01-05",
        "allocations": [{"invoice_id": str(invoice_id), "amount": "300.00"}],
    }

    def act(index: int) -> Any:
        if index < 3:
            return decide(cast.approver, ids[index], "approve")
        return cast.finance.post(f"{ADMIN}payments/record/", {**body, "reference": f"rec {index}"})

    codes = Counter(answer.status_code for answer in at_once(10, act))
    assert set(codes) <= {200, 201, 400, 409}
    assert codes[400] + codes[409] >= 4
    shown = cast.viewer.get(f"{BILLING}invoices/{invoice_id}/").json()["data"]
    assert Decimal(shown["amount_paid"]) <= 1000
    assert 300 * (codes[200] + codes[201]) == Decimal(shown["amount_paid"]) + Decimal(balance(cast))
    verified(cast)


def test_money_for_no_invoice_is_decided_once(cast: Cast, limit: None) -> None:
    """There is no invoice whose lock would order the deciders: the payment's own has to."""
    body = {
        "account_id": str(cast.account.id),
        "payment_method": "bank_transfer",
        "reference": "BIG",
        "value_date": "2026-01-05",
        "amount": "600000.00",
    }
    payment_id = cast.finance.post(f"{ADMIN}payments/record/", body).json()["data"]["id"]
    assert decide(cast.approver, payment_id, "approve").json()["data"]["status"] == "pending_approval"

    def act(index: int) -> int:
        if index % 2:
            return int(decide(cast.second_approver, payment_id, "approve").status_code)
        return int(decide(cast.approver, payment_id, "reject", {"reason": "No"}).status_code)

    assert Counter(at_once(10, act)) == {200: 1, 409: 9}
    shown = cast.support.get(f"{ADMIN}payments/{payment_id}/").json()["data"]
    assert (shown["status"], balance(cast)) in {("succeeded", "600000.00"), ("failed", "0.00")}
    verified(cast)


def test_credits_from_fifty_threads(cast: Cast) -> None:
    path = f"/api/v1/admin/accounts/{cast.account.id}/credits/"
    cast.admin.post(f"{path}adjust/", {"credits": 100, "reason": "Start"})
    codes = Counter(
        answer.status_code for answer in at_once(50, lambda _: cast.admin.post(f"{path}consume/", {"credits": 7}))
    )
    assert codes == {200: 14, 409: 36}
    assert cast.viewer.get(f"{BILLING}credits/balance/").json()["data"]["credits"] == 2
    verified(cast)


def test_refunds_race_for_the_same_money(cast: Cast) -> None:
    (payment_id,) = submissions(cast, 1)
    decide(cast.approver, payment_id, "approve")
    answers = at_once(10, lambda _: decide(cast.finance, payment_id, "refund", {"amount": "300.00"}))
    assert Counter(answer.status_code for answer in answers) == {200: 3, 409: 7}
    assert balance(cast) == "900.00"
    verified(cast)


def test_the_balance_is_spent_once(cast: Cast) -> None:
    payment = cast.submit(cast.invoice(), "over").json()["data"]["id"]
    decide(cast.approver, payment, "approve", seen("1500.00"))
    invoices = [cast.invoice("400.00") for _ in range(6)]
    answers = at_once(6, lambda index: cast.finance.post(f"{ADMIN}invoices/{invoices[index]}/apply-balance/"))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["data"]["amount_paid"] for answer in answers) == [
        "0.00",
        "0.00",
        "0.00",
        "0.00",
        "100.00",
        "400.00",
    ]
    assert balance(cast) == "0.00"
    verified(cast)


DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def test_bounces_voids_and_settlements_take_their_locks_in_one_order(cast: Cast, owner_connection: Any) -> None:
    """All of them move several balances of one account; taken balance by balance they deadlock, and are repeated."""
    rounds = 12
    over = [cast.submit(cast.invoice(), f"over {index}").json()["data"]["id"] for index in range(rounds)]
    for payment_id in over:
        assert decide(cast.approver, payment_id, "approve", seen("1100.00")).status_code == 200
    voided = [cast.invoice("50.00") for _ in range(rounds)]
    for invoice_id in voided[: rounds // 2]:
        cast.finance.post(f"{ADMIN}invoices/{invoice_id}/apply-balance/")
    drafts = [cast.invoice("30.00", final=False) for _ in range(rounds)]
    fresh = [cast.submit(cast.invoice(), f"fresh {index}").json()["data"]["id"] for index in range(rounds)]
    (before,) = owner_connection.execute(DEADLOCKS).fetchone()

    def act(worker: int) -> list[int]:
        codes = []
        for index in range(rounds):
            if worker == 0:
                answer = decide(cast.finance, over[index], "bounce", {"reason": "Returned"})
            elif worker == 1:
                answer = decide(cast.approver, fresh[index], "approve", seen("995.00"))
            elif worker == 2:
                answer = cast.finance.post(f"{ADMIN}invoices/{voided[index]}/void/")
            else:
                answer = cast.finance.post(f"{ADMIN}invoices/{drafts[index]}/finalize/", {"apply_balance": True})
            connection.close()
            codes.append(answer.status_code)
        return codes

    codes = at_once(4, act)
    assert set(codes[0] + codes[1] + codes[3]) == {200}
    assert set(codes[2]) <= {200, 409}, "an invoice that the balance has paid wholly is not voided"
    owner_connection.execute("SELECT pg_stat_force_next_flush(), pg_sleep(1.1)")
    owner_connection.execute("SELECT pg_stat_clear_snapshot()")
    assert owner_connection.execute(DEADLOCKS).fetchone() == (before,)
    verified(cast)
