"""Statements written as banks write them, for what reading is tried with. CAMT.053 has its writer in `demo`."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from igny8_core.business.banking.domain.csv_profile import CsvProfile, DateOrder
from igny8_core.business.banking.domain.lines import StatementLine, StatementStart
from igny8_core.kit.money import format_amount
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

HEADERS = {
    "booking_date": "Booked",
    "value_date": "Value",
    "amount": "Amount",
    "debit": "Out",
    "credit": "In",
    "indicator": "D/C",
    "currency": "Currency",
    "counterparty_name": "Name",
    "counterparty_account": "Account no.",
    "remittance": "Text",
    "structured_reference": "Structured",
    "end_to_end_id": "End to end",
    "bank_reference": "Reference",
    "balance": "Balance",
}


def mt940(start: StatementStart, lines: Sequence[StatementLine], closing_minor: int) -> bytes:
    """One message with field 86 in the German form, wrapped at 65 characters."""
    opening = _balance(start.opening_minor or 0, start.currency)
    out = [f":20:{start.identification}", f":25:{start.account}", ":28C:1/1", f":60F:{opening}"]
    for line in lines:
        out += [_movement(line), *_wrapped(f":86:{_german(line)}")]
    out += [f":62F:{_balance(closing_minor, start.currency)}", "-", ""]
    return "\r\n".join(out).encode()


def _movement(line: StatementLine) -> str:
    assert line.value_date is not None
    assert line.booking_date is not None
    mark = "C" if line.amount_minor >= 0 else "D"
    if line.is_return:
        mark = "RD" if mark == "C" else "RC"
    amount = format_amount(abs(line.amount_minor), line.currency).replace(".", ",")
    amount += "" if "," in amount else ","
    bank = f"//{line.bank_reference}" if line.bank_reference else ""
    return f":61:{line.value_date:%y%m%d}{line.booking_date:%m%d}{mark}{amount}NTRFNONREF{bank}"


def _german(line: StatementLine) -> str:
    pieces = []
    for keyword, text in (("EREF+", line.end_to_end_id), ("SVWZ+", line.remittance)):
        pieces += _cut(keyword + text, 27) if text else []
    text = "".join(f"?{20 + index}{piece}" for index, piece in enumerate(pieces))
    text += f"?31{line.counterparty_account}" if line.counterparty_account else ""
    text += "".join(f"?{32 + index}{piece}" for index, piece in enumerate(_cut(line.counterparty_name, 27)))
    return f"166{text}?34000"


def _wrapped(text: str) -> list[str]:
    return _cut(text, 65)


def _cut(text: str, size: int) -> list[str]:
    return [text[index : index + size] for index in range(0, len(text), size)]


def _balance(minor: int, currency: str) -> str:
    amount = format_amount(abs(minor), currency).replace(".", ",")
    return f"{'D' if minor < 0 else 'C'}260101{currency}{amount}{'' if ',' in amount else ','}"


def ofx(start: StatementStart, lines: Sequence[StatementLine], closing_minor: int, *, version: int) -> bytes:
    """OFX 1 without the end tags of values, or OFX 2 with all of them."""

    def value(tag: str, text: str) -> str:
        if not text:
            return ""
        return f"<{tag}>{escape(text)}" + (f"</{tag}>" if version == 2 else "\r\n")

    transactions = "".join(
        "<STMTTRN>"
        + value("TRNTYPE", "OTHER")
        + value("DTPOSTED", _compact(line.booking_date))
        + value("DTAVAIL", _compact(line.value_date))
        + value("TRNAMT", format_amount(line.amount_minor, line.currency))
        + value("FITID", line.bank_reference)
        + value("REFNUM", line.end_to_end_id)
        + value("NAME", line.counterparty_name)
        + (
            f"<BANKACCTTO>{value('ACCTID', line.counterparty_account)}</BANKACCTTO>"
            if line.counterparty_account
            else ""
        )
        + value("MEMO", line.remittance)
        + "</STMTTRN>\r\n"
        for line in lines
    )
    head = (
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nENCODING:UTF-8\r\n\r\n"
        if version == 1
        else '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'
    )
    return (
        f"{head}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>{value('CURDEF', start.currency)}"
        f"<BANKACCTFROM>{value('ACCTID', start.account)}</BANKACCTFROM>"
        f"<BANKTRANLIST>{transactions}</BANKTRANLIST>"
        f"<LEDGERBAL>{value('BALAMT', format_amount(closing_minor, start.currency))}</LEDGERBAL>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    ).encode()


def _compact(day: date | None) -> str:
    return f"{day.year:04}{day:%m%d}" if day else ""


def table(
    lines: Sequence[StatementLine], profile: CsvProfile, *, opening_minor: int = 0, newest_first: bool = False
) -> list[list[Any]]:
    """Rows of native values in the order of `HEADERS`, for the columns the profile has; header first."""
    names = [name for name in HEADERS if getattr(profile, name)]
    rows, balance = [], opening_minor
    for line in lines:
        balance += line.amount_minor
        values: dict[str, Any] = {name: getattr(line, name, "") for name in names}
        amount = Decimal(format_amount(line.amount_minor, line.currency))
        values |= {"amount": amount, "balance": Decimal(format_amount(balance, line.currency))}
        if profile.indicator:
            values |= {"amount": abs(amount), "indicator": "D" if amount < 0 else "C"}
        values |= {"debit": abs(amount) if amount < 0 else "", "credit": amount if amount >= 0 else ""}
        rows.append([values[name] for name in names])
    return [[HEADERS[name] for name in names], *(reversed(rows) if newest_first else rows)]


def csv_file(rows: Sequence[Sequence[Any]], profile: CsvProfile) -> bytes:
    """Rows as text in the profile's form."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=profile.delimiter)
    for row in rows:
        writer.writerow([_written(value, profile) for value in row])
    return text.getvalue().encode(profile.encoding)


def _written(value: Any, profile: CsvProfile) -> str:
    if isinstance(value, Decimal):
        grouped = f"{value:,f}".translate({ord(","): "\0", ord("."): profile.decimal})
        return grouped.replace("\0", profile.thousands)
    if isinstance(value, date):
        parts = {"y": f"{value.year:04}", "m": f"{value.month:02}", "d": f"{value.day:02}"}
        return "/".join(parts[letter] for letter in DateOrder(profile.date_order))
    return "" if value is None else str(value)


def xlsx_file(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows as a workbook: numbers and dates are such, and a text that begins with = is no formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
