"""Field 61, the line itself: dates, mark, amount, references."""

import re
from dataclasses import dataclass
from datetime import date

from igny8_core.business.banking.domain.amounts import lone_amount
from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.banking.domain.reading import (
    Unreadable,
    compact,
    day,
    quoted,
    raw_text,
    reference,
    refuse_undecided,
    unsigned_minor,
    within_limits,
)
from igny8_core.business.banking.formats.mt940.fields import Field
from igny8_core.business.banking.formats.mt940.information import Information, read_information, with_own_field

_MOVEMENT = re.compile(
    r"(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)(?P<entry>\d{4}| {1,4})?"
    r" *(?P<mark>RC|RD|EC|ED|C|D)(?P<funds>[A-Z])? *"
    r"(?P<amount>\d[\d,.]{0,39})(?: *(?P<kind>[A-Z][A-Z0-9 ]{3}))?(?P<rest>.*)\Z",
    re.ASCII,
)
_ACCOUNT = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}\Z|P?\d{7,12}\Z", re.ASCII)
# Placeholder for a reference, which says that field 86 has it.
_ELSEWHERE = frozenset({"EREF", "KREF", "PREF", "MARF", "MREF", "CREF", "KREF+", "EREF+", "MREF+"})


@dataclass(frozen=True, slots=True)
class Movement:
    """A field 61 and the field 86 that belongs to it."""

    field: Field
    information: Field | None = None
    own: Field | None = None
    """The field NS, in which banks without a field 86 explain the movement."""

    @property
    def lines(self) -> list[str]:
        """All lines of its fields."""
        return [line for field in (self.field, self.information, self.own) if field is not None for line in field.lines]

    @property
    def raw(self) -> str:
        there = (self.field, self.information, self.own)
        return raw_text("\n".join(field.raw for field in there if field is not None))

    def told(self) -> Information:
        """What the other fields say about the movement."""
        told = Information() if self.information is None else read_information(self.information.lines)
        return told if self.own is None else with_own_field(told, self.own.lines)


def is_expected(field: Field) -> bool:
    """Whether a movement is only expected (EC, ED in MT942) and not booked yet."""
    match = _MOVEMENT.match(field.first)
    return match is not None and match["mark"].startswith("E")


def movement_line(movement: Movement, *, position: int, currency: str) -> StatementLine:
    """The line of a movement; raises `Unreadable`.

    A reversed credit (RC) takes money away and a reversed debit (RD) brings it back, whatever came before.
    """
    match = _MOVEMENT.match(movement.field.first)
    if match is None:
        raise Unreadable(f"{quoted(movement.field.first)} is not a valid movement of field 61")
    value_date = day(century(match["year"]), match["month"], match["day"])
    unsigned = swift_minor(match["amount"], currency)
    owners, _, banks = match["rest"].partition("//")
    refuse_undecided(movement.lines)
    told = movement.told()
    supplementary = [compact(line) for line in movement.field.lines[1:]]
    return within_limits(
        StatementLine(
            position=position,
            amount_minor=unsigned if match["mark"] in ("C", "RD", "EC") else -unsigned,
            currency=currency,
            booking_date=_entry_date(match["entry"], value_date),
            value_date=value_date,
            counterparty_name=told.name,
            counterparty_account=told.account or next(filter(_ACCOUNT.match, supplementary), ""),
            end_to_end_id=told.end_to_end_id or _owners_reference(owners),
            structured_reference=told.structured_reference,
            remittance=told.remittance,
            bank_reference=reference(banks) or next((text for text in supplementary if not _ACCOUNT.match(text)), ""),
            is_return=told.is_return or match["mark"] in ("RC", "RD") or (match["kind"] or "")[1:] == "RTI",
            raw=movement.raw,
        )
    )


def swift_minor(text: str, currency: str) -> int:
    """Unsigned minor units of an amount, which has a decimal comma and no thousands separators by SWIFT's rules.

    Banks also write a decimal point. Raises `Unreadable`, also for what may be thousands or decimals.
    """
    return unsigned_minor(lone_amount(text.rstrip(",."), currency, decimals_after=","), currency)


def century(year: str) -> str:
    """A four-digit year from two digits, as SWIFT defines it: 80 to 99 belong to the last century."""
    return ("19" if year >= "80" else "20") + year


def _owners_reference(text: str) -> str:
    """The account owner's reference; a single character fills the field where there is none."""
    found = reference(text)
    return "" if text.strip() in _ELSEWHERE or len(found) < 2 else found


def _entry_date(month_and_day: str | None, value_date: date) -> date:
    """The booking date, which has no year: the one closest to the value date, which is also the default.

    Banks fill the field with blanks or zeros where they have no booking date.
    """
    if not month_and_day or not month_and_day.strip(" 0"):
        return value_date
    found = []
    for year in (value_date.year, value_date.year - 1, value_date.year + 1):
        try:
            found.append(day(f"{year:04}", month_and_day[:2], month_and_day[2:]))
        except Unreadable:
            continue
    if not found:
        raise Unreadable(f"{quoted(month_and_day)} is not a month and day")
    return min(found, key=lambda booked: abs(booked - value_date))
