"""CAMT messages as a stream: statements of any length, with one entry in memory at a time.

The parser resolves no entities, loads nothing, and frees each element once it is read. The registry has already refused
documents with a document type.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import (
    StatementEnd,
    StatementItem,
    StatementKind,
    StatementStart,
    UnreadableLine,
)
from igny8_core.business.banking.domain.reading import Source, Unreadable, clean, raw_text
from igny8_core.business.banking.formats.camt053.details import Details, read_details
from igny8_core.business.banking.formats.camt053.elements import (
    Element,
    account_number,
    amount,
    child,
    children,
    sign,
    text,
    texts,
)
from igny8_core.business.banking.formats.camt053.entry import entry_lines, is_booked

_REPORT = "Rpt"
# A report of the day (CAMT.052) is a statement as far as its entries are booked; many banks send nothing else.
_STATEMENTS = {
    "Stmt": StatementKind.STATEMENT,
    _REPORT: StatementKind.STATEMENT,
    "Ntfctn": StatementKind.NOTIFICATION,
}
_WATCHED = ["{*}Stmt", "{*}Rpt", "{*}Ntfctn", "{*}Ntry", "{*}TxDtls"]
# The opening balance equals the previous closing balance; banks write one or the other.
_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)

# How many transactions of an unsplit batch are kept in its raw text.
_KEPT_TRANSACTIONS = 10
_MAX_MARKS = 4_000_000
_MAX_TRANSACTIONS = 200_000


def read(file: Source) -> Iterator[StatementItem]:
    """The items of a CAMT.052, CAMT.053 or CAMT.054.

    Raises `StatementRefused` when the document turns out to be broken, and for reports without a booked entry.
    """
    statements = 0
    waits = booked = False
    measured = _Measured(file)
    try:
        reading: _Reading | None = None
        for event, element in _events(measured):
            name = etree.QName(element).localname
            if name in _STATEMENTS and event == "start":
                statements += 1
                reading = _Reading(_STATEMENTS[name], element, in_report=name == _REPORT)
            elif reading is not None:
                yield from reading.take(name, event, element)
                waits = waits or reading.waits
                booked = booked or reading.position > 1 or not reading.in_report
                if name == "Ntry" and event == "end":
                    measured.marks = 0
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise StatementRefused(f"Line {line}: the XML is broken: {clean(error.msg)}.") from None
    if not statements:
        raise StatementRefused("The document contains no statement (Stmt), report (Rpt) or notification (Ntfctn).")
    if waits and not booked:
        raise StatementRefused("Nothing in this CAMT.052 report is booked yet. Upload it again later.")


class _Measured:
    """The file, limited so that no single entry can fill the memory with meaningless elements."""

    def __init__(self, file: Source) -> None:
        self._file = file
        self.marks = 0
        """Number of tag and attribute starts since the last entry was freed."""

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.marks += data.count(b"<") + data.count(b"=")
        if self.marks > _MAX_MARKS:
            raise StatementRefused(f"A single entry has more than {_MAX_MARKS:,} tags and attributes.")
        return data


def _events(file: _Measured) -> Iterator[tuple[str, Any]]:
    return etree.iterparse(  # type: ignore[no-any-return]
        file,
        events=("start", "end"),
        tag=_WATCHED,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


class _Reading:
    """One statement while its elements are parsed."""

    def __init__(self, kind: StatementKind, element: Element, *, in_report: bool) -> None:
        self.kind = kind
        self.in_report = in_report
        self.element = element
        self.account = ""
        self.currency = ""
        self.closing_minor: int | None = None
        self.started = False
        self.position = 1
        self.entries = 0
        self.not_booked = 0
        self.parts: list[Details] = []
        self.fault: str | None = None

    @property
    def waits(self) -> bool:
        """Whether the bank has yet to book an entry of this report."""
        return self.in_report and self.not_booked > 0

    def take(self, name: str, event: str, element: Element) -> Iterator[StatementItem]:
        """The items that result from an element's start or end inside the statement, or from the statement's end."""
        if name == "Ntry" and event == "start":
            self.parts, self.fault = [], None
        elif name == "TxDtls" and event == "end":
            self._take_transaction(element)
        elif name == "Ntry":
            yield from self._take_entry(element)
            _drop(element)
        elif name in _STATEMENTS and event == "end":
            if not self.started:
                yield self._start()
            yield StatementEnd(closing_minor=self.closing_minor, not_booked=self.not_booked)
            _drop(element)

    def _start(self, entry: Element | None = None) -> StatementStart:
        """The header, once everything before the first entry has been read, and then that entry."""
        self.started = True
        account = child(self.element, "Acct")
        balances = children(self.element, "Bal")
        self.account = account_number(account)
        named = "" if account is None else text(account, "Ccy")
        speaking = (found for found in (*balances, entry) if found is not None)
        self.currency = named or next((_currency(element) for element in speaking), "")
        self.closing_minor = self._balance(balances, _CLOSING)
        return StatementStart(
            kind=self.kind,
            account=self.account,
            currency=self.currency,
            identification=texts(self.element, ("Id",), ("ElctrncSeqNb",)),
            opening_minor=self._balance(balances, _OPENING),
        )

    def _balance(self, balances: list[Element], codes: tuple[str, ...]) -> int | None:
        """The booked balance with the first of these codes, in the account's currency."""
        for code in codes:
            for balance in balances:
                if text(balance, "Tp", "CdOrPrtry", "Cd") == code and _currency(balance) == self.currency:
                    try:
                        return sign(text(balance, "CdtDbtInd")) * amount(child(balance, "Amt"))[1]
                    except Unreadable as problem:
                        raise StatementRefused(f"Line {balance.sourceline}: the balance {code}: {problem}.") from None
        return None

    def _take_transaction(self, element: Element) -> None:
        """Keep a transaction's content; in a long batch its elements are freed."""
        if self.fault is None:
            try:
                self.parts.append(read_details(element))
            except Unreadable as problem:
                self.fault = f"line {element.sourceline}, transaction {len(self.parts) + 1}: {problem}"
        if len(self.parts) > _MAX_TRANSACTIONS:
            raise StatementRefused(f"A single entry has more than {_MAX_TRANSACTIONS:,} transactions.")
        if len(self.parts) > _KEPT_TRANSACTIONS:
            element.clear(keep_tail=False)

    def _take_entry(self, element: Element) -> Iterator[StatementItem]:
        if not self.started:
            yield self._start(element)
        self.entries += 1
        if not is_booked(element, in_report=self.in_report):
            self.not_booked += 1
            return
        try:
            if self.fault is not None:
                raise Unreadable(self.fault)
            lines = entry_lines(element, self.parts, first_position=self.position, account=self.account)
        except Unreadable as problem:
            yield UnreadableLine(
                position=self.position,
                problem=f"Line {element.sourceline}, entry {self.entries}: {problem}.",
                raw=raw_text(etree.tostring(element, encoding="unicode", with_tail=False)),
            )
            self.position += 1
            return
        yield from lines
        self.position += len(lines)


def _currency(element: Element) -> str:
    found = child(element, "Amt")
    return "" if found is None else str(found.get("Ccy", ""))


def _drop(element: Element) -> None:
    """Free an element and its preceding siblings, so that the tree never grows."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
