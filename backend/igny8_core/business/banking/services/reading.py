"""Reads a file to its end before anything is stored: all or nothing.

The lines read so far wait in a spool file, so that a file of any length needs little memory.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import IO, BinaryIO, Self, cast
from uuid import UUID

import msgspec

from igny8_core.business.banking.domain.bank_accounts import is_named, numbers_in
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.fingerprints import Occurrences, fingerprint
from igny8_core.business.banking.domain.line_errors import BankAccountDiffers, UnknownBankAccount
from igny8_core.business.banking.domain.lines import (
    StatementEnd,
    StatementItem,
    StatementKind,
    StatementLine,
    StatementStart,
    UnreadableLine,
)
from igny8_core.business.banking.formats import registry
from igny8_core.business.banking.models import BankAccount

SHOWN_UNREADABLE = 20
IN_MEMORY_BYTES = 4 * 1024 * 1024
PROGRESS_EVERY = 2_000
LINES_AT_MOST = 500_000
"""The whole file is stored in one transaction, so its size must be limited."""


class SpooledLine(msgspec.Struct, array_like=True):
    """A line on its way into the table."""

    statement: int
    line: StatementLine | None
    position: int
    fingerprint: bytes
    occurrence: int
    problem: str = ""
    raw: str = ""


@dataclass(slots=True)
class StatementHead:
    """A statement of the file with the totals of its lines; minor units."""

    bank_account_id: UUID
    kind: StatementKind
    currency: str
    identification: str
    opening_minor: int | None
    closing_minor: int | None = None
    sum_minor: int = 0
    first_date: date | None = None
    last_date: date | None = None
    not_booked: int = 0

    @property
    def balances_agree(self) -> bool | None:
        """Whether opening + sum = closing; None if the bank does not give both balances."""
        if self.opening_minor is None or self.closing_minor is None:
            return None
        return self.opening_minor + self.sum_minor == self.closing_minor

    def count(self, line: StatementLine) -> None:
        """Add a line to the total and the date range."""
        self.sum_minor += line.amount_minor
        day = line.booking_date or line.value_date
        if day is not None:
            self.first_date = min(self.first_date or day, day)
            self.last_date = max(self.last_date or day, day)


def _spool_file() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)


@dataclass(slots=True)
class ReadFile:
    """A file that was read to its end; its lines are in the spool until it is closed."""

    format: str
    statements: list[StatementHead] = field(default_factory=list)
    lines_read: int = 0
    unreadable: list[dict[str, object]] = field(default_factory=list)
    """The first unreadable lines."""
    lines_unreadable: int = 0
    spool: IO[bytes] = field(default_factory=_spool_file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.spool.close()

    def lines(self) -> Iterator[SpooledLine]:
        """The lines in the order of the file."""
        self.spool.seek(0)
        decoder = msgspec.msgpack.Decoder(SpooledLine)
        while size := self.spool.read(4):
            yield decoder.decode(self.spool.read(int.from_bytes(size, "big")))


def read_file(
    file: IO[bytes],
    *,
    bank_accounts: Sequence[BankAccount],
    chosen: BankAccount | None,
    profile: CsvProfile | None,
    on_progress: Callable[[int], None] = lambda lines_read: None,
) -> ReadFile:
    """Read a statement file; `chosen` is the account it was uploaded for, if one was given.

    Raises `StatementRefused`, `UnknownBankAccount`, `BankAccountDiffers`.
    """
    format_name, items = registry.read(
        cast(BinaryIO, file), profile=profile, currency=chosen.currency if chosen else ""
    )
    found = ReadFile(format_name)
    try:
        _spool(found, items, bank_accounts, chosen, on_progress)
    except BaseException:
        found.spool.close()
        raise
    if not found.statements:
        raise StatementRefused("This file contains no statement.")
    return found


def _spool(
    found: ReadFile,
    items: Iterator[StatementItem],
    bank_accounts: Sequence[BankAccount],
    chosen: BankAccount | None,
    on_progress: Callable[[int], None],
) -> None:
    encode = msgspec.msgpack.Encoder().encode
    counters = _Counters()
    for item in items:
        match item:
            case StatementStart():
                account = _account_of(item, bank_accounts, chosen)
                found.statements.append(_head(item, account))
                counters.begin(account, item)
                continue
            case StatementEnd():
                found.statements[-1].closing_minor = item.closing_minor
                found.statements[-1].not_booked = item.not_booked
                continue
            case StatementLine():
                found.statements[-1].count(item)
                mark = fingerprint(item)
                row = SpooledLine(len(found.statements) - 1, item, item.position, mark, counters.next(mark))
            case UnreadableLine():
                row = _unreadable(found, item)
        encoded = encode(row)
        found.spool.write(len(encoded).to_bytes(4, "big") + encoded)
        found.lines_read += 1
        if found.lines_read > LINES_AT_MOST:
            raise StatementRefused(f"The file has more than {LINES_AT_MOST:,} lines. Ask the bank to split it by day.")
        if found.lines_read % PROGRESS_EVERY == 0:
            on_progress(found.lines_read)


class _Counters:
    """Equal lines are counted across all statements of an account in the file, since these are consecutive.

    A second statement with the same name is a repetition, so its lines are counted from the start.
    """

    def __init__(self) -> None:
        self._by_account: dict[UUID, Occurrences] = {}
        self._seen: set[tuple[UUID, str]] = set()
        self._current = Occurrences()

    def begin(self, account: BankAccount, start: StatementStart) -> None:
        """Start the next statement."""
        name = (account.id, start.identification)
        again = bool(start.identification) and name in self._seen
        self._seen.add(name)
        self._current = Occurrences() if again else self._by_account.setdefault(account.id, Occurrences())

    def next(self, mark: bytes) -> int:
        """The number of a line among its equals."""
        return self._current.next(mark)


def _unreadable(found: ReadFile, item: UnreadableLine) -> SpooledLine:
    found.lines_unreadable += 1
    if len(found.unreadable) < SHOWN_UNREADABLE:
        excerpt = {"statement": len(found.statements), "position": item.position, "problem": item.problem[:500]}
        found.unreadable.append({**excerpt, "raw": item.raw[:500]})
    mark = fingerprint(
        StatementLine(
            position=0,
            amount_minor=0,
            currency="",
            booking_date=None,
            value_date=None,
            remittance=item.raw,
            counterparty_name=f"unreadable {len(found.statements)}.{item.position}",
        )
    )
    return SpooledLine(len(found.statements) - 1, None, item.position, mark, 1, item.problem, item.raw)


def _head(start: StatementStart, account: BankAccount) -> StatementHead:
    return StatementHead(
        bank_account_id=account.id,
        kind=start.kind,
        currency=start.currency or account.currency,
        identification=start.identification[:140],
        opening_minor=start.opening_minor,
    )


def _account_of(start: StatementStart, bank_accounts: Sequence[BankAccount], chosen: BankAccount | None) -> BankAccount:
    names = numbers_in(start.account, start.currency)
    told = {"account": start.account, "currency": start.currency}
    if chosen is not None:
        if start.currency not in ("", chosen.currency) or (
            names and not is_named(chosen.number, chosen.currency, names)
        ):
            raise BankAccountDiffers(data=told)
        return chosen
    possible = [one for one in bank_accounts if start.currency in ("", one.currency)]
    exact = [one for one in possible if one.number in names]
    similar = [one for one in possible if is_named(one.number, one.currency, names)]
    found = exact or similar
    if len(found) != 1:
        sentence = None if names else "The file does not name an account. Choose the bank account it belongs to."
        raise UnknownBankAccount(sentence, data=told)
    return found[0]
