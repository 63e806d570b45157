"""The reconciliation desk: a file dropped, a proposal taken, a line assigned, split, put aside, and all taken back."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.banking.models import StatementLine
from igny8_core.business.billing.models import Invoice
from tests.cast import Cast, as_operator
from tests.console.desk_client import CONSOLE, DeskClient, at_desk
from tests.statements import as_worker, bank_account, camt, payer, work

DESK = f"{CONSOLE}reconciliation/"


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def drop(desk: DeskClient, content: bytes, name: str = "statement.xml") -> str:
    answer = text(desk.post(f"{DESK}upload/", {"file": SimpleUploadedFile(name, content)}, of=DESK))
    as_worker(work)
    return answer


def act(desk: DeskClient, line: StatementLine, action: str, **fields: Any) -> str:
    return text(desk.post(f"{DESK}{line.id}/{action}/", fields, of=DESK))


def lines_of(number: str) -> list[StatementLine]:
    lines = StatementLine.objects.filter(bank_account__number=number).order_by("position")
    found: list[StatementLine] = as_operator(lambda: list(lines))
    return found


def invoice(invoice_id: Any) -> Invoice:
    found: Invoice = as_operator(lambda: Invoice.objects.across_accounts().get(id=invoice_id))
    return found


def test_what_is_certain_settles_by_itself_and_can_be_taken_back(cast: Cast) -> None:
    invoice_id, number = cast.invoice("1000.00"), bank_account(cast)
    desk, _ = at_desk(OperatorRole.FINANCE)
    told = drop(desk, camt(number, payer(100000, invoice(invoice_id).creditor_reference or "")))
    assert "1 lines imported" in told
    (line,) = lines_of(number)
    assert (line.status, invoice(invoice_id).status) == ("matched", "paid")
    page = text(desk.get(f"{DESK}?tab=matched&line={line.id}"))
    assert "by itself" in page
    assert "Taken back." in act(desk, line, "undo", reason="Wrong customer.")
    assert (lines_of(number)[0].status != "matched", invoice(invoice_id).status) == (True, "pending")


def test_the_same_file_imports_nothing_twice(cast: Cast) -> None:
    number = bank_account(cast)
    desk, _ = at_desk(OperatorRole.FINANCE)
    content = camt(number, payer(12345, "unknown"), payer(12345, "unknown"))
    drop(desk, content)
    assert "nothing was imported again" in drop(desk, content)
    assert len(lines_of(number)) == 2


def test_a_line_is_assigned_by_search(cast: Cast) -> None:
    invoice_id, number = cast.invoice("700.00"), bank_account(cast)
    desk, _ = at_desk(OperatorRole.FINANCE)
    drop(desk, camt(number, payer(70000, "thank you")))
    (line,) = lines_of(number)
    found = text(desk.get(f"{DESK}{line.id}/targets/?q={invoice(invoice_id).number}", part=True))
    assert str(invoice_id) in found
    assert "Nothing fits" in text(desk.get(f"{DESK}{line.id}/targets/?q=%00%27%22zz", part=True))
    assert "Assigned" in act(desk, line, "assign", invoice_id=str(invoice_id))
    assert invoice(invoice_id).status == "paid"
    assert "is-bad" in act(desk, line, "assign", invoice_id=str(invoice_id)), "it is matched already"


def test_a_line_is_split_over_an_invoice_and_a_balance(cast: Cast) -> None:
    invoice_id, number = cast.invoice("300.00"), bank_account(cast)
    desk, _ = at_desk(OperatorRole.FINANCE)
    drop(desk, camt(number, payer(50000, "both")))
    (line,) = lines_of(number)
    targets = [invoice(invoice_id).number, cast.account.code.lower()]
    assert "is-bad" in act(desk, line, "split", target=targets, part=["300.00", "100.00"]), "does not add up"
    for nobody in ("NOBODY", "a\0b", "\0"):
        assert "is-bad" in act(desk, line, "split", target=[nobody], part=["500.00"]), nobody
    assert lines_of(number)[0].status in ("unmatched", "proposed")
    assert "Split" in act(desk, line, "split", target=targets, part=["300.00", "200.00"])
    assert invoice(invoice_id).status == "paid"
    balances = cast.viewer.get("/api/v1/billing/balance/").json()["data"]["balances"]
    assert balances == [{"currency": "PKR", "amount": "200.00"}]


def test_lines_are_put_aside_with_a_reason(cast: Cast) -> None:
    number = bank_account(cast)
    desk, _ = at_desk(OperatorRole.FINANCE)
    drop(desk, camt(number, payer(100, "fee refund"), payer(200, "who?")))
    first, second = lines_of(number)
    assert "may not be blank" in act(desk, first, "ignore", reason=" ") or "required" in act(desk, first, "ignore")
    act(desk, first, "ignore", reason="Bank's own")
    act(desk, second, "park", reason="Unknown payer")
    assert [line.status for line in lines_of(number)] == ["ignored", "parked"]


def test_bad_files_are_told_and_leave_nothing(cast: Cast) -> None:
    desk, _ = at_desk(OperatorRole.FINANCE)
    assert "Choose a file first" in text(desk.post(f"{DESK}upload/", {}, of=DESK))
    for content in (
        b"",
        b"\x00\xff" * 400,
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><Document>&a;</Document>",
    ):
        assert "is-bad" in drop(desk, content)


def test_unknown_actions_and_lines_are_not_found(cast: Cast) -> None:
    desk, _ = at_desk(OperatorRole.FINANCE)
    absent = "01890000-0000-7000-8000-00000000dead"
    assert desk.get(f"{DESK}{absent}/", part=True).status_code == 404
    assert desk.post(f"{DESK}{absent}/launder/", {}, of=DESK).status_code == 404
    assert desk.post(f"{DESK}imports/{absent}/eat/", {}, of=DESK).status_code == 404
