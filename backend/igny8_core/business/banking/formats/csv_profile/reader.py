"""Rows as lines, using a profile.

A table is read three times: for what its amounts show about their marks, for its balances, which are only given with
its lines, and for the lines.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import BinaryIO

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
from igny8_core.business.banking.domain.reading import Unreadable, raw_text
from igny8_core.business.banking.formats.csv_profile.cells import Cell, text_of
from igny8_core.business.banking.formats.csv_profile.columns import Columns
from igny8_core.business.banking.formats.csv_profile.tables import Row, csv_rows, xlsx_rows

type Rows = Callable[[], Iterator[Row]]
"""Starts reading a table from its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How a profile reads a file's first rows, for a person who is about to save it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    items: tuple[StatementItem, ...]


def read_csv(file: BinaryIO, profile: CsvProfile) -> Iterator[StatementItem]:
    """The items of a CSV file; raises `StatementRefused`."""
    return _read(_csv(file, profile), profile)


def read_xlsx(file: BinaryIO, profile: CsvProfile) -> Iterator[StatementItem]:
    """The items of a workbook's first sheet; raises `StatementRefused`."""
    return _read(_xlsx(file), profile)


def preview(file: BinaryIO, profile: CsvProfile, *, limit: int, is_xlsx: bool) -> Preview:
    """The first rows, raw and as items; raises `StatementRefused`."""
    begin = _xlsx(file) if is_xlsx else _csv(file, profile)
    rows = _without_last(begin(), profile.skip_last_rows)
    header = _header(rows, profile)
    return Preview(
        header=tuple(map(text_of, header[1])) if header else (),
        rows=tuple(tuple(map(text_of, cells)) for _, cells in islice(rows, limit)),
        items=tuple(islice(_read(begin, profile), limit + 1)),
    )


def _csv(file: BinaryIO, profile: CsvProfile) -> Rows:
    def begin() -> Iterator[Row]:
        file.seek(0)
        return csv_rows(file, delimiter=profile.delimiter, encoding=profile.encoding)

    return begin


def _xlsx(file: BinaryIO) -> Rows:
    return lambda: xlsx_rows(file)


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

    def add(self, line: StatementLine, balance_minor: int | None) -> None:
        self.currency = self.currency or line.currency
        amount_before, balance_before = self.last or (0, None)
        if balance_before is not None and balance_minor is not None:
            self.oldest_first += balance_before + line.amount_minor == balance_minor
            self.oldest_first -= balance_before - amount_before == balance_minor
        self.last = (line.amount_minor, balance_minor)
        self.first = self.first or self.last
        self.last_day = line.booking_date or line.value_date
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


def _read(begin: Rows, profile: CsvProfile) -> Iterator[StatementItem]:
    habits = _habits(begin, profile)
    groups = iter(_groups(begin, profile, habits))
    group: _Group | None = None
    position = 1
    columns, rows = _body(begin, profile, habits)
    for row in rows:
        account = columns.account(row[1])
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
        yield _item(columns, row, position)[0]
        position += 1
    if group is None:
        raise StatementRefused("The table has no lines under its header.")
    yield StatementEnd(closing_minor=group.closing_minor)


def _habits(begin: Rows, profile: CsvProfile) -> Habits:
    """The first pass: what all amounts of the table show about their marks."""
    habits = Habits()
    columns, rows = _body(begin, profile, habits)
    for _, cells in rows:
        columns.note_habits(cells)
    return habits


def _groups(begin: Rows, profile: CsvProfile, habits: Habits) -> list[_Group]:
    """The second pass: which statements there are, in which currency, with which balances."""
    columns, rows = _body(begin, profile, habits)
    groups: list[_Group] = []
    for row in rows:
        account = columns.account(row[1])
        if not groups or groups[-1].account != account:
            groups.append(_Group(account, profile.fixed_currency))
        item, balance_minor = _item(columns, row, 1)
        if isinstance(item, StatementLine):
            groups[-1].add(item, balance_minor)
        else:
            groups[-1].problem = groups[-1].problem or item.problem
    for group in groups:
        if not group.currency:
            raise StatementRefused(f"No line could be read. Is this the right profile? {group.problem}")
    return groups


def _item(columns: Columns, row: Row, position: int) -> tuple[StatementLine | UnreadableLine, int | None]:
    """A row as a line with the balance after it, or as an unreadable line."""
    number, cells = row
    raw = raw_text(" | ".join(map(text_of, cells)))
    try:
        return columns.line(cells, position=position, raw=raw)
    except Unreadable as problem:
        return UnreadableLine(position=position, problem=f"Line {number}: {problem}.", raw=raw), None


def _body(begin: Rows, profile: CsvProfile, habits: Habits) -> tuple[Columns, Iterator[Row]]:
    """The columns, found in the header, and the non-empty rows below it."""
    rows = _without_last(begin(), profile.skip_last_rows)
    return Columns.find(profile, _header(rows, profile), habits), (row for row in rows if any(map(_is_filled, row[1])))


def _header(rows: Iterator[Row], profile: CsvProfile) -> Row | None:
    """Skip the rows before the lines, including the header if the profile has one."""
    for _ in islice(rows, profile.skip_rows):
        pass
    if not profile.has_header:
        return None
    header = next((row for row in rows if any(map(_is_filled, row[1]))), None)
    if header is None:
        raise StatementRefused("The table has no header.")
    return header


def _without_last(rows: Iterator[Row], count: int) -> Iterator[Row]:
    held: list[Row] = []
    for row in rows:
        held.append(row)
        if len(held) > count:
            yield held.pop(0)


def _is_filled(cell: Cell) -> bool:
    return isinstance(cell, Decimal) or text_of(cell) != ""
