"""MT940 and MT942 as a stream. Each message, including each page of a long statement, is a separate statement.

Written by hand because the existing library (mt-940) needs the whole file in memory, rejects the file for one bad line,
and reads a reversed credit as money received.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from igny8_core.business.banking.domain.bank_accounts import undecorated
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import (
    StatementEnd,
    StatementItem,
    StatementKind,
    StatementStart,
    UnreadableLine,
)
from igny8_core.business.banking.domain.reading import (
    Source,
    Unreadable,
    clean,
    compact,
    known_currency,
)
from igny8_core.business.banking.formats.mt940.fields import END, Field, fields
from igny8_core.business.banking.formats.mt940.movement import Movement, is_expected, movement_line, swift_minor

_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d[\d,.]{0,39})\s*\Z", re.ASCII)
_FLOOR = re.compile(r"([A-Z]{3})", re.ASCII)
_SUMS = re.compile(r"\d{0,5}([A-Z]{3})", re.ASCII)


def read(source: Source, *, encoding: str = "") -> Iterator[StatementItem]:
    """The items of all messages; raises `StatementRefused` for a message without its end.

    `encoding` is what a person named; otherwise it is judged by the text.
    """
    message: _Message | None = None
    found = False
    for field in fields(source, encoding):
        message = message or _Message()
        found = True
        yield from message.take(field)
        if field.tag == END:
            message = None
    if not found:
        raise StatementRefused("The file contains no SWIFT message: fields 20, 25 and 60 are missing.")


class _Message:
    """One message while its fields are parsed."""

    def __init__(self) -> None:
        self.reference = ""
        self.account = ""
        self.number = ""
        self.currency = ""
        self.is_statement = False
        self.opening_minor: int | None = None
        self.closing_minor: int | None = None
        self.started = False
        self.position = 1
        self.not_booked = 0
        self.waiting: Movement | None = None

    def take(self, field: Field) -> Iterator[StatementItem]:
        """The items that result from a field; a movement waits for the fields 86 and NS that may explain it."""
        if field.tag == "86":
            if self.waiting is not None and self.waiting.information is None:
                self.waiting = replace(self.waiting, information=field)
            return
        if field.tag == "NS" and self.waiting is not None:
            self.waiting = replace(self.waiting, own=field)
            return
        yield from self._flush()
        if field.tag == "61":
            if not self.started:
                yield self._start(field)
            self.waiting = Movement(field)
        elif field.tag == END:
            yield from self._finish(field)
        else:
            self._note(field)

    def _note(self, field: Field) -> None:
        """Remember the header and the balances."""
        match field.tag:
            case "20":
                self.reference = clean(field.first)
            case "25" | "25P":
                self.account = compact(field.first)
            case "28" | "28C":
                self.number = clean(field.first)
            case "60F" | "60M":
                self.is_statement = True
                self.opening_minor = self._balance(field)
            case "62F" | "62M":
                self.is_statement = True
                self.closing_minor = self._balance(field)
            case "34F" | "90C" | "90D":
                found = (_FLOOR if field.tag == "34F" else _SUMS).match(field.first)
                self.currency = self.currency or (found[1] if found else "")

    def _balance(self, field: Field) -> int:
        match = _BALANCE.match(field.first)
        if match is None:
            raise StatementRefused(f"Line {field.number}: the balance of field {field.tag} cannot be read.")
        try:
            minor = swift_minor(match[4], match[3])
        except Unreadable as problem:
            raise StatementRefused(f"Line {field.number}: the balance of field {field.tag}: {problem}.") from None
        if self.currency and self.currency != match[3]:
            raise StatementRefused(
                f"Line {field.number}: a balance is in {match[3]}, but others are in {self.currency}."
            )
        self.currency = match[3]
        return minor if match[1] == "C" else -minor

    def _start(self, field: Field) -> StatementStart:
        try:
            known_currency(self.currency)
        except Unreadable:
            raise StatementRefused(
                f"Line {field.number}: no field before it names the currency (60F, or 34F in an MT942)."
            ) from None
        self.started = True
        return StatementStart(
            kind=StatementKind.STATEMENT if self.is_statement else StatementKind.NOTIFICATION,
            account=undecorated(self.account, self.currency),
            currency=self.currency,
            identification=" ".join(filter(None, (self.number, self.reference))),
            opening_minor=self.opening_minor,
        )

    def _flush(self) -> Iterator[StatementItem]:
        movement, self.waiting = self.waiting, None
        if movement is None:
            return
        if is_expected(movement.field):
            self.not_booked += 1
            return
        try:
            yield movement_line(movement, position=self.position, currency=self.currency)
        except Unreadable as problem:
            sentence = f"Line {movement.field.number}, movement {self.position}: {problem}."
            yield UnreadableLine(position=self.position, problem=sentence, raw=movement.raw)
        self.position += 1

    def _finish(self, field: Field) -> Iterator[StatementItem]:
        if not self.started:
            yield self._start(field)
        if self.is_statement and self.closing_minor is None:
            raise StatementRefused(f"Line {field.number}: the statement ends without its closing balance (62F).")
        yield StatementEnd(closing_minor=self.closing_minor, not_booked=self.not_booked)
