"""Letters stay what the payer wrote, or their line is unreadable; they never become other letters."""

import io
from typing import Any

import pytest
from igny8_core.business.banking.domain.csv_profile import ENCODINGS, CsvProfile
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import StatementLine, UnreadableLine
from igny8_core.business.banking.formats.registry import read

BASE: dict[str, Any] = {"booking_date": "Date", "amount": "Amount", "fixed_currency": "EUR", "remittance": ["Text"]}
POLISH, CZECH, HUNGARIAN = "Łukasz Żółć PŁATNOŚĆ", "Dvořák Jiří Česká", "Győr árvíztűrő TÜKÖRFÚRÓGÉP"
GERMAN, FRENCH, RUSSIAN = "Müller Bäckerei GRÜN Straße", "À la fête déjà", "Иванов ОПЛАТА за счёт"
TURKISH, ARABIC, CHINESE, JAPANESE = "Ayşe Gülşen ığdır", "محمد علي", "北京公司 付款", "株式会社カタカナ"


def profile(**changed: Any) -> CsvProfile:
    return CsvProfile.from_json(BASE | changed)


def mt940(text: str, encoding: str, currency: str) -> bytes:
    content = (
        f":20:A\n:25:1234567\n:28C:1\n:60F:C260901{currency}10,\n:61:2609010901C1,NTRFNONREF\n"
        f":86:166?20SVWZ+{text[:20]}?21{text[20:]}\n:62F:C260901{currency}11,\n-\n"
    )
    return content.encode(encoding)


def ofx(text: str, header: str, encoding: str, currency: str = "EUR") -> bytes:
    body = (
        f"<OFX><STMTRS><CURDEF>{currency}<STMTTRN><DTPOSTED>20260901<TRNAMT>1.00<MEMO>{text}</STMTTRN></STMTRS></OFX>"
    )
    return f"{header}\n{body}".encode(encoding)


def told(content: bytes, by: CsvProfile | None = None) -> str | None:
    """The text of the file's one line; None if it is unreadable."""
    line = list(read(io.BytesIO(content), profile=by)[1])[1]
    if isinstance(line, UnreadableLine):
        assert "its letters cannot be read" in line.problem
        return None
    assert isinstance(line, StatementLine)
    return line.remittance


@pytest.mark.parametrize(
    ("text", "encoding", "currency"),
    [
        (POLISH, "cp1250", "PLN"),
        (POLISH, "cp852", "PLN"),
        (POLISH, "iso-8859-2", "PLN"),
        (CZECH, "cp1250", "CZK"),
        (CZECH, "cp852", "CZK"),
        (HUNGARIAN, "cp1250", "HUF"),
        (HUNGARIAN, "cp852", "HUF"),
        (HUNGARIAN, "utf-8", "HUF"),
        (GERMAN, "cp1252", "EUR"),
        (GERMAN, "cp850", "EUR"),
        (GERMAN, "cp437", "EUR"),
        (FRENCH, "cp1252", "EUR"),
        (FRENCH, "cp850", "CHF"),
        (RUSSIAN, "cp1251", "RUB"),
        (RUSSIAN, "cp866", "RUB"),
        (RUSSIAN, "koi8-r", "RUB"),
        (TURKISH, "cp1254", "TRY"),
        (ARABIC, "cp1256", "PKR"),
        (CHINESE, "gb18030", "CNY"),
        (JAPANESE, "cp932", "JPY"),
    ],
)
def test_an_encoding_that_is_not_declared_is_judged_by_the_text(text: str, encoding: str, currency: str) -> None:
    read_text = told(mt940(text, encoding, currency))
    assert read_text is not None
    assert read_text.replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(("text", "encoding"), [(POLISH, "cp1250"), (RUSSIAN, "cp1251"), (CHINESE, "gb18030")])
def test_what_cannot_be_decided_is_asked(text: str, encoding: str) -> None:
    content = mt940(text, encoding, "EUR")
    assert told(content) is None
    answer = told(content, profile(encoding=encoding))
    assert answer is not None
    assert answer.replace(" ", "") == text.replace(" ", "")


OFX1 = "OFXHEADER:100\nDATA:OFXSGML\nENCODING:{}\nCHARSET:{}\n"


@pytest.mark.parametrize(
    ("text", "header", "encoding"),
    [
        (POLISH, OFX1.format("USASCII", "1250"), "cp1250"),
        (RUSSIAN, OFX1.format("USASCII", "1251"), "cp1251"),
        (TURKISH, OFX1.format("USASCII", "1254"), "cp1254"),
        (ARABIC, OFX1.format("USASCII", "1256"), "cp1256"),
        (CZECH, OFX1.format("USASCII", "852"), "cp852"),
        (GERMAN, OFX1.format("USASCII", "437"), "cp437"),
        (GERMAN, OFX1.format("USASCII", "ISO-8859-1"), "cp1252"),
        (POLISH, OFX1.format("USASCII", "8859-2"), "iso-8859-2"),
        (CHINESE, OFX1.format("USASCII", "936"), "gb18030"),
        (JAPANESE, OFX1.format("USASCII", "932"), "cp932"),
        (GERMAN, OFX1.format("USASCII", "1252"), "utf-8"),
        (CHINESE, OFX1.format("UTF-8", "NONE"), "utf-8"),
        (POLISH, '<?xml version="1.0" encoding="windows-1250"?>\n<?OFX OFXHEADER="200"?>', "cp1250"),
        (CHINESE, '<?xml version="1.0" encoding="GB2312"?>\n<?OFX OFXHEADER="200"?>', "gb18030"),
    ],
)
def test_an_encoding_that_ofx_declares_is_obeyed(text: str, header: str, encoding: str) -> None:
    assert told(ofx(text, header, encoding)) == text


def test_ofx_that_declares_nothing_is_judged() -> None:
    assert told(ofx(HUNGARIAN, "OFXHEADER:100\n", "cp1250", "HUF")) == HUNGARIAN
    assert told(ofx(RUSSIAN, "OFXHEADER:100\n", "cp1251")) is None


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (POLISH, "cp1250"),
        (CZECH, "cp852"),
        (RUSSIAN, "cp1251"),
        (TURKISH, "cp1254"),
        (ARABIC, "cp1256"),
        (GERMAN, "cp437"),
        (CHINESE, "gb18030"),
        (JAPANESE, "cp932"),
    ],
)
def test_a_profile_names_any_encoding_of_banks(text: str, encoding: str) -> None:
    content = f"Date,Text,Amount\n2026-09-01,{text},5\n"
    assert told(content.encode(encoding), profile(encoding=encoding)) == text
    with pytest.raises(StatementRefused, match="the text is not written in utf-8"):
        told(content.encode(encoding), profile())


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_obeyed_before_the_profile(mark: str) -> None:
    assert told(f"Date,Text,Amount\n2026-09-01,{POLISH},5\n".encode(mark), profile(encoding="cp1252")) == POLISH


def test_every_encoding_of_a_profile_exists() -> None:
    for encoding in ENCODINGS:
        assert "a".encode(encoding)
