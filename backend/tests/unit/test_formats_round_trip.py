"""Any list of lines survives being written and read again, in every format that we can write."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from demo import camt
from hypothesis import given, settings
from hypothesis import strategies as st
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.business.banking.domain.lines import (
    StatementEnd,
    StatementItem,
    StatementKind,
    StatementLine,
    StatementStart,
)
from igny8_core.business.banking.domain.reading import LIMITS, clean, compact, reference
from igny8_core.business.banking.domain.summary_rows import summary_named
from igny8_core.business.banking.formats.registry import read
from tests.statement_writers import HEADERS, csv_file, mt940, ofx, table, xlsx_file

CURRENCIES = ("EUR", "USD", "PKR", "JPY", "KWD", "CLF")
ANY_CHARACTER = st.characters(categories=("L", "N", "P", "S", "Zs"))
SWIFT_CHARACTER = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-().,' ")
LATIN_CHARACTER = st.characters(codec="cp1252", categories=("L", "N", "P", "S", "Zs"))
DAYS = st.dates(min_value=date(1981, 3, 1), max_value=date(2078, 12, 1))
ACCOUNTS = st.from_regex(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}|[0-9]{6,20}", fullmatch=True)


def texts(characters: st.SearchStrategy[str], size: int) -> st.SearchStrategy[str]:
    return st.text(characters, max_size=size).map(clean)


def references(characters: st.SearchStrategy[str], size: int) -> st.SearchStrategy[str]:
    return texts(characters, size).map(reference)


@st.composite
def written(
    draw: st.DrawFn, characters: st.SearchStrategy[str] = ANY_CHARACTER, **changed: st.SearchStrategy[Any]
) -> list[StatementLine]:
    """Lines of one statement; `changed` says what a format can hold of some fields."""
    currency = draw(st.sampled_from(CURRENCIES))
    fields: dict[str, st.SearchStrategy[Any]] = {
        "amount_minor": st.integers(-(10**12), 10**12),
        "currency": st.just(currency),
        "booking_date": DAYS,
        "value_date": DAYS,
        "counterparty_name": texts(characters, 54),
        "counterparty_account": ACCOUNTS | st.just(""),
        "end_to_end_id": references(characters, 35),
        "structured_reference": references(characters, 35),
        "remittance": texts(characters, 140),
        "bank_reference": references(characters, 35),
        "is_return": st.booleans(),
        "raw": st.just(""),
    }
    lines = draw(st.lists(st.fixed_dictionaries(fields | changed), max_size=8))
    return [StatementLine(position=position, **values) for position, values in enumerate(lines, 1)]


NO_RETURN = {"is_return": st.just(False)}
PLAIN = NO_RETURN | {"structured_reference": st.just("")}


def head(lines: list[StatementLine], *, opening_minor: int | None = 12345) -> StatementStart:
    return StatementStart(
        kind=StatementKind.STATEMENT,
        account="DE89370400440532013000",
        currency=lines[0].currency if lines else "EUR",
        identification="STATEMENT-1",
        opening_minor=opening_minor,
    )


def closing(lines: list[StatementLine], opening_minor: int = 12345) -> int:
    return opening_minor + sum(line.amount_minor for line in lines)


def come_back(content: bytes, format_name: str, profile: CsvProfile | None = None) -> list[StatementItem]:
    """What is read, without the raw texts, which writing does not choose."""
    found, items = read(io.BytesIO(content), profile=profile)
    assert found == format_name
    return list(_without_raw(items))


def _without_raw(items: Iterator[StatementItem]) -> Iterator[StatementItem]:
    for item in items:
        if isinstance(item, StatementLine):
            assert item.raw
            assert len(item.raw) <= LIMITS["raw"]
            yield replace(item, raw="")
        else:
            yield item


@settings(deadline=None)
@given(lines=written())
def test_camt053(lines: list[StatementLine]) -> None:
    start, end = head(lines), closing(lines)
    content = b"".join(camt.write(start, lines, closing_minor=end, created_at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert come_back(content, "camt053") == [start, *lines, StatementEnd(closing_minor=end)]


@settings(deadline=None)
@given(
    lines=written(
        SWIFT_CHARACTER,
        structured_reference=st.just(""),
        bank_reference=st.from_regex(r"[A-Z0-9]{0,16}", fullmatch=True).map(reference),
    ),
    shifts=st.lists(st.integers(-150, 150), min_size=8, max_size=8),
)
def test_mt940(lines: list[StatementLine], shifts: list[int]) -> None:
    lines = [
        replace(line, booking_date=line.value_date + timedelta(days=shift))
        for line, shift in zip(lines, shifts, strict=False)
        if line.value_date is not None
    ]
    start, end = head(lines), closing(lines)
    expected_start = replace(start, identification="1/1 STATEMENT-1")
    assert come_back(mt940(start, lines, end), "mt940") == [expected_start, *lines, StatementEnd(closing_minor=end)]


@pytest.mark.parametrize("version", [1, 2])
@settings(deadline=None)
@given(lines=written(**PLAIN))
def test_ofx(version: int, lines: list[StatementLine]) -> None:
    start, end = replace(head(lines, opening_minor=None), identification=""), closing(lines)
    content = ofx(start, lines, end, version=version)
    assert come_back(content, "ofx") == [start, *lines, StatementEnd(closing_minor=end)]


FORMS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([",", ";", "\t", "|"]),
        "date_order": st.sampled_from(["ymd", "dmy", "mdy"]),
    }
)
MARKS = st.sampled_from([(".", ","), (",", "."), (".", ""), (",", " "), (".", "'")])
WAYS = st.sampled_from([("amount",), ("amount", "indicator"), ("debit", "credit")])
TEXT_COLUMNS = (
    *("booking_date", "value_date", "currency", "counterparty_name", "counterparty_account", "structured_reference"),
    *("end_to_end_id", "bank_reference"),
)
NAMED_COLUMNS = (*TEXT_COLUMNS[3:], "remittance")


def sums_up_nothing(lines: list[StatementLine]) -> bool:
    """Whether no cell names its row a balance or a total: such a row is no line."""
    return bool(lines) and not any(summary_named(getattr(line, name)) for line in lines for name in NAMED_COLUMNS)


def profile_of(ways: tuple[str, ...], **form: Any) -> CsvProfile:
    columns = {name: HEADERS[name] for name in (*TEXT_COLUMNS, *ways)}
    return CsvProfile(**columns, remittance=(HEADERS["remittance"],), fixed_account="DE89370400440532013000", **form)


def sheet_start(lines: list[StatementLine], opening_minor: int | None) -> StatementStart:
    return replace(head(lines, opening_minor=opening_minor), identification="")


@settings(deadline=None)
@given(
    lines=written(LATIN_CHARACTER, **NO_RETURN).filter(sums_up_nothing),
    form=FORMS,
    marks=MARKS,
    ways=WAYS,
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)
def test_csv(
    lines: list[StatementLine], form: dict[str, str], marks: tuple[str, str], ways: tuple[str, ...], encoding: str
) -> None:
    profile = profile_of(ways, decimal=marks[0], thousands=marks[1], encoding=encoding, **form)
    content = csv_file(table(lines, profile), profile)
    assert come_back(content, "csv", profile) == [sheet_start(lines, None), *lines, StatementEnd()]


@settings(deadline=None)
@given(lines=written(**NO_RETURN).filter(sums_up_nothing), newest_first=st.booleans())
def test_csv_with_balances(lines: list[StatementLine], newest_first: bool) -> None:
    # Money that goes to and fro by the same amount has balances that fit both orders.
    lines = [replace(line, amount_minor=abs(line.amount_minor) + 1) for line in lines]
    profile = profile_of(("amount",), balance=HEADERS["balance"])
    content = csv_file(table(lines, profile, opening_minor=777, newest_first=newest_first), profile)
    start, *read_lines, end = come_back(content, "csv", profile)
    assert start == sheet_start(lines, 777) or len(lines) == 1
    assert end == StatementEnd(closing_minor=closing(lines, 777))
    in_order = [line for line in read_lines if isinstance(line, StatementLine)]
    expected = list(reversed(lines)) if newest_first else lines
    assert [line.amount_minor for line in in_order] == [line.amount_minor for line in expected]


@settings(deadline=None)
@given(lines=written(**NO_RETURN).filter(sums_up_nothing), ways=WAYS)
def test_xlsx(lines: list[StatementLine], ways: tuple[str, ...]) -> None:
    lines = [replace(line, counterparty_account=compact(line.counterparty_account)) for line in lines]
    profile = profile_of(ways)
    content = xlsx_file(table(lines, profile))
    assert come_back(content, "xlsx", profile) == [sheet_start(lines, None), *lines, StatementEnd()]
