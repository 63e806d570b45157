"""Amounts in every form that banks write: each is read right, or its line is unreadable; none is guessed."""

import io
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from igny8_core.business.banking.domain.amounts import shape_of
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import StatementEnd, StatementLine, StatementStart, UnreadableLine
from igny8_core.business.banking.domain.reading import Unreadable
from igny8_core.business.banking.formats.csv_profile.cells import signed_of
from igny8_core.business.banking.formats.registry import read

BASE: dict[str, Any] = {"delimiter": ";", "booking_date": "Date", "amount": "Amount", "fixed_currency": "EUR"}


def column(*cells: str, **changed: Any) -> list[int | None]:
    """The amounts of a table with these cells in its column; None for an unreadable line."""
    rows = "".join(f"2026-09-{day:02};{cell}\n" for day, cell in enumerate(cells, 1))
    profile = CsvProfile.from_json(BASE | changed)
    try:
        _, items = read(io.BytesIO(f"Date;Amount\n{rows}".encode()), profile=profile)
        found = [item for item in items if isinstance(item, StatementLine | UnreadableLine)]
    except StatementRefused:
        return [None] * len(cells)
    return [item.amount_minor if isinstance(item, StatementLine) else None for item in found]


COMMA = {"decimal": ","}
GERMAN = {"decimal": ",", "thousands": "."}
ENGLISH = {"decimal": ".", "thousands": ","}


@pytest.mark.parametrize(
    ("cells", "changed", "minor"),
    [
        # The column shows that the comma separates decimals, so that the point can only separate thousands.
        (("1.000", "1.500", "12,50"), COMMA, [100000, 150000, 1250]),
        (("1.000", "2.345.678"), COMMA, [100000, 234567800]),
        (("1,000", "7.5"), {}, [100000, 750]),
        (("1'000", "2'500.50"), {}, [100000, 250050]),
        (("1’000.05", "7"), {}, [100005, 700]),
        (("12,34,567", "1,000"), {}, [123456700, 100000]),
        (("1 000", "1 234,50"), COMMA, [100000, 123450]),
        # Nothing in the column decides.
        (("1.000", "2.000"), COMMA, [None, None]),
        (("1.000", "2.000"), {}, [None, None]),
        (("1.000", "7"), {}, [None, 700]),
        # The column contradicts itself, or the profile.
        (("1.000", "12.50", "7,25"), COMMA, [None, None, 725]),
        (("1.000", "12.50"), GERMAN, [None, None]),
        (("1,000", "12,50", "3.75"), ENGLISH, [None, None, 375]),
        (("1.000", "12.50"), {}, [None, 1250]),
        (("1,234.50", "1.234,50"), {}, [123450, None]),
        (("1.234.567", "1.5"), {}, [None, 150]),
        # A profile that names the separator is obeyed.
        (("1.000", "2.000"), GERMAN, [100000, 200000]),
        (("1,000", "2,500"), ENGLISH, [100000, 250000]),
        (("1 000",), ENGLISH, [None]),
        # Three decimals are decimals if the whole column has three.
        (("0.500", "1.000", "1234.250"), {}, [50, 100, 123425]),
        (("0.500", "1.000", "12.50"), {}, [50, None, 1250]),
        # Currencies without decimals, and with three.
        (("1,000", "500"), {"fixed_currency": "JPY"}, [1000, 500]),
        (("1.500", "12.000"), COMMA | {"fixed_currency": "CLP"}, [1500, 12000]),
        (("1.000", "500"), {"fixed_currency": "JPY"}, [None, 500]),
        (("4500.00", "-262 259"), {"fixed_currency": "JPY"}, [4500, -262259]),
        (("1.000", "2.500"), {"fixed_currency": "KWD"}, [1000, 2500]),
        (("1,000", "2,500"), {"fixed_currency": "KWD"}, [None, None]),
        (("1,000", "2,500.250"), {"fixed_currency": "KWD"}, [1000000, 2500250]),
    ],
)
def test_a_mark_is_decided_by_its_column_and_never_guessed(
    cells: tuple[str, ...], changed: dict[str, Any], minor: list[int | None]
) -> None:
    assert column(*cells, **changed) == minor


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        ("¤ 42.00", 4200),
        ("42.00 €", 4200),
        ("€42.00", 4200),
        ("-R$ 10.00", -1000),
        ("R$ -10.00", -1000),
        ("$(10.00)", -1000),
        ("(EUR 10.00)", -1000),
        ("EUR 10.00-", -1000),
        ("10.00- EUR", -1000),
        ("eur 10.00", 1000),
        ("'544.00 $", 54400),
        ("–10.00", -1000),
        ("125,000.00 CR", 12500000),
        ("1,25,000.00 Cr.", 12500000),
        ("5,000.00 DR", -500000),
        ("50.90Dr", -5090),
        ("Dr 50.90", -5090),
        ("-50.90 DR", -5090),
        ("(50.90) DR", -5090),
        ("EUR 50.90 D", -5090),
    ],
)
def test_what_stands_beside_the_number(cell: str, minor: int) -> None:
    assert column(cell, "0.01") == [minor, 1]


@pytest.mark.parametrize(
    "cell",
    [
        "USD 5.00",
        "£5.00",
        "5.00 zł",
        "-5.00 CR",
        "+5.00 DR",
        "5.00 CR DR",
        "-(5.00)",
        "-5.00-",
        "(5.00",
        "5.00)",
        "100.-",
        "100,-",
        "5.00 XX",
        "about 5.00",
        "5.00 / 6.00",
        "1,23,45.00",
        "1,2345",
        "1,234'567.00",
        "0,123,456",
        "5%",
    ],
)
def test_what_is_no_amount(cell: str) -> None:
    assert column(cell, "0.01") == [None, 1]


def test_a_point_after_an_abbreviation_is_no_decimal_mark() -> None:
    assert column("Rs.500", "Rs. 1,500.00", "Rs.500/-", fixed_currency="PKR") == [50000, 150000, 50000]


def test_words_of_the_profile_in_the_cell() -> None:
    assert column("5.00 S", "5.00 H", debit_words=["S"], credit_words=["H"]) == [-500, 500]
    assert column("5.00 CR", "5.00", inverted=True) == [500, -500]


def test_a_word_that_contradicts_its_column_or_its_indicator() -> None:
    by = CsvProfile.from_json(BASE | {"amount": None, "debit": "Out", "credit": "In"})
    table = (
        b"Date;Out;In\n2026-09-01;5.00 DR;-\n2026-09-02;5.00 CR;\n2026-09-03;;5.00 DR\n2026-09-04;\xe2\x80\x94;5 CR\n"
    )
    found = [
        item for item in read(io.BytesIO(table), profile=by)[1] if not isinstance(item, StatementStart | StatementEnd)
    ]
    assert [getattr(item, "amount_minor", None) for item in found] == [-500, None, None, 500]
    by = CsvProfile.from_json(BASE | {"indicator": "S"})
    table = b"Date;Amount;S\n2026-09-01;5.00 DR;D\n2026-09-02;5.00 DR;C\n"
    found = [
        item for item in read(io.BytesIO(table), profile=by)[1] if not isinstance(item, StatementStart | StatementEnd)
    ]
    assert [getattr(item, "amount_minor", None) for item in found] == [-500, None]


def ofx_line(amount: str, currency: str) -> int | None:
    content = (
        f"OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>{currency}<STMTTRN><DTPOSTED>20260901<TRNAMT>{amount}"
        "</STMTTRN></STMTRS></OFX>"
    )
    line = list(read(io.BytesIO(content.encode()))[1])[1]
    return line.amount_minor if isinstance(line, StatementLine) else None


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1,000", "EUR", None),
        ("1.000", "EUR", None),
        ("-1,000", "JPY", None),
        ("1,000", "KWD", 1000),
        ("12,5", "EUR", 1250),
        ("1234,500", "EUR", 123450),
        ("0.500", "EUR", 50),
        ("5.", "EUR", 500),
        ("-.5", "EUR", -50),
        ("1,234.50", "EUR", None),
        ("12.50-", "EUR", -1250),
        ("(12.50)", "EUR", -1250),
        ("EUR 12.50", "EUR", 1250),
        ("USD 12.50", "EUR", None),
    ],
)
def test_ofx(amount: str, currency: str, minor: int | None) -> None:
    assert ofx_line(amount, currency) == minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1,000", "EUR", None),
        ("1.000", "EUR", None),
        ("1.000,00", "EUR", None),
        ("1,000.00", "EUR", None),
        ("1.000", "KWD", None),
        ("1,000", "KWD", 1000),
        ("1,000", "JPY", None),
        ("1000,", "JPY", 1000),
        ("1000,00", "EUR", 100000),
        ("12.5", "EUR", 1250),
    ],
)
def test_mt940(amount: str, currency: str, minor: int | None) -> None:
    content = (
        f":20:A\n:25:1\n:60F:C260901{currency}0,\n:61:2609010901C{amount}NTRFNONREF\n:62F:C260901{currency}0,\n-\n"
    )
    line = list(read(io.BytesIO(content.encode()))[1])[1]
    assert (line.amount_minor if isinstance(line, StatementLine) else None) == minor
    balance = content.replace(f"{currency}0,", f"{currency}{amount}")
    if minor is None:
        with pytest.raises(StatementRefused, match="Line 3: the balance of field 60F"):
            list(read(io.BytesIO(balance.encode()))[1])
    else:
        start = next(iter(read(io.BytesIO(balance.encode()))[1]))
        assert isinstance(start, StatementStart)
        assert start.opening_minor == minor


@given(st.text("0123456789.,' ", max_size=12), st.sampled_from([".", ","]), st.sampled_from(["", ".", ",", " ", "'"]))
@example("1.000", ",", "")
@example("1,000", ".", "")
def test_no_text_alone_becomes_a_thousandth_of_itself(text: str, decimal: str, thousands: str) -> None:
    """Whatever a cell says, three digits after its only mark are not taken for decimals."""
    if decimal == thousands:
        return
    profile = CsvProfile.from_json(BASE | {"decimal": decimal, "thousands": thousands})
    try:
        shape = shape_of(text.strip()) if text.strip() else None
        minor = signed_of(text, "EUR", profile)
    except Unreadable:
        return
    assert shape is not None
    if shape.is_open:
        assert minor == 100 * int(Decimal(shape.as_whole))
