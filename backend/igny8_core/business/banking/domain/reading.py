"""What all statement readers share: texts, amounts, dates, and the limits of a line. Pure."""

import re
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Protocol

from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.kit.money import InvalidAmount, UnknownCurrency, exponent, parse_amount
from igny8_core.kit.texts import bare, visible

LIMITS = {
    "counterparty_name": 300,
    "counterparty_account": 64,
    "end_to_end_id": 140,
    "structured_reference": 140,
    "remittance": 4_000,
    "bank_reference": 140,
    "raw": 8_000,
}
"""Maximum number of characters in each text of a line. `raw` is truncated; any other text over its limit makes the line
unreadable.
"""

UNDECIDED = "\ufdd0"
"""Stands for a letter that cannot be read: Unicode keeps this code free of any character. People see U+FFFD."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROLS_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_DECIMAL = re.compile(r"(\d*)(?:\.(\d*))?\Z", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_NO_REFERENCE = frozenset({"NOTPROVIDED", "NONREF", "NOREF", "NONE", "NA"})


class Source(Protocol):
    """The source of a reader: a file, or a file in an archive."""

    def read(self, size: int = -1, /) -> bytes: ...


class Unreadable(Exception):
    """Why a line cannot be read: a phrase that follows its place, as in "line 12: the amount is missing"."""


def clean(text: str | None) -> str:
    """One line of text without control and invisible characters, with white space collapsed."""
    if not text:
        return ""
    joined = " ".join(text.split())
    if joined.isascii() and joined.isprintable():
        return joined
    return " ".join(visible(_CONTROLS.sub("", joined)).split())


def compact(text: str | None) -> str:
    """An account number in comparable form: without white space and invisible characters."""
    return bare(_CONTROLS.sub("", "".join(text.split()))) if text else ""


def reference(text: str | None) -> str:
    """A reference, or an empty text if the bank only says that there is none (`NOTPROVIDED`, `NONREF`)."""
    cleaned = clean(text)
    return "" if cleaned.upper().replace(" ", "") in _NO_REFERENCE else cleaned


def raw_text(text: str) -> str:
    """A part of the file for people to read, truncated at its limit."""
    limit = LIMITS["raw"]
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return _CONTROLS_BUT_LINES.sub("", text).replace(UNDECIDED, "\ufffd").strip()


def known_currency(code: str) -> str:
    """The code itself; raises `Unreadable` for a code that ISO 4217 does not list."""
    try:
        exponent(code)
    except UnknownCurrency:
        raise Unreadable(f"{quoted(code)} is not an ISO 4217 currency") from None
    return code


def unsigned_minor(text: str, currency: str) -> int:
    """Decimal text with a point and no sign as minor units, zero allowed.

    Leading zeros, and zeros after the currency's decimals, are accepted. Other extra decimals raise `Unreadable`, as do
    text that is not a number, an unknown currency, and an amount larger than any account can hold.
    """
    known_currency(currency)
    if not text:
        raise Unreadable("the amount is missing")
    match = _DECIMAL.match(text)
    if match is None or not (match[1] or match[2]):
        raise Unreadable(f"{quoted(text)} is not an amount")
    whole, decimals = match[1].lstrip("0") or "0", match[2] or ""
    kept = exponent(currency)
    if decimals[kept:].strip("0"):
        raise Unreadable(f"{quoted(text)} has more decimals than {currency}")
    decimals = decimals[:kept]
    try:
        return parse_amount(f"{whole}.{decimals}" if decimals else whole, currency, allow_zero=True)
    except InvalidAmount:
        raise Unreadable(f"{quoted(text)} is too large") from None


def iso_date(text: str) -> date:
    """The day of an ISO 8601 date or date-time, as written; raises `Unreadable`."""
    match = _DATE.match(text)
    if match is None:
        raise Unreadable(f"{quoted(text)} is not a date")
    return day(match[1], match[2], match[3])


def day(year: str, month: str, of_month: str) -> date:
    """A calendar day from its digits; raises `Unreadable`."""
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError:
        raise Unreadable(f"{year}-{month}-{of_month} is not a day of the calendar") from None


def refuse_undecided(texts: Iterable[str]) -> None:
    """Raise `Unreadable` if the encoding of a letter could not be decided: it must not become another letter."""
    if any(UNDECIDED in text for text in texts):
        raise Unreadable("its letters cannot be read; upload the file with a profile that names its encoding")


def quoted(text: str) -> str:
    """A value in quotes for a message, shortened."""
    cleaned = clean(text)
    return f'"{cleaned[:40]}…"' if len(cleaned) > 40 else f'"{cleaned}"'


def within_limits(line: StatementLine) -> StatementLine:
    """The line itself; raises `Unreadable` if one of its texts exceeds its limit."""
    for name, limit in LIMITS.items():
        if len(getattr(line, name)) > limit:
            raise Unreadable(f"its {name.replace('_', ' ')} has more than {limit} characters")
    return line


assert LIMITS.keys() <= {field.name for field in fields(StatementLine)}
