"""How one bank writes its tables: defined once by an operator for CSV and XLSX files. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self

from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.errors import ValidationError

type Column = str | int
"""A column, by its header text or by its number (from one)."""


class DateOrder(StrEnum):
    """The order of a date's parts. Separators, and a time after the date, are ignored.

    Months may be named in English. Excel's own dates have no order and are used as they are.
    """

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


ENCODINGS = (
    *("utf-8", "utf-16", "cp1252", "iso-8859-1", "iso-8859-15", "cp850", "cp437"),
    *(
        "cp1250",
        "iso-8859-2",
        "cp852",
        "cp1251",
        "koi8-r",
        "cp866",
        "cp1253",
        "cp1254",
        "iso-8859-9",
        "cp1255",
        "cp1256",
    ),
    *("cp1257", "cp874", "gb18030", "big5", "cp932", "euc-jp", "cp949"),
)
DELIMITERS = (",", ";", "\t", "|")
DECIMALS = (".", ",")
THOUSANDS = ("", ".", ",", " ", "'")
MAX_SKIPPED_ROWS = 100
MAX_COLUMN = 200
MAX_TEXT = 100
_ACCOUNT = re.compile(r"[0-9A-Za-z./-]{1,64}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvProfile:
    """A table's form and the position of its columns; only named columns are read.

    Amounts are in `amount`, which is signed or has an `indicator` column beside it, or in `debit` and `credit`. With an
    `indicator` its words decide and the sign of the amount does not; a debit may have a minus sign, a credit may not.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    """`utf-8` takes files with and without a byte order mark, which is obeyed whatever is named here."""
    skip_rows: int = 0
    """Rows before the header, or before the first line if there is no header."""
    skip_last_rows: int = 0
    """Rows at the end that are not lines, such as totals."""
    has_header: bool = True
    decimal: str = "."
    thousands: str = ""
    date_order: DateOrder = DateOrder.YMD
    booking_date: Column | None = None
    value_date: Column | None = None
    amount: Column | None = None
    debit: Column | None = None
    credit: Column | None = None
    indicator: Column | None = None
    debit_words: tuple[str, ...] = ("D", "DBIT", "Debit", "DR", "-")
    credit_words: tuple[str, ...] = ("C", "CRDT", "Credit", "CR", "+")
    inverted: bool = False
    """Whether incoming money is negative, as on card statements."""
    currency: Column | None = None
    fixed_currency: str = ""
    account: Column | None = None
    fixed_account: str = ""
    counterparty_name: Column | None = None
    counterparty_account: Column | None = None
    remittance: tuple[Column, ...] = ()
    """Several columns are joined by spaces."""
    structured_reference: Column | None = None
    end_to_end_id: Column | None = None
    bank_reference: Column | None = None
    balance: Column | None = None
    """The account's balance after the line."""

    def __post_init__(self) -> None:
        faults = dict(_faults(self))
        if faults:
            raise ValidationError(fields=faults)

    def columns(self) -> list[Column]:
        """Every named column, in the order of the fields."""
        single = (getattr(self, name) for name in _COLUMNS)
        return [column for column in (*single, *self.remittance) if column is not None]

    def to_json(self) -> dict[str, Any]:
        """The form in which it is stored and displayed."""
        return {
            field.name: list(value) if isinstance(value := getattr(self, field.name), tuple) else value
            for field in fields(self)
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote or a client sent; raises `ValidationError` with the fields at fault."""
        known = {field.name for field in fields(cls)}
        strangers = {name: ["This field is unknown."] for name in stored if name not in known}
        if strangers:
            raise ValidationError(fields=strangers)
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
        }
        return cls(**values)


_COLUMNS = (
    *("booking_date", "value_date", "amount", "debit", "credit", "indicator", "currency", "account"),
    *("counterparty_name", "counterparty_account", "structured_reference", "end_to_end_id", "bank_reference"),
    "balance",
)
_CHOICES: dict[str, tuple[object, ...]] = {
    "delimiter": DELIMITERS,
    "encoding": ENCODINGS,
    "decimal": DECIMALS,
    "thousands": THOUSANDS,
    "date_order": tuple(DateOrder),
    "has_header": (True, False),
    "inverted": (True, False),
}


def _faults(profile: CsvProfile) -> Iterator[tuple[str, list[str]]]:
    """Each wrong field with a sentence; fields are checked one by one before they are checked against each other."""
    alone = dict(_faults_alone(profile))
    yield from alone.items()
    if not alone:
        yield from _faults_together(profile)


def _faults_alone(profile: CsvProfile) -> Iterator[tuple[str, list[str]]]:
    for name, choices in _CHOICES.items():
        value = getattr(profile, name)
        if not isinstance(value, str | bool) or value not in choices:
            yield name, [f"Choose one of {', '.join(repr(str(choice)) for choice in choices)}."]
    for name in ("skip_rows", "skip_last_rows"):
        value = getattr(profile, name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_SKIPPED_ROWS:
            yield name, [f"Send a whole number from 0 to {MAX_SKIPPED_ROWS}."]
    for name in _COLUMNS:
        column = getattr(profile, name)
        if column is not None and not _is_column(column):
            yield name, [_COLUMN_SENTENCE]
    if not isinstance(profile.remittance, tuple) or not all(map(_is_column, profile.remittance)):
        yield "remittance", [_COLUMN_SENTENCE]
    for name in ("debit_words", "credit_words"):
        words = getattr(profile, name)
        if not isinstance(words, tuple) or not words or not all(_is_text(word) for word in words):
            yield name, ["Send a list of words."]
    if profile.fixed_currency not in ("", *CURRENCIES):
        yield "fixed_currency", ["This is not an ISO 4217 currency code."]
    account = profile.fixed_account
    if not isinstance(account, str) or (account and not _ACCOUNT.fullmatch(account)):
        yield "fixed_account", ["Send an IBAN or account number of letters and digits."]


def _faults_together(profile: CsvProfile) -> Iterator[tuple[str, list[str]]]:
    if profile.booking_date is None and profile.value_date is None:
        yield "booking_date", ["Name the column of the booking date or the value date."]
    in_two = profile.debit is not None or profile.credit is not None
    if profile.amount is None and not in_two:
        yield "amount", ["Name the amount column, or the debit and credit columns."]
    if profile.amount is not None and in_two:
        yield "amount", ["Name either the amount column or the debit and credit columns, not both."]
    if profile.indicator is not None and profile.amount is None:
        yield "indicator", ["An indicator needs an amount column."]
    if profile.inverted and (profile.amount is None or profile.indicator is not None):
        yield "inverted", ["Only a signed amount column can be inverted."]
    if _words(profile.debit_words) & _words(profile.credit_words):
        yield "debit_words", ["A word cannot mean both debit and credit."]
    if (profile.currency is None) == (not profile.fixed_currency):
        yield "currency", ["Name either the currency column or one currency for all lines."]
    if profile.account is not None and profile.fixed_account:
        yield "account", ["Name either the account column or one account for all lines."]
    if profile.decimal == profile.thousands:
        yield "thousands", ["The decimal mark and the thousands separator must differ."]
    if not profile.has_header and any(isinstance(column, str) for column in profile.columns()):
        yield "has_header", ["Without a header, name the columns by number."]


def _is_column(column: object) -> bool:
    if isinstance(column, str):
        return _is_text(column)
    return isinstance(column, int) and not isinstance(column, bool) and 1 <= column <= MAX_COLUMN


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= MAX_TEXT


def _words(words: tuple[str, ...]) -> set[str]:
    return {word.strip().casefold() for word in words}


_COLUMN_SENTENCE = f"Send a header of up to {MAX_TEXT} characters, or a number from 1 to {MAX_COLUMN}."
