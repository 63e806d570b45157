"""Recognises a file's format from its first bytes. Pure."""

import re

from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import FormatName
from igny8_core.business.banking.domain.xml_prolog import first_elements

_XML_ELEMENTS = {
    "BkToCstmrStmt": FormatName.CAMT053,
    "BkToCstmrAcctRpt": FormatName.CAMT052,
    "BkToCstmrDbtCdtNtfctn": FormatName.CAMT054,
    "OFX": FormatName.OFX,
}
_MESSAGE = re.compile(rb"^[ \t]*(?:\{1:[^\n]{0,200}\{4:[ \t]*\r?\n)?:(?:20|25P?|28C?|60[FM]):", re.MULTILINE)
_FIELD = re.compile(rb"^[ \t]*:(25P?|28C?|60[FM]|61|62[FM]|34F|13D?|90[CD]):", re.MULTILINE)
_OFX = re.compile(rb"\A\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:OFXHEADER\s*:|<\?OFX\s|<OFX>)")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
_DELIMITERS = ";,\t|"
_KNOWN_STRANGERS = {
    b"%PDF": "This is a PDF; ask the bank for the statement as CAMT.053, MT940, OFX or CSV.",
    b"\xd0\xcf\x11\xe0": "This is an old Excel file (.xls); save it as .xlsx or CSV.",
}


def format_of(head: bytes) -> FormatName | None:
    """The format that the first bytes indicate, if any reader supports it.

    Raises `StatementRefused` for well-known formats that no reader supports, and for hostile content.
    """
    for magic, sentence in _KNOWN_STRANGERS.items():
        if head.startswith(magic):
            raise StatementRefused(sentence)
    if head.startswith(_ARCHIVE):
        return FormatName.XLSX if b"[Content_Types].xml" in head or b"xl/" in head else FormatName.ZIP
    text = head.removeprefix(_UTF8_MARK)
    if _OFX.match(text):
        return FormatName.OFX
    if text.lstrip().startswith(b"<") or head.startswith(_UTF16_MARKS):
        names = first_elements(head)
        if names:
            return _xml_format(names)
    return _message_format(text) or (FormatName.CSV if _is_table(text) else None)


def _xml_format(names: list[str]) -> FormatName:
    for name in names:
        if name in _XML_ELEMENTS:
            return _XML_ELEMENTS[name]
    raise StatementRefused(f"This XML begins with {names[0][:40]} and is not CAMT.052, CAMT.053, CAMT.054 or OFX.")


def _message_format(text: bytes) -> FormatName | None:
    """MT940 has an opening balance (60); MT942 has a floor limit (34F), the report's time (13) or totals (90)."""
    begin = _MESSAGE.search(text)
    if begin is None:
        return None
    fields = {match[1] for match in _FIELD.finditer(text, begin.start())}
    if fields & {b"60F", b"60M", b"62F", b"62M"}:
        return FormatName.MT940
    if fields & {b"34F", b"13", b"13D", b"90C", b"90D"}:
        return FormatName.MT942
    return FormatName.MT940 if b"61" in fields else None


def _is_table(text: bytes) -> bool:
    """Whether it is text in which two of the first lines contain one of the usual delimiters."""
    if text.startswith(_UTF16_MARKS):
        decoded = text[: len(text) // 2 * 2].decode("utf-16", errors="replace")
    elif b"\0" in text:
        return False
    else:
        decoded = text.decode("latin-1")
    lines = decoded.splitlines()[:50]
    return any(sum(delimiter in line for line in lines) >= 2 for delimiter in _DELIMITERS)
