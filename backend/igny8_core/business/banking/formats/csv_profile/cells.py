"""Cells as the profile describes them: amounts, dates, texts. Formulas are text and are never evaluated."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

from igny8_core.business.banking.domain.csv_profile import CsvProfile, DateOrder
from igny8_core.business.banking.domain.reading import Unreadable, clean, day, quoted, unsigned_minor

type Cell = str | Decimal | date
"""CSV has only texts; XLSX also has numbers and dates, which do not depend on the language."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WITH_MARKS = re.compile(
    r"(\d{1,4}|[A-Za-z]{3,9})[^\dA-Za-z]{1,2}(\d{1,2}|[A-Za-z]{3,9})[^\dA-Za-z]{1,2}(\d{1,4})(?!\d)"
)
_DIGITS_ALONE = re.compile(r"\d{8}(?!\d)", re.ASCII)
_SPACES = " \u00a0\u202f"
_APOSTROPHES = "'’"


def text_of(cell: Cell) -> str:
    """A cell as one line of text; numbers without an exponent."""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return clean(cell) if isinstance(cell, str) else cell.isoformat()


def signed_of(cell: Cell, currency: str, profile: CsvProfile) -> int:
    """Minor units of a signed amount; the sign may be a minus on either side, or parentheses.

    Thousands separators are only accepted in the right places: 1.50 is never 150. Raises `Unreadable`.
    """
    if isinstance(cell, Decimal):
        unsigned = unsigned_minor(format(abs(cell), "f"), currency)
        return -unsigned if cell < 0 else unsigned
    written = text_of(cell)
    negative, digits = _without_sign(written)
    whole, mark, decimals = digits.partition(profile.decimal)
    if mark and not decimals.isdecimal():
        raise Unreadable(f"{quoted(written)} is not an amount")
    unsigned = unsigned_minor(f"{_without_thousands(whole, written, profile)}{mark and '.'}{decimals}", currency)
    return -unsigned if negative else unsigned


def _without_sign(written: str) -> tuple[bool, str]:
    text = written.replace("−", "-").strip()
    if text.startswith("(") and text.endswith(")"):
        return True, text[1:-1].strip()
    if text.startswith(("-", "+")):
        return text[0] == "-", text[1:].strip()
    if text.endswith(("-", "+")):
        return text[-1] == "-", text[:-1].strip()
    return False, text


def _without_thousands(whole: str, written: str, profile: CsvProfile) -> str:
    """Digits only. Groups have three digits, or two before the last group as in South Asia (12,34,567)."""
    marks = {" ": _SPACES, "'": _APOSTROPHES}.get(profile.thousands, profile.thousands)
    if not marks or not any(mark in whole for mark in marks):
        return whole
    groups = whole.translate(dict.fromkeys(map(ord, marks), marks[0])).split(marks[0])
    sizes = [len(group) for group in groups]
    if sizes[-1] != 3 or not 1 <= sizes[0] <= 3 or any(size not in (2, 3) for size in sizes[1:]):
        raise Unreadable(f"{quoted(written)} has a thousands separator in the wrong place")
    return "".join(groups)


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
