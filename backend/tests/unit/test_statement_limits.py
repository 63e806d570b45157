"""The limits of files and lines in banking/domain/, each from both sides, and what a file's first bytes say."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest
from igny8_core.business.banking.domain.archives import MAX_MEMBERS, Member, opened
from igny8_core.business.banking.domain.encodings import decoded
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import FormatName
from igny8_core.business.banking.domain.reading import (
    LIMITS,
    UNDECIDED,
    Unreadable,
    clean,
    compact,
    day,
    iso_date,
    known_currency,
    quoted,
    raw_text,
    reference,
    unsigned_minor,
    within_limits,
)
from igny8_core.business.banking.domain.recognition import format_of
from igny8_core.business.banking.domain.text_lines import MAX_LINE_BYTES, numbered_lines
from igny8_core.business.banking.domain.xml_prolog import first_elements
from tests.unit.matching_cast import line


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"PK\x03\x04..[Content_Types].xml", FormatName.XLSX),
        (b"PK\x03\x04..xl/workbook.xml", FormatName.XLSX),
        (b"PK\x03\x04..letter.xml", FormatName.ZIP),
        (b"OFXHEADER:100", FormatName.OFX),
        (b"  <OFX>", FormatName.OFX),
        (b"\xef\xbb\xbf<OFX>", FormatName.OFX),
        (b":20:X\n:25:1\n:60F:C260301EUR1,", FormatName.MT940),
        (b":20:X\n:25:1\n:62M:C260301EUR1,", FormatName.MT940),
        (b":20:X\n:25:1\n:34F:EUR0,", FormatName.MT942),
        (b":20:X\n:25:1\n:13D:2603011200+0100", FormatName.MT942),
        (b":20:X\n:25:1\n:90C:1EUR1,", FormatName.MT942),
        (b":20:X\n:25:1\n:61:260301C1,NTRFX", FormatName.MT940),
        (b":20:X\n:25:1\n:28C:1", None),
        (b":25:1\n:60F:C260301EUR1,", FormatName.MT940),
        (b":61:260301C1,NTRFX", None),
        (b"a;b\nc;d", FormatName.CSV),
        (b"a\tb\nc\td", FormatName.CSV),
        (b"a|b\nc|d", FormatName.CSV),
        (b"a,b\nc,d", FormatName.CSV),
        (b"a;b\nc", None),
        (b"a;b\nc,d", None),
        (b"a;b\n" + b"x\n" * 48 + b"c;d", FormatName.CSV),
        (b"a;b\n" + b"x\n" * 49 + b"c;d", None),
        (b"a;b\0\nc;d", None),
    ],
)
def test_what_the_first_bytes_say(head: bytes, found: FormatName | None) -> None:
    assert format_of(head) is found


def test_the_first_elements_of_a_document() -> None:
    assert first_elements(b"<a xmlns='urn:x'><b/><c><d><e><f>") == ["a", "b", "c", "d", "e"]
    assert first_elements(b"<a><b><c>", depth=2) == ["a", "b"]
    assert len(first_elements(b"<a>" + b"<b/>" * 49)) == 50
    assert len(first_elements(b"<a>" + b"<b/>" * 99)) == 51
    assert first_elements(b"no element") == []
    with pytest.raises(StatementRefused, match="Line 2: a document type"):
        first_elements(b"<?xml version='1.0'?>\n<!DOCTYPE a><a/>")


def archive(members: Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in members:
            made.writestr(name, content)
    return out


def test_an_archive_at_its_limits_is_opened() -> None:
    assert len(opened(archive([(str(n), b"") for n in range(MAX_MEMBERS)])).infolist()) == 1000
    with pytest.raises(StatementRefused, match="more than 1000 files"):
        opened(archive([(str(n), b"") for n in range(MAX_MEMBERS + 1)]))
    stored = archive([("a", b"x" * 60), ("b", b"y" * 40)], zipfile.ZIP_STORED)
    assert opened(stored, max_bytes=100)
    with pytest.raises(StatementRefused, match="unpack to 100 bytes"):
        opened(stored, max_bytes=99)
    with pytest.raises(StatementRefused, match="compression method"):
        opened(archive([("a", b"x")], zipfile.ZIP_BZIP2))
    with pytest.raises(StatementRefused, match="damaged"):
        opened(io.BytesIO(b"PK\x03\x04"))
    # A million zeros shrink a thousandfold, which is nothing to fear; one byte more is.
    assert opened(archive([("a", b"\0" * 1_000_000)]))
    assert opened(archive([("a", b"x" * 1_000_001)], zipfile.ZIP_STORED))
    with pytest.raises(StatementRefused, match="1,000,001 bytes"):
        opened(archive([("a", b"\0" * 1_000_001)]))


def test_a_member_is_read_and_a_broken_one_is_refused() -> None:
    whole = archive([("a", b"content")], zipfile.ZIP_STORED)
    book = opened(whole)
    assert Member(book, book.infolist()[0]).read(3) == b"con"
    assert Member(book, book.infolist()[0]).read() == b"content"
    broken = opened(io.BytesIO(whole.getvalue().replace(b"content", b"contents"[1:])))
    with pytest.raises(StatementRefused, match="damaged"):
        Member(broken, broken.infolist()[0]).read()


def test_a_line_ends_within_a_hundred_thousand_bytes() -> None:
    assert [number for number, _ in numbered_lines(io.BytesIO(b"x" * MAX_LINE_BYTES + b"\ny"))] == [1, 2]
    with pytest.raises(StatementRefused, match="Line 1 has more than 100,000 bytes"):
        list(numbered_lines(io.BytesIO(b"x" * (MAX_LINE_BYTES + 1))))
    assert [text for _, text in numbered_lines(io.BytesIO(b"a\n\xef\xbb\xbfb\r"))] == ["a", "\ufeffb"]
    western = ("utf-8", "cp1252")
    assert [decoded(raw, western) for raw in ("é€".encode(), b"\xe9\x80", b"\xe9\x81")] == ["é€", "é€", "é\x81"]


@pytest.mark.parametrize("name", [name for name in LIMITS if name != "raw"])
def test_a_text_is_taken_up_to_its_limit(name: str) -> None:
    assert LIMITS[name] == {"counterparty_name": 300, "counterparty_account": 64, "remittance": 4000}.get(name, 140)
    fitting = line(**{name: "x" * LIMITS[name]})
    assert within_limits(fitting) is fitting
    with pytest.raises(Unreadable, match=f"its {name.replace('_', ' ')} has more than {LIMITS[name]} characters"):
        within_limits(line(**{name: "x" * (LIMITS[name] + 1)}))


def test_raw_text_is_cut_at_its_limit() -> None:
    assert raw_text("x" * 8000) == "x" * 8000
    assert raw_text("x" * 8001) == "x" * 7999 + "…"
    assert raw_text(" a\x00b\nc ") == "ab\nc"
    assert raw_text(f"M{UNDECIDED}ller") == "M\ufffdller"


def test_texts_lose_what_shows_nothing() -> None:
    assert (clean(None), clean("  a \n b "), clean("a\x07b é"), compact(" DE 89\u200b"), compact(None)) == (
        "",
        "a b",
        "ab é",
        "DE89",
        "",
    )
    assert [reference(text) for text in ("NOTPROVIDED", "non ref", "NONREFS", "")] == ["", "", "NONREFS", ""]
    assert (quoted("x" * 40), quoted("x" * 41)) == (f'"{"x" * 40}"', f'"{"x" * 40}…"')


@pytest.mark.parametrize(
    ("text", "minor"),
    [("1", 100), ("001.5", 150), ("1.50", 150), ("1.5000", 150), (".5", 50), ("1.", 100), ("0", 0), ("0.00", 0)],
)
def test_decimal_text_in_minor_units(text: str, minor: int) -> None:
    assert unsigned_minor(text, "EUR") == minor


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "missing"),
        (".", "not an amount"),
        ("-1", "not an amount"),
        ("1,5", "not an amount"),
        ("1.501", "more decimals than EUR"),
        ("9" * 20, "too large"),
    ],
)
def test_what_is_no_decimal_text(text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        unsigned_minor(text, "EUR")


def test_currencies_and_days() -> None:
    assert known_currency("EUR") == "EUR"
    with pytest.raises(Unreadable, match='"EUX" is not an ISO 4217'):
        known_currency("EUX")
    assert iso_date("2026-03-02T10:00:00Z") == day("2026", "03", "02") == date(2026, 3, 2)
    with pytest.raises(Unreadable, match="not a date"):
        iso_date("02.03.2026")
    with pytest.raises(Unreadable, match="2026-02-30 is not a day of the calendar"):
        iso_date("2026-02-30")
