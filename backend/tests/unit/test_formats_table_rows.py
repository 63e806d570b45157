"""Rows of a table that are no lines: headers, balances, totals; and lines on any sheet of a workbook."""

import io
from typing import Any

import pytest
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import (
    StatementEnd,
    StatementItem,
    StatementLine,
    StatementStart,
    UnreadableLine,
)
from igny8_core.business.banking.domain.summary_rows import Summary, summary_named
from igny8_core.business.banking.formats.csv_profile import tables
from igny8_core.business.banking.formats.registry import preview, read
from openpyxl import Workbook

BASE: dict[str, Any] = {
    **{"booking_date": "Date", "amount": "Amount", "balance": "Balance", "fixed_currency": "EUR"},
    **{"remittance": ["Text"]},
}


def profile(**changed: Any) -> CsvProfile:
    return CsvProfile.from_json(BASE | changed)


def items(content: str | bytes, **changed: Any) -> list[StatementItem]:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return list(read(file, profile=profile(**changed))[1])


def amounts(found: list[StatementItem]) -> list[int]:
    return [item.amount_minor for item in found if isinstance(item, StatementLine)]


def problems(found: list[StatementItem]) -> list[str]:
    return [item.problem for item in found if isinstance(item, UnreadableLine)]


def balances(found: list[StatementItem]) -> list[int | None]:
    starts = [item.opening_minor for item in found if isinstance(item, StatementStart)]
    return starts + [item.closing_minor for item in found if isinstance(item, StatementEnd)]


HEAD = "Date,Text,Amount,Balance\n"


@pytest.mark.parametrize("name", ["Opening balance", "B/F", "Balance brought forward", "Saldo inicial", "Anfangssaldo"])
@pytest.mark.parametrize("amount", ["", "-", "0.00"])
def test_an_opening_balance_is_no_line(name: str, amount: str) -> None:
    found = items(f"{HEAD}2026-09-01,{name},{amount},100.00\n2026-09-02,order,50.00,150.00\n")
    assert (amounts(found), problems(found), balances(found)) == ([5000], [], [10000, 15000])


def test_an_opening_balance_below_newer_lines() -> None:
    found = items(f"{HEAD}2026-09-02,order,50.00,150.00\n2026-09-01,Opening balance,,100.00\n")
    assert (amounts(found), balances(found)) == ([5000], [10000, 15000])


def test_an_opening_balance_that_does_not_lead_to_the_lines_shows() -> None:
    found = items(f"{HEAD}2026-09-01,Opening balance,,90.00\n2026-09-02,order,50.00,150.00\n")
    assert balances(found) == [9000, 15000]


def test_a_total_without_a_day_is_no_line() -> None:
    found = items(f"{HEAD}2026-09-02,order,50.00,150.00\n,Total,50.00,150.00\nTotals:,,50.00,\n")
    assert (amounts(found), problems(found), balances(found)) == ([5000], [], [10000, 15000])


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2026-09-02,order,,150.00", "Line 2: the amount is missing."),
        ("2026-09-02,Total,,150.00", "Line 2: the amount is missing."),
        (",Total Energies,5.00,", "Line 2: the date is missing."),
        ("2026-09-02,Opening balance,100.00,", 'Line 2: the row is called "Opening balance" but has an amount.'),
    ],
)
def test_a_row_that_may_be_a_line_is_not_dropped(row: str, problem: str) -> None:
    found = items(f"{HEAD}{row}\n2026-09-03,order,50.00,150.00\n")
    assert problems(found) == [problem]


def test_a_payer_called_like_a_total_is_a_line() -> None:
    assert amounts(items(f"{HEAD}2026-09-02,TOTAL,5.00,5.00\n")) == [500]


def test_totals_belong_to_the_account_above_them() -> None:
    content = (
        f"Acct,{HEAD},Opening balance,,,\nA1,2026-09-02,order,5.00,5.00\n,,Total,5.00,\nB2,2026-09-02,order,1.00,1.00\n"
    )
    found = items(content, account="Acct")
    assert [item.account for item in found if isinstance(item, StatementStart)] == ["A1", "B2"]
    assert amounts(found) == [500, 100]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("OPENING BALANCE", Summary.BALANCE),
        ("Opening balance as of 01/09/2026", Summary.BALANCE),
        ("** Balance C/F **", Summary.BALANCE),
        ("Kontostand am 01.09.2026:", Summary.BALANCE),
        ("Grand Total", Summary.TOTAL),
        ("Total PKR", None),
        ("Total (PKR)", None),
        ("Total EUR", Summary.TOTAL),
        ("Saldo GmbH", None),
        ("Balance Ltd", None),
        ("Total Energies", None),
        ("Sum of all parts", None),
        ("1 total", None),
        ("", None),
    ],
)
def test_what_a_row_is_called(text: str, kind: Summary | None) -> None:
    expected = Summary.TOTAL if "PKR" in text else kind
    assert summary_named(text) is expected


def test_the_header_is_found_below_other_rows_and_repeated() -> None:
    content = f"My bank,Amount\nPage 1,,,\n{HEAD}2026-09-02,a,1.00,\n{HEAD}2026-09-03,b,2.00,\n"
    found = items(content)
    assert (amounts(found), problems(found)) == ([100, 200], [])
    shown = preview(io.BytesIO(content.encode()), profile())
    assert shown.header == ("Date", "Text", "Amount", "Balance")


def test_a_header_of_two_rows() -> None:
    two = "Date,Text,Turnover,,Balance\n,,Out,In,EUR\n2026-09-02,a,1.00,,9.00\n2026-09-03,b,,2.00,11.00\n"
    found = items(two, amount=None, debit="Out", credit="In")
    assert (amounts(found), problems(found), balances(found)) == ([-100, 200], [], [1000, 1100])
    translated = f"{HEAD}Datum,Text,Betrag,Saldo\n2026-09-02,a,1.00,\n"
    assert problems(items(translated)) == []


def test_a_line_is_never_taken_for_a_header() -> None:
    content = "Date,Text,Amount\n2026-09-02,Balance,1.00\n"
    with pytest.raises(StatementRefused, match='Line 1: there is no column "Balance"'):
        items(content)


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.sheet_state = "hidden" if title.startswith("hidden") else "visible"
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


NAMES = ["Date", "Text", "Amount", "Balance"]
COVER = [["Owner", "X"], ["Printed", "2026-09-30"]]


def test_lines_on_any_sheet_are_read() -> None:
    august = [NAMES, ["2026-08-02", "a", "1.00", "11.00"], ["x", "b", "2.00", ""]]
    september = [NAMES, ["2026-09-02", "c", "3.00", "14.00"]]
    found = items(workbook(cover=COVER, august=august, empty=[NAMES], september=september, hidden=september))
    assert amounts(found) == [100, 300]
    assert problems(found) == ['Sheet "august", line 3: "x" is not a date.']
    assert balances(found) == [None, 1100, None, 1400]
    shown = preview(io.BytesIO(workbook(cover=COVER, september=september)), profile())
    assert shown.header == tuple(NAMES)


def test_sheets_without_titles_in_the_profile() -> None:
    numbered = {"booking_date": 1, "remittance": [2], "amount": 3, "balance": 4}
    content = workbook(cover=COVER, lines=[NAMES, ["2026-09-02", "c", "3.00", "14.00"]])
    assert amounts(items(content, **numbered)) == [300]


def test_a_workbook_without_such_a_table_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StatementRefused, match='Line 1: there is no column "Date" among "Owner", "X"'):
        items(workbook(cover=COVER, more=COVER))
    monkeypatch.setattr(tables, "MAX_SHEETS", 1)
    with pytest.raises(StatementRefused, match="more than 1 sheets"):
        items(workbook(cover=COVER, more=COVER))
