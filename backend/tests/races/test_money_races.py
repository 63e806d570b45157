"""Operators race each other and the payer: one effect each, nothing beyond the total, not a single 5xx."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from tests.api.test_approvals import balance, decide, verified
from tests.cast import ADMIN, BILLING, Cast
from tests.races.test_manual_payment_races import at_once

PAYMENTS, APPROVERS = 200, 20


def submissions(cast: Cast, count: int) -> list[str]:
    return [cast.submit(cast.invoice(), f"ref {index}").json()["data"]["id"] for index in range(count)]


@pytest.mark.slow
def test_two_hundred_payments_twenty_approvals_each(cast: Cast, owner_connection: Any) -> None:
    ids = submissions(cast, PAYMENTS)

    def approve(payment_id: str) -> int:
        """As the server does, give the connection back after each request: there are fewer of them than threads."""
        try:
            return int(decide(cast.approver, payment_id, "approve").status_code)
        finally:
            connection.close()

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
    invoice_id = cast.invoice("1000.00")
    body = {
        "account_id": str(cast.account.id), "payment_method": "bank_transfer", "amount": "300.00",
        "value_date": "2026-01-05",
    }  # fmt: skip
    claims = [cast.submit(invoice_id, f"part {index}", amount="300.00") for index in range(3)]
    ids = [claim.json()["data"]["id"] for claim in claims]
    recorded = [{**body, "reference": f"rec {index}"} for index in range(7)]
    share = [{"invoice_id": str(invoice_id), "amount": "300.00"}]

    def act(index: int) -> Any:
        if index < 3:
            return decide(cast.approver, ids[index], "approve")
        return cast.finance.post(f"{ADMIN}payments/record/", {**recorded[index - 3], "allocations": share})

    codes = Counter(answer.status_code for answer in at_once(10, act))
    assert set(codes) <= {200, 201, 400, 409}
    assert codes[400] + codes[409] > 0
    shown = cast.viewer.get(f"{BILLING}invoices/{invoice_id}/").json()["data"]
    received = 300 * (codes[200] + codes[201])
    settled = float(shown["amount_paid"])
    assert settled <= 1000
    assert received == settled + float(balance(cast))
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
    first, payment = cast.invoice(), None
    payment = cast.submit(first, "over").json()["data"]["id"]
    decide(cast.approver, payment, "approve", {"amount_received": "1500.00"})
    invoices = [cast.invoice("400.00") for _ in range(6)]
    answers = at_once(6, lambda index: cast.finance.post(f"{ADMIN}invoices/{invoices[index]}/apply-balance/"))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["data"]["amount_paid"] for answer in answers) == [
        "0.00", "0.00", "0.00", "0.00", "100.00", "400.00",
    ]  # fmt: skip
    assert balance(cast) == "0.00"
    verified(cast)
