"""What one operator decides alone for one account within a day counts together against the limit (500,000.00 here)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from igny8_core.business.billing.selectors.approvals import DECIDED_ALONE
from igny8_core.kit import clock
from tests.api.test_approvals import balance, decide, invoice, submitted, verified
from tests.api.test_refunds_and_credits import refund
from tests.cast import ADMIN, Api, Cast, limited, make_cast, seen
from tests.statements import bank_account, camt, imported, lines, payer
from tests.statements import decide as decide_line

TWO_HUNDRED = "200000.00"


def record(cast: Cast, amount: str = TWO_HUNDRED, api: Api | None = None, **more: Any) -> dict[str, Any]:
    """Money that nobody submitted, recorded by finance."""
    body = {
        "account_id": str(cast.account.id),
        "payment_method": "bank_transfer",
        "reference": f"REC {datetime.now(UTC).timestamp()}",
        "amount": amount,
        "value_date": "2026-11-20",
        **more,
    }
    answer = (api or cast.finance).post(f"{ADMIN}payments/record/", body)
    assert answer.status_code == 201, answer.content
    shown: dict[str, Any] = answer.json()["data"]
    return shown


def approve(cast: Cast, api: Api, total: str = TWO_HUNDRED, received: str | None = None) -> dict[str, Any]:
    """A claim that this operator approves."""
    _, payment_id = submitted(cast, total, f"FT {datetime.now(UTC).timestamp()}")
    answer = decide(api, payment_id, "approve", {} if received is None else seen(received))
    assert answer.status_code == 200, answer.content
    shown: dict[str, Any] = answer.json()["data"]
    return shown


def counted(shown: dict[str, Any]) -> tuple[str, int, int]:
    approvals = shown["approvals"]
    return shown["status"], approvals["needed"], len(approvals["given_by"])


def test_slices_of_one_invoice_are_one_sum(cast: Cast, limit: None) -> None:
    invoice_id = cast.invoice("600000.00")
    ids = [cast.submit(invoice_id, f"S {n}", amount=TWO_HUNDRED).json()["data"]["id"] for n in range(3)]
    shown = [decide(cast.approver, one, "approve").json()["data"] for one in ids]
    assert [counted(one) for one in shown] == [("succeeded", 1, 1), ("succeeded", 1, 1), ("pending_approval", 2, 1)]
    assert decide(cast.approver, ids[2], "approve").json()["code"] == "four_eyes_required"
    assert invoice(cast, invoice_id)["status"] == "pending"
    assert counted(decide(cast.second_approver, ids[2], "approve").json()["data"]) == ("succeeded", 2, 2)
    assert invoice(cast, invoice_id)["status"] == "paid"
    verified(cast)


def test_exactly_the_limit_is_one_persons_and_a_paisa_more_is_not(cast: Cast, limit: None) -> None:
    assert approve(cast, cast.approver, "499900.00")["status"] == "succeeded"
    assert approve(cast, cast.approver, "100.00")["status"] == "succeeded"
    assert approve(cast, cast.approver, "100.01")["status"] == "pending_approval"


def test_recorded_slices_await_somebody_else(cast: Cast, limit: None) -> None:
    invoice_id = str(cast.invoice("600000.00"))
    part = {"allocations": [{"invoice_id": invoice_id, "amount": TWO_HUNDRED}]}
    shown = [record(cast, **part) for _ in range(3)]
    assert [one["status"] for one in shown] == ["succeeded", "succeeded", "pending_approval"]
    assert decide(cast.finance, shown[2]["id"], "approve").json()["code"] == "four_eyes_required"
    assert decide(cast.approver, shown[2]["id"], "approve").json()["data"]["status"] == "succeeded"
    verified(cast)


def test_lines_of_a_statement_count_for_who_assigns_them(cast: Cast, limit: None) -> None:
    found = imported(cast, camt(bank_account(cast), *[payer(200_000_00, f"? {n}") for n in range(3)]))
    answers = [
        decide_line(cast, line, "assign", {"account_id": str(cast.account.id)}) for line in lines(cast, found["id"])
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    waits = [answer.json()["data"]["matches"][0]["awaits_approval"] for answer in answers]
    assert waits == [False, False, True]
    assert balance(cast) == "400000.00"


def test_lines_that_match_by_themselves_count_for_who_uploaded_them(cast: Cast, limit: None) -> None:
    references = [f"SL2611-94470{n}-KW" for n in range(3)]
    ids = [cast.submit(cast.invoice(TWO_HUNDRED), one).json()["data"]["id"] for one in references]
    imported(cast, camt(bank_account(cast), *[payer(200_000_00, one) for one in references]))
    shown = [cast.support.get(f"{ADMIN}payments/{one}/").json()["data"] for one in ids]
    assert [one["status"] for one in shown] == ["succeeded", "succeeded", "pending_approval"]
    assert record(cast, "100000.01")["status"] == "pending_approval", "finance has uploaded the file"
    assert decide(cast.approver, ids[2], "approve").json()["data"]["status"] == "succeeded"


def test_every_way_in_counts_together(cast: Cast, limit: None) -> None:
    assert approve(cast, cast.finance)["status"] == "succeeded"
    assert record(cast)["status"] == "succeeded"
    line = lines(cast, imported(cast, camt(bank_account(cast), payer(100_000_00, "?")))["id"])[0]
    answer = decide_line(cast, line, "assign", {"account_id": str(cast.account.id)})
    assert answer.json()["data"]["matches"][0]["awaits_approval"] is False
    assert counted(approve(cast, cast.finance, "100.00")) == ("pending_approval", 2, 1)
    assert record(cast, "0.01")["status"] == "pending_approval"


def test_many_at_once_stop_at_the_limit_too(cast: Cast, limit: None) -> None:
    ids = [submitted(cast, TWO_HUNDRED, f"B {index}")[1] for index in range(3)]
    results = cast.approver.post(f"{ADMIN}payments/bulk-approve/", {"ids": ids}).json()["data"]["results"]
    assert [one["result"] for one in results] == ["succeeded", "succeeded", "pending_approval"]


def test_each_operator_and_each_account_has_a_sum_of_its_own(cast: Cast, limit: None) -> None:
    assert approve(cast, cast.approver, "500000.00")["status"] == "succeeded"
    assert approve(cast, cast.second_approver, "500000.00")["status"] == "succeeded"
    assert record(cast, "500000.00", account_id=str(cast.other.id))["status"] == "succeeded"
    assert record(cast, "500000.00")["status"] == "succeeded"
    assert record(cast, "0.01", account_id=str(cast.other.id))["status"] == "pending_approval"


def test_a_day_later_it_begins_anew(cast: Cast, limit: None) -> None:
    start = datetime.now(UTC)
    with clock.use(start):
        assert approve(cast, cast.approver, "500000.00")["status"] == "succeeded"
    with clock.use(start + timedelta(hours=23, minutes=59)):
        assert approve(cast, cast.approver, "100.00")["status"] == "pending_approval"
    with clock.use(start + timedelta(hours=24)):
        assert approve(cast, cast.approver, "100.00")["status"] == "succeeded"


def test_what_two_decided_is_nobodys_alone(cast: Cast, limit: None) -> None:
    waiting = approve(cast, cast.approver, "600000.00")
    assert decide(cast.second_approver, waiting["id"], "approve").json()["data"]["status"] == "succeeded"
    for api in (cast.approver, cast.second_approver):
        assert approve(cast, api, "500000.00")["status"] == "succeeded"


def test_a_bounced_payment_counts_no_longer_and_a_refunded_one_does(cast: Cast, limit: None) -> None:
    first = approve(cast, cast.approver, "500000.00")
    assert decide(cast.finance, first["id"], "bounce", {"reason": "Returned"}).status_code == 200
    second = approve(cast, cast.approver, "500000.00")
    assert second["status"] == "succeeded"
    assert refund(cast, second["id"]).json()["data"]["status"] == "refunded"
    assert approve(cast, cast.approver, "100.00")["status"] == "pending_approval"


def test_what_was_received_counts_and_not_what_was_claimed(cast: Cast, limit: None) -> None:
    assert approve(cast, cast.approver, "400000.00", received="100000.00")["status"] == "succeeded"
    assert approve(cast, cast.approver, "1000.00", received="400000.00")["status"] == "succeeded"
    assert approve(cast, cast.approver, "100.00")["status"] == "pending_approval"


def test_more_than_was_claimed_needs_a_note(cast: Cast, limit: None) -> None:
    """The tolerance of the way to pay is 10.00: so much more a bank may round up without anybody's word."""
    _, payment_id = submitted(cast)
    for note in ({}, {"note": ""}, {"note": "  "}):
        answer = decide(cast.approver, payment_id, "approve", {"amount_received": "1010.01", **note})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["note"]), note
    assert cast.support.get(f"{ADMIN}payments/{payment_id}/").json()["data"]["approvals"]["given_by"] == []
    shown = decide(cast.approver, payment_id, "approve", seen("999000.00")).json()["data"]
    assert counted(shown) == ("pending_approval", 2, 1)
    settled = decide(cast.second_approver, payment_id, "approve").json()["data"]
    assert (settled["status"], settled["to_balance"]) == ("succeeded", "998000.00"), "the first approver's note is one"
    _, within = submitted(cast, reference="FT 2")
    assert decide(cast.approver, within, "approve", {"amount_received": "1010.00"}).status_code == 200


def test_a_currency_without_a_limit_is_the_strictest(owner_connection: psycopg.Connection[Any]) -> None:
    swiss = make_cast("CH", "CHF")
    with limited("1.00", "CHF"):
        owner_connection.execute("DELETE FROM billing_approvallimit WHERE currency = 'CHF'")
        shown = record(swiss, "0.01")
        assert counted(shown) == ("pending_approval", 2, 0)
        assert decide(swiss.approver, shown["id"], "approve").json()["data"]["status"] == "pending_approval"
        assert decide(swiss.second_approver, shown["id"], "approve").json()["data"]["status"] == "succeeded"
    assert counted(record(swiss, "9999999999999.99")) == ("succeeded", 1, 0)


def test_the_sum_is_read_from_its_index_alone(owner_connection: psycopg.Connection[Any]) -> None:
    owner_connection.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
    account = "(SELECT '01890000-0000-7000-8000-00000000000a'::uuid AS account_id, 'PKR'::varchar AS currency) p"
    sql = f"EXPLAIN SELECT ({DECIDED_ALONE}) FROM {account}"
    values = {"operator_id": "01890000-0000-7000-8000-00000000000b", "since": datetime(2026, 1, 1, tzinfo=UTC)}
    plan = "\n".join(row[0] for row in owner_connection.execute(sql, values).fetchall())
    assert "Index Only Scan using payment_decided_alone" in plan


@pytest.mark.parametrize("where", ["approve", "record"])
def test_a_limit_that_was_lowered_counts_what_was_decided_before(cast: Cast, where: str) -> None:
    with limited("500000.00"):
        assert approve(cast, cast.finance, "400000.00")["status"] == "succeeded"
    with limited("300000.00"):
        shown = approve(cast, cast.finance, "100.00") if where == "approve" else record(cast, "100.00")
        assert shown["status"] == "pending_approval"
