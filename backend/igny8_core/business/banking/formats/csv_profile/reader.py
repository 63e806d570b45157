"""Rows as lines, using a profile.

A table is read three times: for what its amounts show about their marks, for its balances, which are only given with
its lines, and for the lines.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import BinaryIO, NamedTuple

from igny8_core.business.banking.domain.amounts import Habits
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import (
    StatementEnd,
    StatementItem,
    StatementKind,
    StatementLine,
    StatementStart,
    UnreadableLine,
)
from igny8_core.business.banking.domain.reading import Unreadable, quoted, raw_text
from igny8_core.business.banking.formats.csv_profile.cells import Cell, Row, text_of
from igny8_core.business.banking.formats.csv_profile.columns import Columns, NoTable, StatementSummary, folded, titles
from igny8_core.business.banking.formats.csv_profile.tables import csv_rows, xlsx_sheets

# A file that declares its encoding knows better than a profile.
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HEADER_WITHIN = 100
"""How many rows may stand above the header."""


class Table(NamedTuple):
    """A CSV file, or a sheet of a workbook; `begin` starts reading its rows from the beginning."""

    begin: Callable[[], Iterator[Row]]
    sheet: str = ""
    """The sheet's name if there are several."""

    def place(self, number: int) -> str:
        """Where a row is, as the beginning of a sentence."""
        return f"Sheet {quoted(self.sheet)}, line {number}" if self.sheet else f"Line {number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How a profile reads a file's first rows, for a person who is about to save it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    items: tuple[StatementItem, ...]


def read_csv(file: BinaryIO, profile: CsvProfile) -> Iterator[StatementItem]:
    """The items of a CSV file; raises `StatementRefused`."""
    return _read([_csv(file, profile)], profile)


def read_xlsx(file: BinaryIO, profile: CsvProfile) -> Iterator[StatementItem]:
    """The items of all visible sheets of a workbook that have the profile's columns; raises `StatementRefused`."""
    return _read(_xlsx(file), profile)


def preview(file: BinaryIO, profile: CsvProfile, *, limit: int, is_xlsx: bool) -> Preview:
    """The first rows, raw and as items; raises `StatementRefused`."""
    tables = [opened.table for opened in _fitting(_xlsx(file) if is_xlsx else [_csv(file, profile)], profile)]
    rows = _without_last(tables[0].begin(), profile.skip_last_rows)
    header = _header(rows, profile)
    return Preview(
        header=tuple(map(text_of, header[0][1])) if header else (),
        rows=tuple(tuple(map(text_of, cells)) for _, cells in islice(rows, limit)),
        items=tuple(islice(_read(tables, profile), limit + 1)),
    )


def _csv(file: BinaryIO, profile: CsvProfile) -> Table:
    def begin() -> Iterator[Row]:
        file.seek(0)
        mark = file.read(3)
        file.seek(0)
        encoding = next((codec for start, codec in _MARKS if mark.startswith(start)), profile.encoding)
        return csv_rows(file, delimiter=profile.delimiter, encoding=encoding)

    return Table(begin)


def _xlsx(file: BinaryIO) -> list[Table]:
    sheets = xlsx_sheets(file)
    return [Table(begin, name if len(sheets) > 1 else "") for name, begin in sheets]


@dataclass
class _Group:
    """Consecutive rows of one account, summarised as far as the statement's header requires."""

    account: str
    currency: str = ""
    first: tuple[int, int | None] | None = None
    """Amount and balance of the first and of the last readable row."""
    last: tuple[int, int | None] | None = None
    oldest_first: int = 0
    """How many more pairs of adjacent rows have balances that fit oldest-first than newest-first."""
    first_day: date | None = None
    last_day: date | None = None
    problem: str = ""
    """What is wrong with the first unreadable row: the balances are then not conclusive."""

    def add_line(self, line: StatementLine, balance_minor: int | None) -> None:
        self.currency = self.currency or line.currency
        self._add(line.amount_minor, balance_minor, line.booking_date or line.value_date)

    def add_summary(self, summary: StatementSummary) -> None:
        """A balance among the lines counts like a line that moves nothing."""
        self.currency = self.currency or summary.currency
        if summary.balance_minor is not None:
            self._add(0, summary.balance_minor, summary.day)

    def _add(self, amount_minor: int, balance_minor: int | None, day: date | None) -> None:
        amount_before, balance_before = self.last or (0, None)
        if balance_before is not None and balance_minor is not None:
            self.oldest_first += balance_before + amount_minor == balance_minor
            self.oldest_first -= balance_before - amount_before == balance_minor
        self.last = (amount_minor, balance_minor)
        self.first = self.first or self.last
        self.last_day = day or self.last_day
        self.first_day = self.first_day or self.last_day

    @property
    def is_newest_first(self) -> bool:
        """Decided by the balances, or by the dates if the balances fit both orders."""
        if self.oldest_first or self.first_day is None or self.last_day is None:
            return self.oldest_first < 0
        return self.first_day > self.last_day

    @property
    def opening_minor(self) -> int | None:
        oldest = self.last if self.is_newest_first else self.first
        if oldest is None or oldest[1] is None or self.problem:
            return None
        return oldest[1] - oldest[0]

    @property
    def closing_minor(self) -> int | None:
        newest = self.first if self.is_newest_first else self.last
        return newest[1] if newest and not self.problem else None


@dataclass(frozen=True, slots=True)
class _Opened:
    """A table of the profile's form, after the passes that precede its lines."""

    table: Table
    habits: Habits
    groups: list[_Group]


def _read(tables: Sequence[Table], profile: CsvProfile) -> Iterator[StatementItem]:
    for opened in _fitting(tables, profile):
        groups = iter(opened.groups)
        group: _Group | None = None
        position = 1
        for account, item, _ in _entries(opened.table, profile, opened.habits):
            if group is None or account != group.account:
                if group is not None:
                    yield StatementEnd(closing_minor=group.closing_minor)
                group = next(groups)
                position = 1
                yield StatementStart(
                    kind=StatementKind.STATEMENT,
                    account=group.account,
                    currency=group.currency,
                    opening_minor=group.opening_minor,
                )
            if not isinstance(item, StatementSummary):
                yield replace(item, position=position)
                position += 1
        assert group is not None, "a table that fits has a group"
        yield StatementEnd(closing_minor=group.closing_minor)


def _fitting(tables: Sequence[Table], profile: CsvProfile) -> list[_Opened]:
    """The tables of the profile's form; raises `StatementRefused` if there is none, with the first table's reason."""
    found: list[_Opened] = []
    refusals: list[NoTable] = []
    for table in tables:
        try:
            habits = _habits(table, profile)
            found.append(_Opened(table, habits, _groups(table, profile, habits)))
        except NoTable as refusal:
            refusals.append(refusal)
    if not found:
        raise refusals[0]
    return found


def _habits(table: Table, profile: CsvProfile) -> Habits:
    """The first pass: what all amounts of the table show about their marks."""
    habits = Habits()
    columns, rows = _body(table, profile, habits)
    for _, cells in rows:
        columns.note_habits(cells)
    return habits


def _groups(table: Table, profile: CsvProfile, habits: Habits) -> list[_Group]:
    """The second pass: which statements there are, in which currency, with which balances."""
    groups: list[_Group] = []
    for account, item, balance_minor in _entries(table, profile, habits):
        if not groups or groups[-1].account != account:
            groups.append(_Group(account, profile.fixed_currency))
        match item:
            case StatementLine():
                groups[-1].add_line(item, balance_minor)
            case StatementSummary():
                groups[-1].add_summary(item)
            case UnreadableLine():
                groups[-1].problem = groups[-1].problem or item.problem
    if not groups:
        raise NoTable("The table has no lines under its header.")
    is_named = any(isinstance(column, str) for column in profile.columns())
    for group in groups:
        unread = f"No line could be read. Is this the right profile? {group.problem}"
        if not group.currency:
            raise StatementRefused(unread) if is_named else NoTable(unread)
    if not is_named and all(group.first is None for group in groups) and table.sheet:
        raise NoTable(f"No line could be read. Is this the right profile? {groups[0].problem}")
    return groups


type Entry = tuple[str, StatementLine | UnreadableLine | StatementSummary, int | None]
"""An account, what a row says about it, and the balance after it."""


def _entries(table: Table, profile: CsvProfile, habits: Habits) -> Iterator[Entry]:
    """The table's rows with the account that each belongs to; totals and balances often name none."""
    columns, rows = _body(table, profile, habits)
    account = profile.fixed_account
    for row in rows:
        item, balance_minor = _item(table, columns, row)
        named = columns.account(row[1])
        if isinstance(item, StatementSummary) and not named:
            if profile.account is not None and not account:
                continue
            named = account
        account = named
        yield account, item, balance_minor


def _item(
    table: Table, columns: Columns, row: Row
) -> tuple[StatementLine | UnreadableLine | StatementSummary, int | None]:
    """A row as a line with the balance after it, as a balance or total, or as an unreadable line."""
    number, cells = row
    raw = raw_text(" | ".join(map(text_of, cells)))
    try:
        summary = columns.summary(cells)
        return (summary, None) if summary is not None else columns.line(cells, position=1, raw=raw)
    except Unreadable as problem:
        return UnreadableLine(position=1, problem=f"{table.place(number)}: {problem}.", raw=raw), None


def _body(table: Table, profile: CsvProfile, habits: Habits) -> tuple[Columns, Iterator[Row]]:
    """The columns, found in the header, and the non-empty rows below it that do not repeat it."""
    rows = _without_last(table.begin(), profile.skip_last_rows)
    header = _header(rows, profile)
    return Columns.find(profile, header, habits), _below(header, rows)


def _below(header: Sequence[Row], rows: Iterator[Row]) -> Iterator[Row]:
    """Rows without a digit directly below a header belong to it: a line has a day and an amount."""
    repeated = [cells for _, cells in header]
    in_header = bool(header)
    for row in rows:
        if not any(map(_is_filled, row[1])) or row[1] in repeated:
            continue
        in_header = in_header and not _has_digit(row)
        if not in_header:
            yield row


def _header(rows: Iterator[Row], profile: CsvProfile) -> list[Row]:
    """Skip the rows before the lines, and return those of the header if the profile has one.

    The header is the first row with all named columns, or two rows that have them together.
    """
    for _ in islice(rows, profile.skip_rows):
        pass
    if not profile.has_header:
        return []
    named = {folded(column) for column in profile.columns() if isinstance(column, str)}
    filled: list[Row] = []
    for row in rows:
        if not any(map(_is_filled, row[1])):
            continue
        for header in ([row], [*filled[-1:], row]):
            if named <= titles(header).keys() and not (len(header) > 1 and _has_digit(row)):
                return header
        filled.append(row)
        if len(filled) == _HEADER_WITHIN:
            break
    if not filled:
        raise NoTable("The table has no header.")
    return filled[:1]


def _has_digit(row: Row) -> bool:
    return any(not isinstance(cell, str) or any(map(str.isdigit, cell)) for cell in row[1])


def _without_last(rows: Iterator[Row], count: int) -> Iterator[Row]:
    held: list[Row] = []
    for row in rows:
        held.append(row)
        if len(held) > count:
            yield held.pop(0)


def _is_filled(cell: Cell) -> bool:
    return isinstance(cell, Decimal) or text_of(cell) != ""
