"""Cells as the profile describes them: amounts, dates, texts. Formulas are text and are never evaluated."""

import contextlib
import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

from igny8_core.business.banking.domain.amounts import (
    Habits,
    Written,
    decided,
    number_in,
    open_amount,
    shape_of,
    written_amount,
)
from igny8_core.business.banking.domain.csv_profile import CsvProfile, DateOrder
from igny8_core.business.banking.domain.reading import Unreadable, clean, day, quoted, unsigned_minor

type Cell = str | Decimal | date
"""CSV has only texts; XLSX also has numbers and dates, which do not depend on the language."""

type Row = tuple[int, list[Cell]]
"""A row's number from one (in CSV the number of its first line) and its cells."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WITH_MARKS = re.compile(
    r"(\d{1,4}|[A-Za-z]{3,9})[^\dA-Za-z]{1,2}(\d{1,2}|[A-Za-z]{3,9})[^\dA-Za-z]{1,2}(\d{1,4})(?!\d)"
)
_DIGITS_ALONE = re.compile(r"\d{8}(?!\d)", re.ASCII)


def text_of(cell: Cell) -> str:
    """A cell as one line of text; numbers without an exponent."""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return clean(cell) if isinstance(cell, str) else cell.isoformat()


def signed_of(cell: Cell, currency: str, profile: CsvProfile, habits: Habits | None = None) -> int:
    """Minor units of a signed amount; raises `Unreadable`. See `amount_of`."""
    unsigned, written = amount_of(cell, currency, profile, habits)
    return written.direction * unsigned


def amount_of(cell: Cell, currency: str, profile: CsvProfile, habits: Habits | None = None) -> tuple[int, Written]:
    """Unsigned minor units of an amount, and what its cell says about the sign; raises `Unreadable`.

    `habits` are those of the whole table: they decide what a mark means if its cell and the profile leave it open.
    """
    if isinstance(cell, Decimal):
        return unsigned_minor(format(abs(cell), "f"), currency), Written("", -1 if cell < 0 else 0)
    text = text_of(cell)
    written = written_amount(text, currency, debit_words=profile.debit_words, credit_words=profile.credit_words)
    shape = shape_of(written.number)
    known = habits or Habits()
    number = decided(shape, currency, decimal=profile.decimal, thousands=profile.thousands, habits=known)
    if number is None and shape.is_open:
        raise Unreadable(f"{open_amount(shape, text)}; check the profile's decimal mark and thousands separator")
    if number is None and shape.decimal_mark == profile.thousands:
        raise Unreadable(f"{quoted(text)} has a thousands separator in the wrong place")
    if number is None:
        raise Unreadable(f"{quoted(text)} does not have the profile's decimal mark and thousands separator")
    return unsigned_minor(number, currency), written


def note_habits(cell: Cell, habits: Habits) -> None:
    """Take an amount's marks into account, if it is a text that can be read."""
    number = number_in(cell) if isinstance(cell, str) else ""
    if number:
        with contextlib.suppress(Unreadable):
            habits.note(shape_of(number))


def date_of(cell: Cell, order: DateOrder | str) -> date:
    """The day of a cell; raises `Unreadable`. Two-digit years belong to this century."""
    if isinstance(cell, date):
        return cell
    written = text_of(cell)
    found = _WITH_MARKS.match(written)
    if found is not None:
        parts = [found[1], found[2], found[3]]
    elif _DIGITS_ALONE.match(written):
        cuts = (0, 4, 6, 8) if order == DateOrder.YMD else (0, 2, 4, 8)
        parts = [written[start:end] for start, end in pairwise(cuts)]
    else:
        raise Unreadable(f"{quoted(written)} is not a date")
    of = dict(zip(str(order), parts, strict=True))
    try:
        return day(_year(of["y"]), _month(of["m"]), of["d"])
    except Unreadable:
        raise Unreadable(f"{quoted(written)} is not a date in the order {str(order).upper()}") from None


def _year(written: str) -> str:
    if not written.isdecimal() or len(written) not in (2, 4):
        raise Unreadable(f"{quoted(written)} is not a year")
    return written if len(written) == 4 else f"20{written}"


def _month(written: str) -> str:
    name = written[:3].lower()
    return str(_MONTHS.index(name) + 1) if name in _MONTHS else written
