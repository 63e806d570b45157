"""Two who decide the same line, the matcher against an operator, one file dropped twice: each money is booked once."""

from collections import Counter
from typing import Any

from django.db import connection
from igny8_core.business.banking.services import auto_match
from igny8_core.business.billing.models import Invoice
from tests.cast import ADMIN, BILLING, Cast, as_operator
from tests.races.test_manual_payment_races import at_once
from tests.statements import LINES, STATEMENTS, as_worker, bank_account, camt, drop, imported, lines, payer


def closing(call: Any) -> Any:
    """As the server does, give the connection back after each request."""
    try:
        return call()
    finally:
        connection.close()


def balance(cast: Cast) -> str:
    return str(cast.viewer.get(f"{BILLING}balance/").json()["data"]["balances"][0]["amount"])


def test_ten_operators_decide_one_line(cast: Cast) -> None:
    found = imported(cast, camt(bank_account(cast), *[payer(100 + index, f"? {index}") for index in range(5)]))
    for line in lines(cast, found["id"]):
        bodies = [("assign", {"account_id": str(cast.account.id)}), ("ignore", {"reason": "?"})] * 5

        def call(index: int, line: Any = line, bodies: Any = bodies) -> int:
            action, body = bodies[index]
            return int(closing(lambda: cast.finance.post(f"{LINES}{line['id']}/{action}/", body)).status_code)

        assert Counter(at_once(10, call)) == {200: 1, 409: 9}
    statuses = Counter(line["status"] for line in lines(cast, found["id"]))
    assert sum(statuses.values()) == 5
    assert set(statuses) <= {"matched", "ignored"}
    assert cast.support.get(f"{ADMIN}verify/").json()["data"]["ledger"]["ok"] is True


def test_the_matcher_meets_an_approver(cast: Cast, owner_connection: Any) -> None:
    account = bank_account(cast)
    references = [f"FT2611-88{index:02d}77-XQ" for index in range(12)]
    ids = [cast.submit(cast.invoice("1000.00"), reference).json()["data"]["id"] for reference in references]
    answer = drop(cast.finance, camt(account, *[payer(1000_00, reference) for reference in references]))
    import_id = answer.json()["data"]["id"]

    def approve() -> list[int]:
        return [
            int(closing(lambda one=one: cast.approver.post(f"{ADMIN}payments/{one}/approve/")).status_code)
            for one in reversed(ids)
        ]

    actions = (
        approve,
        lambda: as_worker(lambda: auto_match.match_import(import_id)),
        lambda: as_worker(lambda: auto_match.match_import(import_id)),
    )
    codes, *_ = at_once(3, lambda index: actions[index]())
    assert set(codes) <= {200, 409}
    settled = owner_connection.execute(
        "SELECT count(*), count(DISTINCT source_id) FROM ledger_journal WHERE account_id = %s"
        " AND kind = 'payment_settled'",
        [cast.account.id],
    ).fetchone()
    assert settled == (12, 12)
    as_worker(lambda: auto_match.match_import(import_id))
    matched = [line for line in lines(cast, import_id) if line["status"] == "matched"]
    assert len(matched) == 12 - codes.count(200)
    data = cast.support.get(f"{STATEMENTS}{import_id}/").json()["data"]
    assert (data["status"], data["progress"]["left"]) == ("done", 0)


def test_one_file_dropped_by_six_is_one(cast: Cast) -> None:
    content = camt(bank_account(cast), payer(1_00, "a"), payer(1_00, "a"))
    answers = at_once(6, lambda index: closing(lambda: drop(cast.finance, content)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 5}
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert len(lines(cast, answers[0].json()["data"]["id"])) == 2


def test_overlapping_files_at_once_import_nothing_twice(cast: Cast, owner_connection: Any) -> None:
    account = bank_account(cast)
    shared = [payer(100 + index, f"shared {index}") for index in range(50)]
    files = [camt(account, *shared, payer(7_00 + number, f"own {number}"), name=f"F{number}") for number in range(4)]
    codes = at_once(4, lambda index: closing(lambda: drop(cast.finance, files[index])).status_code)
    assert codes == [201] * 4
    counted = owner_connection.execute(
        "SELECT count(*) FROM banking_line l JOIN banking_bankaccount b ON b.id = l.bank_account_id WHERE b.number = %s",
        [account],
    ).fetchone()
    assert counted == (54,)


def test_two_lines_for_one_invoice(cast: Cast) -> None:
    invoice_id = cast.invoice("10.00")
    creditor = as_operator(lambda: Invoice.objects.across_accounts().get(id=invoice_id)).creditor_reference
    found = imported(cast, camt(bank_account(cast), *[payer(10_00, creditor_reference=creditor)] * 2))
    statuses = sorted(line["status"] for line in lines(cast, found["id"]))
    assert (statuses[0], found["progress"]["left"]) == ("matched", 0)
    assert statuses[1] in ("proposed", "unmatched")
    assert cast.viewer.get(f"{BILLING}invoices/{invoice_id}/").json()["data"]["status"] == "paid"
    assert cast.support.get(f"{ADMIN}verify/").json()["data"]["ledger"]["ok"] is True
