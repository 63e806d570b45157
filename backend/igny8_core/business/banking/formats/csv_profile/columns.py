"""The position of a profile's columns in a file, and their content in a row."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Self

from igny8_core.business.banking.domain.amounts import Habits
from igny8_core.business.banking.domain.csv_profile import Column, CsvProfile
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.banking.domain.reading import Unreadable, compact, quoted, reference, within_limits
from igny8_core.business.banking.domain.summary_rows import Summary, summary_named
from igny8_core.business.banking.formats.csv_profile.cells import (
    Cell,
    Row,
    amount_of,
    date_of,
    note_habits,
    signed_of,
    text_of,
)


class StatementSummary(NamedTuple):
    """A balance, or a total, that is no line; minor units."""

    balance_minor: int | None
    day: date | None
    currency: str


class NoTable(StatementRefused):
    """The sheet has no table of the profile's form; another sheet may have one."""


def titles(header: Sequence[Row]) -> dict[str, int]:
    """The place of each title in the rows of a header; the first of equal ones."""
    found: dict[str, int] = {}
    for _, cells in header:
        for place, cell in enumerate(cells):
            found.setdefault(folded(text_of(cell)), place)
    return found


def folded(title: str) -> str:
    """A title as it is compared."""
    return title.strip().casefold()


@dataclass(frozen=True, slots=True)
class Columns:
    """A profile with the index of each of its columns, from zero."""

    profile: CsvProfile
    places: Mapping[Column, int]
    habits: Habits
    """What the amounts of the whole table show about their marks; filled before its lines are read."""

    @classmethod
    def find(cls, profile: CsvProfile, header: Sequence[Row], habits: Habits) -> Self:
        """Find the columns in the header's rows; raises `NoTable` if one is missing."""
        found = titles(header)
        places: dict[Column, int] = {}
        for column in profile.columns():
            place = column - 1 if isinstance(column, int) else found.get(folded(column))
            if place is None:
                number, cells = header[0]
                there = ", ".join(quoted(text_of(cell)) for cell in cells[:20])
                raise NoTable(f"Line {number}: there is no column {quoted(str(column))} among {there}.")
            places[column] = place
        return cls(profile, places, habits)

    def account(self, cells: list[Cell]) -> str:
        """The account that a row's line belongs to."""
        return compact(self._text(cells, self.profile.account)) or self.profile.fixed_account

    def note_habits(self, cells: list[Cell]) -> None:
        """Take a row's amounts into account before any of them is read."""
        profile = self.profile
        for column in (profile.amount, profile.debit, profile.credit, profile.balance):
            note_habits(self._cell(cells, column), self.habits)

    def summary(self, cells: list[Cell]) -> StatementSummary | None:
        """The row as a balance or a total that the bank prints among the lines; None if it may be a line.

        Raises `Unreadable` for a balance with a day and an amount: it may be either.
        """
        name = next((cell for cell in cells if isinstance(cell, str) and summary_named(text_of(cell))), None)
        if name is None:
            return None
        profile = self.profile
        amounts = (self._money(cells, column) for column in (profile.amount, profile.debit, profile.credit))
        moves = any(amount != "" and _is_not_zero(amount) for amount in amounts)
        day = self._day(cells)
        is_balance = summary_named(text_of(name)) is Summary.BALANCE
        if day is not None and not is_balance:
            # Companies are called so too.
            return None
        if day is not None and moves:
            raise Unreadable(f"the row is called {quoted(text_of(name))} but has an amount")
        balance = self._money(cells, profile.balance)
        currency = self._text(cells, profile.currency).upper() or profile.fixed_currency
        is_known = balance != "" and currency and is_balance
        minor = signed_of(balance, currency, profile, self.habits) if is_known else None
        return StatementSummary(balance_minor=minor, day=day, currency=currency)

    def _day(self, cells: list[Cell]) -> date | None:
        """The first day in the row's columns for it that can be read."""
        for column in (self.profile.booking_date, self.profile.value_date):
            cell = self._cell(cells, column)
            if cell != "":
                with contextlib.suppress(Unreadable):
                    return date_of(cell, self.profile.date_order)
        return None

    def line(self, cells: list[Cell], *, position: int, raw: str) -> tuple[StatementLine, int | None]:
        """The row as a line, and the balance after it if the bank gives one; raises `Unreadable`."""
        profile = self.profile
        currency = self._text(cells, profile.currency).upper() or profile.fixed_currency
        if not currency:
            raise Unreadable("the currency is missing")
        balance = self._money(cells, profile.balance)
        booked, valued = self._cell(cells, profile.booking_date), self._cell(cells, profile.value_date)
        if booked == "" and valued == "":
            raise Unreadable("the date is missing")
        line = StatementLine(
            position=position,
            amount_minor=self._amount(cells, currency),
            currency=currency,
            booking_date=None if booked == "" else date_of(booked, profile.date_order),
            value_date=None if valued == "" else date_of(valued, profile.date_order),
            counterparty_name=self._text(cells, profile.counterparty_name),
            counterparty_account=compact(self._text(cells, profile.counterparty_account)),
            end_to_end_id=reference(self._text(cells, profile.end_to_end_id)),
            structured_reference=reference(self._text(cells, profile.structured_reference)),
            remittance=" ".join(filter(None, (self._text(cells, column) for column in profile.remittance))),
            bank_reference=reference(self._text(cells, profile.bank_reference)),
            raw=raw,
        )
        return within_limits(line), None if balance == "" else signed_of(balance, currency, profile, self.habits)

    def _cell(self, cells: list[Cell], column: Column | None) -> Cell:
        """A cell, or an empty one if the row is shorter or the profile has no such column."""
        if column is None or self.places[column] >= len(cells):
            return ""
        cell = cells[self.places[column]]
        return text_of(cell) if isinstance(cell, str) else cell

    def _money(self, cells: list[Cell], column: Column | None) -> Cell:
        """The cell of an amount; dashes alone mean that there is none."""
        cell = self._cell(cells, column)
        return "" if isinstance(cell, str) and not cell.strip("-\u2013\u2014 ") else cell

    def _text(self, cells: list[Cell], column: Column | None) -> str:
        return text_of(self._cell(cells, column))

    def _amount(self, cells: list[Cell], currency: str) -> int:
        profile = self.profile
        if profile.amount is None:
            return self._debit_or_credit(cells, currency)
        cell = self._money(cells, profile.amount)
        if cell == "":
            raise Unreadable("the amount is missing")
        unsigned, written = amount_of(cell, currency, profile, self.habits)
        if profile.indicator is None:
            return written.direction * (-unsigned if profile.inverted and not written.word else unsigned)
        word = self._text(cells, profile.indicator).casefold()
        direction = self._meaning(word)
        if written.word and written.word != direction:
            raise Unreadable(f"the amount and {quoted(word)} contradict each other")
        return direction * unsigned

    def _meaning(self, word: str) -> int:
        """-1 if the word of an indicator means debit, 1 if it means credit."""
        if word in {debit.strip().casefold() for debit in self.profile.debit_words}:
            return -1
        if word in {credit.strip().casefold() for credit in self.profile.credit_words}:
            return 1
        raise Unreadable(f"{quoted(word)} means neither debit nor credit")

    def _debit_or_credit(self, cells: list[Cell], currency: str) -> int:
        """Exactly one of the two columns is filled; the other is empty or zero."""
        found = {}
        for name, column, side in (("debit", self.profile.debit, -1), ("credit", self.profile.credit, 1)):
            cell = self._money(cells, column)
            if cell != "":
                unsigned, written = amount_of(cell, currency, self.profile, self.habits)
                if unsigned and written.word not in (0, side):
                    raise Unreadable(f"{quoted(text_of(cell))} contradicts its column, the {name}")
                found[name] = written.direction * unsigned
        if not found:
            raise Unreadable("there is neither a debit nor a credit")
        debit, credit = found.get("debit", 0), found.get("credit", 0)
        if debit and credit:
            raise Unreadable("there are both a debit and a credit")
        if credit < 0:
            raise Unreadable("the credit is below zero")
        return credit or -abs(debit)


def _is_not_zero(amount: Cell) -> bool:
    return amount != 0 if isinstance(amount, Decimal) else any(character in "123456789" for character in str(amount))
