"""CSV and XLSX: dialects, sign conventions, and what a table that does not fit its profile answers."""

import io
from datetime import date, datetime
from decimal import Decimal
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
from igny8_core.business.banking.formats.csv_profile import tables
from igny8_core.business.banking.formats.csv_profile.cells import date_of, signed_of
from igny8_core.business.banking.formats.registry import preview, read
from tests.statement_writers import xlsx_file

# Excel knows no zones.
NOON = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001
GOOD: dict[str, Any] = {"booking_date": "Date", "amount": "Amount", "fixed_currency": "EUR"}


def profile(**changed: Any) -> CsvProfile:
    return CsvProfile.from_json(GOOD | changed)


def items(content: bytes, by: CsvProfile) -> list[StatementItem]:
    return list(read(io.BytesIO(content), profile=by)[1])


def amounts(content: bytes, by: CsvProfile) -> list[int]:
    return [item.amount_minor for item in items(content, by) if isinstance(item, StatementLine)]


@pytest.mark.parametrize(
    ("text", "marks", "minor"),
    [
        ("1234.5", (".", ""), 123450),
        ("1,234.50", (".", ","), 123450),
        ("12,34,567.00", (".", ","), 123456700),
        ("1.234,50", (",", "."), 123450),
        ("1 234,50", (",", " "), 123450),
        ("1 234,50", (",", " "), 123450),
        ("1’234.50", (".", "'"), 123450),
        ("-0.01", (".", ""), -1),
        ("− 5", (".", ""), -500),
        ("5.00-", (".", ""), -500),
        ("(5.00)", (".", ""), -500),
        ("+.5", (".", ""), 50),
        ("0", (".", ""), 0),
    ],
)
def test_amounts(text: str, marks: tuple[str, str], minor: int) -> None:
    assert signed_of(text, "EUR", profile(decimal=marks[0], thousands=marks[1])) == minor


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("1.50", (",", ".")),
        ("1,50", (".", ",")),
        ("1.2345,00", (",", ".")),
        ("1,,234.00", (".", ",")),
        (",234.00", (".", ",")),
        ("1.234.50", (".", ",")),
        ("1,234", (".", "")),
        ("1.005", (".", "")),
        ("--5", (".", "")),
        ("5e3", (".", "")),
        ("٥", (".", "")),
        ("1.٥", (".", "")),
        ("USD 5", (".", "")),
        ("NaN", (".", "")),
        ("1" * 31, (".", "")),
    ],
)
def test_texts_that_are_no_amounts(text: str, marks: tuple[str, str]) -> None:
    content = f'Date,Amount\n2026-03-02,"{text}"\n2026-03-02,1{marks[0] if marks[0] != "," else "."}\n'.encode()
    by = profile(decimal=marks[0], thousands=marks[1])
    found = items(content.replace(b",1.\n", b",1\n"), by)
    assert isinstance(found[1], UnreadableLine)
    assert found[1].problem.startswith("Line 2: ")
    assert found[1].raw == f"2026-03-02 | {text}"
    assert isinstance(found[2], StatementLine)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2026-03-02", "ymd"),
        ("2026/3/2 10:33", "ymd"),
        ("20260302", "ymd"),
        ("02.03.26", "dmy"),
        ("02032026", "dmy"),
        ("2-Mar-2026", "dmy"),
        ("02 march 2026", "dmy"),
        ("3/2/2026", "mdy"),
        ("Mar 2, 2026", "mdy"),
        ("2026-03-02T23:59:59Z", "ymd"),
    ],
)
def test_dates(text: str, order: str) -> None:
    assert date_of(text, order) == date(2026, 3, 2)


@pytest.mark.parametrize(
    "text", ["31.02.2026", "13/13/2026", "2.3.226", "today", "2026-03-02", "1.1.0000", "", "1.Foo.2026"]
)
def test_texts_that_are_no_dates(text: str) -> None:
    found = items(f"Date;Amount\n{text};1\n1.1.2026;1\n".encode(), profile(delimiter=";", date_order="dmy"))
    assert isinstance(found[1], UnreadableLine)
    assert isinstance(found[2], StatementLine)


def test_sign_conventions() -> None:
    assert amounts(b"Date,Amount\n2026-03-02,5\n2026-03-02,-7\n", profile(inverted=True)) == [-500, 700]
    marked = b"Date,Amount,S\n2026-03-02,5,H\n2026-03-02,-7,s\n2026-03-02,-7,h\n"
    by = profile(indicator="S", debit_words=["S"], credit_words=["H"])
    assert amounts(marked, by) == [500, -700, 700]
    two = b"Date,Out,In\n2026-03-02,5,\n2026-03-02,-6,0\n2026-03-02,,7\n2026-03-02,0,0\n2026-03-02,,-1\n"
    by = profile(amount=None, debit="Out", credit="In")
    assert amounts(two, by) == [-500, -600, 700, 0]
    assert isinstance(items(two, by)[5], UnreadableLine)


def test_an_unknown_indicator_is_unreadable() -> None:
    found = items(b"Date,Amount,S\n2026-03-02,5,?\n", profile(indicator="S"))
    assert isinstance(found[1], UnreadableLine)
    assert found[1].problem == 'Line 2: "?" means neither debit nor credit.'


def test_accounts_in_a_column_are_statements_of_their_own() -> None:
    content = b"Acct,Date,Amount,Balance\nA 1,2026-03-02,5,15\nA1,2026-03-02,5,20\nB2,2026-03-02,1,1\n"
    found = items(content, profile(account="acct", balance="Balance"))
    assert [item for item in found if isinstance(item, StatementStart)] == [
        StatementStart(kind="statement", account="A1", currency="EUR", opening_minor=1000),
        StatementStart(kind="statement", account="B2", currency="EUR", opening_minor=0),
    ]
    assert [item.closing_minor for item in found if isinstance(item, StatementEnd)] == [2000, 100]


def test_rows_around_the_table_are_skipped() -> None:
    content = b"My bank,\n\nDate,Amount\n\n2026-03-02,5\n\nTotal,5\nPrinted,today\n"
    assert amounts(content, profile(skip_rows=2, skip_last_rows=2)) == [500]


@pytest.mark.parametrize(
    ("content", "changed", "sentence"),
    [
        (b"Day,Amount\n2026-03-02,5\n", {}, 'Line 1: there is no column "Date" among "Day", "Amount".'),
        (b"Date,Amount\n\n", {}, "The table has no lines under its header."),
        (b"\n\n", {}, "The table has no header."),
        (b"Date,Amount\n2026-03-02,5\n", {"skip_rows": 9}, "The table has no header."),
        ("Date,Amount\n2026-03-02,5é\n".encode("cp1252"), {}, "Line 1: the text is not written in utf-8."),
        (b"Date,Amount\n2026-03-02,5\n", {"encoding": "utf-16"}, "Line 1: the text is not written in utf-16."),
        (b'Date,Amount\n"2026"-03-02,5\n', {}, "Line 2: the CSV is broken: ',' expected after '\"'."),
        (
            b"Date,Amount\n2026-03-02," + b"5" * 200_000,
            {},
            "Line 2: the CSV is broken: field larger than field limit (131072).",
        ),
        (
            b"Date,Amount\nx,5\n",
            {"fixed_currency": "", "currency": 3},
            "No line could be read. Is this the right profile? Line 2: the currency is missing.",
        ),
    ],
)
def test_tables_that_do_not_fit_are_refused(content: bytes, changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(StatementRefused) as refused:
        items(content, profile(**changed))
    assert refused.value.message == sentence


def test_a_table_needs_a_profile() -> None:
    with pytest.raises(StatementRefused, match=r"This is a table \(CSV\): choose the profile"):
        read(io.BytesIO(b"Date,Amount\n2026-03-02,5\n"))
    with pytest.raises(StatementRefused, match=r"This is a table \(XLSX\): choose the profile"):
        read(io.BytesIO(xlsx_file([["Date", "Amount"]])))


def test_texts_that_are_too_long_make_a_line_unreadable() -> None:
    content = f"Date,Amount,Text,Ref\n2026-03-02,5,{'x' * 4001},\n2026-03-02,5,,{'x' * 141}\n2026-03-02,5,ok,ok\n"
    found = items(content.encode(), profile(remittance=["Text"], bank_reference="Ref"))
    assert [item.problem for item in found if isinstance(item, UnreadableLine)] == [
        "Line 2: its remittance has more than 4000 characters.",
        "Line 3: its bank reference has more than 140 characters.",
    ]
    assert amounts(content.encode(), profile(remittance=["Text"], bank_reference="Ref")) == [500]


def test_workbooks_keep_numbers_and_dates() -> None:
    rows = [
        ["Date", "Amount", "Text", "Account"],
        [NOON, 0.1 + 0.2, 42, 123456789012],
        [date(2026, 3, 3), Decimal("-1234.56"), "=1+1", "0012"],
        ["2026-03-04", "7.00", True, None],
        [None, None, None, None],
        [date(2026, 3, 5), 1.005, "too exact", None],
    ]
    found = items(xlsx_file(rows), profile(remittance=["Text"], counterparty_account="Account"))
    lines = [item for item in found if isinstance(item, StatementLine)]
    assert [line.amount_minor for line in lines] == [30, -123456, 700]
    assert [line.booking_date for line in lines] == [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)]
    assert [line.remittance for line in lines] == ["42", "=1+1", "True"]
    assert [line.counterparty_account for line in lines] == ["123456789012", "0012", ""]
    assert [item.problem for item in found if isinstance(item, UnreadableLine)] == [
        'Line 6: "1.005" has more decimals than EUR.'
    ]


def test_a_workbook_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    with pytest.raises(StatementRefused, match="more than 3 rows"):
        items(xlsx_file([["Date", "Amount"], *[["2026-03-02", 1]] * 3]), profile())


@pytest.mark.parametrize("as_workbook", [False, True])
def test_a_preview_shows_rows_and_what_becomes_of_them(as_workbook: bool) -> None:
    rows = [["Date", "Amount", "More"], ["2026-03-02", "5.00", "a"], ["x", "5.00", "b"], ["2026-03-04", "7.00", "c"]]
    content = xlsx_file(rows) if as_workbook else "\n".join(map(",".join, rows)).encode()
    shown = preview(io.BytesIO(content), profile(), limit=2)
    assert shown.header == ("Date", "Amount", "More")
    assert shown.rows == (("2026-03-02", "5.00", "a"), ("x", "5.00", "b"))
    start, line, unreadable = shown.items
    assert isinstance(start, StatementStart)
    assert isinstance(line, StatementLine)
    assert isinstance(unreadable, UnreadableLine)
    assert unreadable.problem == 'Line 3: "x" is not a date.'


def test_a_preview_of_no_table_is_refused() -> None:
    with pytest.raises(StatementRefused):
        preview(io.BytesIO(b":20:X\n:25:1\n:60F:C260301EUR1,\n:62F:C260301EUR1,\n-\n"), profile())
