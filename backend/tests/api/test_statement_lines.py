"""The queue over HTTP: what is certain books itself, the rest is decided by people, and every decision can be undone."""

from typing import Any

from igny8_core.business.banking import tasks
from igny8_core.business.billing.models import Invoice
from tests.cast import ADMIN, BILLING, Cast, as_operator
from tests.statements import LINES, STATEMENTS, as_worker, bank_account, camt, decide, imported, lines, payer, work


def reference_of(invoice_id: Any) -> tuple[str, str]:
    invoice = as_operator(lambda: Invoice.objects.across_accounts().get(id=invoice_id))
    return str(invoice.number), str(invoice.creditor_reference)


def invoice_status(cast: Cast, invoice_id: Any) -> str:
    return str(cast.viewer.get(f"{BILLING}invoices/{invoice_id}/").json()["data"]["status"])


def payment(cast: Cast, payment_id: str) -> dict[str, Any]:
    found: dict[str, Any] = cast.support.get(f"{ADMIN}payments/{payment_id}/").json()["data"]
    return found


def detail(cast: Cast, line: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = cast.support.get(f"{LINES}{line['id']}/").json()["data"]
    return found


def verified(cast: Cast) -> None:
    data = cast.support.get(f"{ADMIN}verify/").json()["data"]
    assert (data["ledger"]["ok"], data["events"]["ok"]) == (True, True), data


def one_line(cast: Cast, *payers: Any, **options: Any) -> dict[str, Any]:
    found = imported(cast, camt(bank_account(cast), *payers, **options))
    return lines(cast, found["id"])[0]


def test_what_is_certain_books_itself(cast: Cast) -> None:
    paid, unpaid = cast.invoice(), cast.invoice()
    submitted = cast.submit(paid, "FT2611-778812-XQ").json()["data"]["id"]
    _, creditor = reference_of(unpaid)
    found = imported(
        cast,
        camt(
            bank_account(cast),
            payer(1000_00, "transfer FT2611 778812 XQ thanks", name="Anybody", account="PK36SCBL0000001123456702"),
            payer(1000_00, creditor_reference=creditor, name="Somebody"),
            payer(777_77, "nothing we know"),
        ),
    )
    assert (
        found["status"],
        found["progress"]["matched"],
        found["progress"]["unmatched"],
        found["progress"]["left"],
    ) == (
        "done",
        2,
        1,
        0,
    )
    assert [invoice_status(cast, one) for one in (paid, unpaid)] == ["paid", "paid"]
    first, second, third = lines(cast, found["id"])
    assert third["status"] == "unmatched"
    match = detail(cast, first)["matches"][0]
    assert (match["kind"], match["payment_id"], match["automatic"]) == ("payment", submitted, True)
    assert match["reasons"]
    recorded = payment(cast, detail(cast, second)["matches"][0]["payment_id"])
    assert (recorded["status"], recorded["payment_method"], recorded["amount"]) == (
        "succeeded",
        "bank_transfer",
        "1000.00",
    )
    last = payment(cast, submitted)["history"][-1]
    assert (last["to"], last["actor_kind"]) == ("succeeded", "bank")
    events = cast.support.get(f"/api/v1/admin/events/?subject_id={first['id']}").json()["results"]
    assert [event["type"] for event in events] == ["line.matched"]
    verified(cast)


def test_a_wrong_amount_waits_and_is_accepted_by_a_person(cast: Cast) -> None:
    invoice_id = cast.invoice()
    number, _ = reference_of(invoice_id)
    line = one_line(cast, payer(900_00, f"Invoice {number}", name="Payer"))
    assert (line["status"], line["certain"]) == ("proposed", False)
    proposal = line["proposals"][0]
    assert (proposal["parts"][0]["kind"], proposal["parts"][0]["id"]) == ("invoice", str(invoice_id))
    assert decide(cast, line, "accept", {"proposal_id": "00000000-0000-7000-8000-000000000001"}).json()["code"] == (
        "proposal_gone"
    )
    answer = decide(cast, line, "accept", {"proposal_id": proposal["id"]})
    assert (answer.status_code, answer.json()["data"]["status"]) == (200, "matched")
    invoice = cast.viewer.get(f"{BILLING}invoices/{invoice_id}/").json()["data"]
    assert (invoice["status"], invoice["amount_due"]) == ("pending", "100.00")
    assert decide(cast, line, "accept", {"proposal_id": proposal["id"]}).status_code == 409
    verified(cast)


def test_a_rejected_proposal_does_not_come_back(cast: Cast) -> None:
    invoice_id = cast.invoice()
    number, _ = reference_of(invoice_id)
    line = one_line(cast, payer(913_37, f"Invoice {number}"))
    for proposal in line["proposals"]:
        assert decide(cast, line, "reject", {"proposal_id": proposal["id"]}).status_code == 200
    assert detail(cast, line)["status"] == "unmatched"
    assert cast.finance.post(f"{STATEMENTS}{line['import_id']}/auto-match/").status_code == 202
    as_worker(lambda: tasks.auto_match.match_again(None))
    assert (detail(cast, line)["status"], detail(cast, line)["proposals"]) == ("unmatched", [])


def test_money_is_assigned_split_parked_and_ignored(cast: Cast) -> None:
    invoices = [cast.invoice("100.00"), cast.invoice("200.00"), cast.invoice("50.00", account=cast.other)]
    found = imported(
        cast,
        camt(
            bank_account(cast),
            payer(123_45, "?"),
            payer(370_00, "??"),
            payer(60_00, "???"),
            payer(-7_00, "bank fee"),
        ),
    )
    single, shared, unknown, fee = lines(cast, found["id"])
    assert decide(cast, single, "assign", {}).status_code == 400
    assert (
        decide(cast, single, "assign", {"invoice_id": str(invoices[0]), "account_id": str(cast.account.id)}).status_code
        == 400
    )
    assert decide(cast, single, "assign", {"account_id": str(cast.account.id)}).status_code == 200
    assert cast.viewer.get(f"{BILLING}balance/").json()["data"]["balances"] == [{"currency": "PKR", "amount": "123.45"}]
    parts = [
        {"invoice_id": str(invoices[index]), "amount": amount} for index, amount in enumerate(("100.00", "200.00"))
    ]
    wrong = decide(cast, shared, "split", {"parts": parts})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["parts"])
    parts += [
        {"invoice_id": str(invoices[2]), "amount": "50.00"},
        {"account_id": str(cast.other.id), "amount": "20.00"},
    ]
    answer = decide(cast, shared, "split", {"parts": parts})
    assert answer.status_code == 200, answer.content
    assert sorted(match["amount"] for match in answer.json()["data"]["matches"]) == ["300.00", "70.00"]
    assert [invoice_status(cast, one) for one in invoices[:2]] == ["paid", "paid"]
    assert decide(cast, unknown, "park", {"reason": ""}).status_code == 400
    assert decide(cast, unknown, "park", {"reason": "Who is this?"}).json()["data"]["status"] == "parked"
    assert decide(cast, unknown, "assign", {"account_id": str(cast.other.id)}).json()["data"]["status"] == "matched"
    wrong_way = decide(cast, fee, "assign", {"account_id": str(cast.account.id)})
    assert (wrong_way.status_code, wrong_way.json()["code"]) == (400, "wrong_direction")
    ignored = decide(cast, fee, "ignore", {"reason": "Fee of the bank"}).json()["data"]
    assert (ignored["status"], ignored["note"]) == ("ignored", "Fee of the bank")
    assert decide(cast, fee, "undo", {"reason": "Mistake"}).json()["data"]["status"] == "unmatched"
    assert [entry["to"] for entry in detail(cast, fee)["history"]] == ["ignored", "unmatched"]
    verified(cast)


def test_an_undone_match_gives_the_money_back_and_stays_undone(cast: Cast) -> None:
    invoice_id = cast.invoice()
    _, creditor = reference_of(invoice_id)
    line = one_line(cast, payer(1000_00, creditor_reference=creditor))
    assert (line["status"], invoice_status(cast, invoice_id)) == ("matched", "paid")
    answer = decide(cast, line, "undo", {"reason": "Another customer's money."})
    data = answer.json()["data"]
    assert (answer.status_code, data["status"], data["certain"]) == (200, "proposed", False)
    assert data["matches"][0]["undone_at"] is not None
    assert invoice_status(cast, invoice_id) == "pending"
    assert payment(cast, data["matches"][0]["payment_id"])["status"] == "failed"
    as_worker(lambda: tasks.auto_match.match_again(None))
    assert detail(cast, line)["status"] == "proposed"
    assert decide(cast, line, "undo", {"reason": "Again"}).status_code == 409
    taken = decide(cast, line, "accept", {"proposal_id": detail(cast, line)["proposals"][0]["id"]})
    assert (taken.status_code, invoice_status(cast, invoice_id)) == (200, "paid")
    verified(cast)


def test_above_the_limit_the_bank_is_one_of_two(cast: Cast, limit: None) -> None:
    invoice_id = cast.invoice("600000.00")
    submitted = cast.submit(invoice_id, "FT99887766XYZ").json()["data"]["id"]
    line = one_line(cast, payer(600000_00, "FT99887766XYZ"))
    shown = detail(cast, line)
    assert (shown["status"], shown["matches"][0]["awaits_approval"]) == ("matched", True)
    waiting = payment(cast, submitted)
    assert (waiting["status"], waiting["approvals"]["needed"], len(waiting["approvals"]["given_by"])) == (
        "pending_approval",
        2,
        1,
    )
    approve = f"{ADMIN}payments/{submitted}/approve/"
    # Who dropped the file has vouched for it, and is one pair of eyes.
    assert cast.finance.post(approve).json()["code"] == "four_eyes_required"
    assert decide(cast, line, "undo", {"reason": "?"}).json()["code"] == "cannot_undo"
    assert cast.approver.post(approve).json()["data"]["status"] == "succeeded"
    as_worker(lambda: tasks.release_lines(0))
    assert detail(cast, line)["matches"][0]["awaits_approval"] is False
    assert detail(cast, line)["status"] == "matched"
    other = cast.invoice("700000.00")
    rejected = cast.submit(other, "FT55443322ABC").json()["data"]["id"]
    second = one_line(cast, payer(700000_00, "FT55443322ABC"))
    cast.approver.post(f"{ADMIN}payments/{rejected}/reject/", {"reason": "Not this one"})
    as_worker(lambda: tasks.release_lines(0))
    assert detail(cast, second)["status"] in ("unmatched", "proposed")
    assert detail(cast, second)["matches"][0]["undone_at"] is not None


def test_debits_pay_refunds_and_returns_bounce(cast: Cast) -> None:
    invoice_id = cast.invoice("400.00")
    _, creditor = reference_of(invoice_id)
    account = bank_account(cast)
    credit = lines(cast, imported(cast, camt(account, payer(400_00, creditor_reference=creditor)))["id"])[0]
    payment_id = detail(cast, credit)["matches"][0]["payment_id"]
    refund = cast.finance.post(
        f"{ADMIN}payments/{payment_id}/refund/", {"amount": "150.00", "destination": "transfer"}
    ).json()["data"]["refund"]["id"]
    debit = lines(cast, imported(cast, camt(account, payer(-150_00, end_to_end_id=refund.replace("-", ""))))["id"])[0]
    assert detail(cast, debit)["matches"][0]["refund_id"] == refund
    assert cast.support.get(f"{ADMIN}refunds/{refund}/").json()["data"]["status"] == "completed"
    freed = decide(cast, debit, "undo", {"reason": "Look again"})
    assert freed.status_code == 200
    assert cast.support.get(f"{ADMIN}refunds/{refund}/").json()["data"]["status"] == "completed"
    assert decide(cast, debit, "assign", {"refund_id": refund}).status_code == 200
    other = cast.invoice("90.00")
    _, creditor = reference_of(other)
    came = lines(cast, imported(cast, camt(account, payer(90_00, creditor_reference=creditor)))["id"])[0]
    settled = detail(cast, came)["matches"][0]["payment_id"]
    back = lines(cast, imported(cast, camt(account, payer(-90_00, "returned")))["id"])[0]
    bounced = decide(cast, back, "assign", {"bounced_payment_id": settled})
    assert (bounced.status_code, payment(cast, settled)["status"]) == (200, "failed")
    assert (invoice_status(cast, other), detail(cast, came)["status"]) == ("pending", "matched")
    assert decide(cast, back, "undo", {"reason": "It was another one"}).status_code == 200
    assert detail(cast, came)["status"] in ("unmatched", "proposed")
    verified(cast)


def test_equal_lines_are_both_booked(cast: Cast) -> None:
    line = imported(cast, camt(bank_account(cast), payer(10_00, "same"), payer(10_00, "same")))
    for one in lines(cast, line["id"]):
        assert decide(cast, one, "assign", {"account_id": str(cast.account.id)}).status_code == 200
    assert cast.viewer.get(f"{BILLING}balance/").json()["data"]["balances"][0]["amount"] == "20.00"
    verified(cast)


def test_one_line_pays_several_invoices(cast: Cast) -> None:
    invoices = [cast.invoice("100.00"), cast.invoice("250.00")]
    numbers = [reference_of(one)[0] for one in invoices]
    line = one_line(cast, payer(350_00, f"invoices {numbers[0]} and {numbers[1]}"))
    assert line["status"] == "matched", line
    assert [invoice_status(cast, one) for one in invoices] == ["paid", "paid"]
    assert len(detail(cast, line)["matches"]) == 1
    verified(cast)


def test_known_payers_are_remembered(cast: Cast) -> None:
    account, number = bank_account(cast), "PK36SCBL0000001123456702"
    first = cast.invoice("61.00")
    line = one_line(cast, payer(61_00, "rent", name="Nobody", account=number))
    decide(cast, line, "assign", {"invoice_id": str(first)})
    second = cast.invoice("61.00")
    found = imported(cast, camt(account, payer(61_00, "rent", name="Nobody", account=number), name="later"))
    (again,) = lines(cast, found["id"])
    assert again["status"] == "proposed"
    assert "payer_account_known" in again["proposals"][0]["reason_codes"]
    assert again["proposals"][0]["parts"][0]["id"] == str(second)


def test_decisions_are_finances(cast: Cast) -> None:
    line = one_line(cast, payer(10_00, "x"))
    for action in ("accept", "reject", "assign", "split", "ignore", "park", "undo"):
        for caller in (cast.support, cast.approver, cast.owner):
            assert caller.post(f"{LINES}{line['id']}/{action}/", {}).status_code == 403
    candidates = cast.support.get(f"{LINES}{line['id']}/candidates/").json()["data"]
    assert candidates["certain"] is False
    work()
