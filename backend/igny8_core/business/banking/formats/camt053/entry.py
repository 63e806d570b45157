"""An entry (`Ntry`) as lines: the entry itself, or the transactions of its batch if they account for all of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from lxml import etree

from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.banking.domain.reading import (
    LIMITS,
    Unreadable,
    iso_date,
    raw_text,
    reference,
    within_limits,
)
from igny8_core.business.banking.formats.camt053.details import NOBODY, Details, Party, charges, is_return
from igny8_core.business.banking.formats.camt053.elements import Element, amount, child, sign, text, texts
from igny8_core.kit.money import format_amount

type Piece = tuple[int, Details]
"""A share of the entry, in signed minor units, and its details."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The entry itself, with its amount in signed minor units."""

    amount_minor: int
    sign: int
    currency: str
    booking_date: date | None
    value_date: date | None
    is_return: bool
    bank_reference: str
    information: str
    charges_minor: int
    raw: str


def is_booked(element: Element, *, in_report: bool = False) -> bool:
    """Whether the money has moved: `Sts` contains the code directly until version 07, in a child element since then.

    In a report of the day (CAMT.052) only an entry that says so has been booked.
    """
    status = texts(element, ("Sts",), ("Sts", "Cd"), ("Sts", "Prtry"))
    return status == "BOOK" if in_report else status not in ("PDNG", "INFO", "FUTR")


def entry_lines(
    element: Element, parts: Sequence[Details], *, first_position: int, account: str
) -> list[StatementLine]:
    """The lines of an entry whose transactions were read already; raises `Unreadable` for the entry as a whole."""
    entry = _read_entry(element)
    return [
        _line(entry, piece, position=position, account=account)
        for position, piece in enumerate(_pieces(entry, parts), first_position)
    ]


def _read_entry(element: Element) -> Entry:
    found = child(element, "Amt")
    if found is None:
        raise Unreadable("the amount is missing")
    currency, unsigned = amount(found)
    direction = sign(text(element, "CdtDbtInd"))
    return Entry(
        amount_minor=direction * unsigned,
        sign=direction,
        currency=currency,
        booking_date=_day(element, "BookgDt"),
        value_date=_day(element, "ValDt"),
        is_return=text(element, "RvslInd") in ("true", "1") or is_return(element),
        bank_reference=reference(texts(element, ("AcctSvcrRef",), ("NtryRef",))),
        information=text(element, "AddtlNtryInf"),
        charges_minor=charges(element),
        raw=raw_text(etree.tostring(element, encoding="unicode", with_tail=False)),
    )


def _day(element: Element, name: str) -> date | None:
    written = texts(element, (name, "Dt"), (name, "DtTm"))
    return iso_date(written) if written else None


def _pieces(entry: Entry, parts: Sequence[Details]) -> list[Piece]:
    """The entry's shares, which add up to it: a batch is split only if every transaction states its share."""
    if not parts:
        return [(entry.amount_minor, Details(raw=entry.raw))]
    shares = [_share(entry, part) for part in parts]
    known = [share for share in shares if share is not None]
    if len(known) < len(parts):
        return [(entry.amount_minor, _together(entry, parts))]
    rest = entry.amount_minor - sum(known)
    if rest and rest in (-sum(part.charges_minor for part in parts), -entry.charges_minor):
        charged = Details(remittance="Bank charges", raw=entry.raw)
        return [*zip(known, parts, strict=True), (rest, charged)]
    if len(parts) == 1:
        return [(entry.amount_minor, replace(parts[0], raw=entry.raw))]
    if rest:
        parts_sum, whole = (format_amount(minor, entry.currency) for minor in (sum(known), entry.amount_minor))
        raise Unreadable(f"its {len(parts)} transactions add up to {parts_sum} and not to {whole}")
    return list(zip(known, parts, strict=True))


def _share(entry: Entry, part: Details) -> int | None:
    """A transaction's signed share of the entry; None if it has no amount in the entry's currency."""
    direction = part.sign or entry.sign
    return next((direction * minor for currency, minor in part.amounts if currency == entry.currency), None)


def _together(entry: Entry, parts: Sequence[Details]) -> Details:
    """Transactions whose amounts are not stated: what they have in common, and all their texts."""
    if len(parts) == 1:
        return replace(parts[0], raw=entry.raw)
    written = " ".join(filter(None, (text for part in parts for text in (part.structured_reference, part.remittance))))
    return Details(
        debtor=Party(_shared(part.debtor.name for part in parts), _shared(part.debtor.account for part in parts)),
        creditor=Party(_shared(part.creditor.name for part in parts), _shared(part.creditor.account for part in parts)),
        remittance=written[: LIMITS["remittance"]],
        is_return=all(part.is_return for part in parts),
        raw=entry.raw,
    )


def _shared(values: Iterable[str]) -> str:
    different = set(values)
    return different.pop() if len(different) == 1 else ""


def _line(entry: Entry, piece: Piece, *, position: int, account: str) -> StatementLine:
    amount_minor, details = piece
    other = _counterparty(amount_minor, details, account)
    return within_limits(
        StatementLine(
            position=position,
            amount_minor=amount_minor,
            currency=entry.currency,
            booking_date=entry.booking_date,
            value_date=entry.value_date,
            counterparty_name=other.name,
            counterparty_account=other.account,
            end_to_end_id=details.end_to_end_id,
            structured_reference=details.structured_reference,
            remittance=details.remittance or entry.information,
            bank_reference=details.bank_reference or entry.bank_reference,
            is_return=entry.is_return or details.is_return,
            raw=details.raw,
        )
    )


def _counterparty(amount_minor: int, details: Details, account: str) -> Party:
    """The counterparty. A returned payment still names the original direction, and we are never our
    own counterparty.
    """
    sides = (details.debtor, details.creditor) if amount_minor >= 0 else (details.creditor, details.debtor)
    others = (side for side in sides if side != NOBODY and not (account and side.account == account))
    return next(others, NOBODY)
