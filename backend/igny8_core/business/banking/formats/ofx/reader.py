"""OFX as a stream of statements: a file may contain several accounts, and has no opening balances.

Written by hand because the existing free library (ofxparse) had its last release in 2021, reads files whole, and
rejects the file for one bad transaction.
"""

from collections.abc import Iterator

from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import (
    StatementEnd,
    StatementItem,
    StatementKind,
    StatementStart,
    UnreadableLine,
)
from igny8_core.business.banking.domain.reading import Source, Unreadable, compact, known_currency, raw_text
from igny8_core.business.banking.formats.ofx.tokens import Token, tokens
from igny8_core.business.banking.formats.ofx.transaction import Values, ofx_amount, transaction_line

_STATEMENTS = frozenset({"STMTRS", "CCSTMTRS"})
_AGGREGATES = _STATEMENTS | {
    *("STMTTRN", "PAYEE", "BANKACCTTO", "CCACCTTO", "CURRENCY", "ORIGCURRENCY"),
    *("BANKACCTFROM", "CCACCTFROM", "LEDGERBAL", "AVAILBAL", "BALLIST", "BAL"),
}


def read(source: Source, *, currency: str = "", encoding: str = "") -> Iterator[StatementItem]:
    """The items of all statements; raises `StatementRefused` if the file is broken, truncated or
    contains no statement.

    `currency` is that of the account a person chose, for a file that names none; `encoding` is what a person named.
    """
    statement: _Statement | None = None
    found = 0
    complete = False
    for token in tokens(source, encoding):
        if statement is not None:
            yield from statement.take(token)
            if statement.ended:
                statement = None
        elif token.tag in _STATEMENTS:
            statement = _Statement(token, currency)
            found += 1
        complete = complete or token.tag == "/OFX"
    if statement is not None or not complete:
        raise StatementRefused("The file is incomplete: its last statement, or the OFX itself, never ends.")
    if not found:
        raise StatementRefused("The file contains no bank or card statement.")


class _Statement:
    """One statement while its tags are parsed."""

    def __init__(self, opening: Token, chosen_currency: str) -> None:
        self.opening = opening
        self.chosen_currency = chosen_currency
        self.open_aggregates = [opening.tag]
        self.head: Values = {}
        self.transaction: Values = {}
        self.transaction_line = 0
        self.raw: list[str] = []
        self.currency = ""
        self.is_named = False
        """Whether the currency is that of every transaction that names none."""
        self.started = False
        self.ended = False
        self.position = 1

    def take(self, token: Token) -> Iterator[StatementItem]:
        """The items that result from a tag inside the statement, or from its end."""
        if token.tag.startswith("/"):
            yield from self._close(token)
        elif token.tag in _AGGREGATES:
            if token.tag in self.open_aggregates:
                raise StatementRefused(f"Line {token.line}: {token.tag} begins before the previous one ends.")
            self.open_aggregates.append(token.tag)
            if token.tag == "STMTTRN":
                self.transaction, self.raw, self.transaction_line = {}, [], token.line
        else:
            key = f"{self.open_aggregates[-1]}.{token.tag}"
            values = self.transaction if "STMTTRN" in self.open_aggregates else self.head
            values[key] = values.get(key) or token.text
        if "STMTTRN" in self.open_aggregates:
            self.raw.append(f"<{token.tag}>{token.text}")

    def _close(self, token: Token) -> Iterator[StatementItem]:
        name = token.tag[1:]
        if name not in _AGGREGATES:
            return
        if name != self.open_aggregates[-1]:
            raise StatementRefused(f"Line {token.line}: {name} ends where {self.open_aggregates[-1]} should.")
        self.open_aggregates.pop()
        if name == "STMTTRN":
            if not self.started:
                yield self._start()
            yield self._line()
            self.position += 1
        elif not self.open_aggregates:
            if not self.started:
                yield self._start()
            yield StatementEnd(closing_minor=self._closing())
            self.ended = True

    def _start(self) -> StatementStart:
        self.started = True
        named = self.head.get(f"{self.opening.tag}.CURDEF", "").upper() or self.chosen_currency
        # Some banks leave CURDEF empty and name the currency in each transaction.
        self.currency = named or self.transaction.get("CURRENCY.CURSYM", "").upper()
        self.is_named = bool(named)
        if not self.currency:
            raise StatementRefused(
                f"Line {self.opening.line}: the statement names no currency (CURDEF). "
                "Choose the bank account it belongs to."
            )
        try:
            known_currency(self.currency)
        except Unreadable as problem:
            raise StatementRefused(f"Line {self.opening.line}: {problem}.") from None
        account = self.head.get("BANKACCTFROM.ACCTID") or self.head.get("CCACCTFROM.ACCTID")
        return StatementStart(kind=StatementKind.STATEMENT, account=compact(account), currency=self.currency)

    def _line(self) -> StatementItem:
        raw = raw_text("\n".join(self.raw))
        try:
            default = self.currency if self.is_named else ""
            return transaction_line(self.transaction, position=self.position, currency=default, raw=raw)
        except Unreadable as problem:
            sentence = f"Line {self.transaction_line}, transaction {self.position}: {problem}."
            return UnreadableLine(position=self.position, problem=sentence, raw=raw)

    def _closing(self) -> int | None:
        written = self.head.get("LEDGERBAL.BALAMT")
        if not written:
            return None
        try:
            return ofx_amount(written, self.currency)
        except Unreadable as problem:
            raise StatementRefused(f"Line {self.opening.line}: the statement's closing balance: {problem}.") from None
