"""A transaction of OFX (`STMTTRN`) as a line, and OFX's amounts and dates."""

import re
from datetime import date

from igny8_core.business.banking.domain.amounts import lone_amount, written_amount
from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.banking.domain.reading import (
    Unreadable,
    compact,
    day,
    quoted,
    reference,
    refuse_undecided,
    unsigned_minor,
    within_limits,
)

type Values = dict[str, str]
"""Values by tag, prefixed with their aggregate's name: `STMTTRN.TRNAMT`, `BANKACCTTO.ACCTID`."""

_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{4}(?:\d\d)?(?:\.\d{1,6})?)?\s*(?:\[[^\]]*\])?\Z", re.ASCII)


def transaction_line(values: Values, *, position: int, currency: str, raw: str) -> StatementLine:
    """The line; raises `Unreadable`. Amounts are in the account's currency, or in `CURRENCY` if given."""
    own_currency = values.get("CURRENCY.CURSYM", "").upper() or currency
    if not own_currency:
        raise Unreadable("the currency is missing (CURDEF or CURSYM)")
    refuse_undecided(values.values())
    booked = values.get("STMTTRN.DTPOSTED")
    if not booked:
        raise Unreadable("the date is missing (DTPOSTED)")
    booking_date = ofx_date(booked)
    available = values.get("STMTTRN.DTAVAIL")
    names = ("STMTTRN.NAME", "PAYEE.NAME", "STMTTRN.EXTDNAME")
    return within_limits(
        StatementLine(
            position=position,
            amount_minor=ofx_amount(values.get("STMTTRN.TRNAMT", ""), own_currency),
            currency=own_currency,
            booking_date=booking_date,
            value_date=ofx_date(available) if available else booking_date,
            counterparty_name=next(filter(None, map(values.get, names)), "") or "",
            counterparty_account=compact(values.get("BANKACCTTO.ACCTID") or values.get("CCACCTTO.ACCTID")),
            end_to_end_id=reference(values.get("STMTTRN.REFNUM")),
            remittance=values.get("STMTTRN.MEMO", ""),
            bank_reference=reference(values.get("STMTTRN.FITID")),
            raw=raw,
        )
    )


def ofx_amount(text: str, currency: str) -> int:
    """Signed minor units; the decimal mark is a point or a comma, without thousands separators (OFX 3.2.9.1).

    `1,000` is unreadable unless the currency has three decimals: banks that write it mean a thousand.
    """
    if not text:
        raise Unreadable("the amount is missing (TRNAMT)")
    written = written_amount(text.removesuffix(".").removesuffix(","), currency)
    unsigned = unsigned_minor(lone_amount(written.number, currency), currency)
    return written.direction * unsigned


def ofx_date(text: str) -> date:
    """The day as the bank wrote it; time and zone are ignored."""
    match = _DATE.match(text)
    if match is None:
        raise Unreadable(f"{quoted(text)} is not a date")
    return day(match[1], match[2], match[3])
