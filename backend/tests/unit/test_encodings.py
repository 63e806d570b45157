"""domain/encodings.py: which encoding a text is read in, and which letters count as those that somebody wrote."""

import io

import pytest
from igny8_core.business.banking.domain.encodings import HEAD_BYTES, Peeked, decoded, encodings_of
from igny8_core.business.banking.domain.reading import UNDECIDED

MULTIBYTE = ("gb18030", "cp932", "euc-jp", "big5", "cp949")


def head(text: str, encoding: str, currency: str = "EUR") -> bytes:
    return f":60F:C260901{currency}10,\n".encode() + text.encode(encoding)


class Slow(io.BytesIO):
    """A source that gives a thousand bytes at a time, and counts what it is asked for."""

    asked = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        self.asked = size
        return super().read(min(size, 1000) if size >= 0 else 1000)


def test_the_beginning_is_looked_at_and_read_again() -> None:
    content = bytes(range(256)) * 300
    peeked = Peeked(Slow(content))
    assert peeked.head == content[:HEAD_BYTES]
    assert peeked.read(0) == b""
    assert peeked.read(1) == content[:1]
    assert peeked.read(10) == content[1:11]
    assert peeked.read() == content[11:HEAD_BYTES]
    assert peeked.read(100) == content[HEAD_BYTES:][:100]
    assert Peeked(Slow(b"short")).head == b"short"


def test_no_more_than_the_beginning_is_taken_from_the_source() -> None:
    source = Slow(b"a" * (HEAD_BYTES + 5))
    assert len(Peeked(source).head) == HEAD_BYTES
    assert source.asked == HEAD_BYTES % 1000
    assert source.tell() == HEAD_BYTES


@pytest.mark.parametrize("named", MULTIBYTE)
def test_a_named_encoding_of_several_bytes_a_letter_comes_before_utf_8(named: str) -> None:
    assert encodings_of(b"", named) == (named, "utf-8")


@pytest.mark.parametrize(
    ("content", "named", "encodings"),
    [
        (b"", "", ("utf-8", "cp1252")),
        (b"", "cp1250", ("utf-8", "cp1250")),
        (b"CHARSET:1251", "cp1250", ("utf-8", "cp1250")),
        (b"CHARSET:1251", "", ("utf-8", "cp1251")),
        (b"CHARSET:1251", "utf-8", ("utf-8", "cp1251")),
        (b"CHARSET:1251", "utf-16", ("utf-8", "cp1251")),
        (b"charset : windows-1251", "", ("utf-8", "cp1251")),
        (b"CHARSET:8859-1", "", ("utf-8", "cp1252")),
        (b"CHARSET:ISO-8859-2", "", ("utf-8", "iso8859-2")),
        (b"CHARSET:KOI8-R", "", ("utf-8", "koi8-r")),
        (b"CHARSET:950", "", ("big5", "utf-8")),
        (b"CHARSET:949", "", ("cp949", "utf-8")),
        (b"CHARSET:GBK", "", ("gb18030", "utf-8")),
        (b"CHARSET:SHIFT_JIS", "", ("shift_jis", "utf-8")),
        (b"CHARSET:EUC_JP", "", ("euc_jp", "utf-8")),
        (b"CHARSET:EUC_KR", "", ("euc_kr", "utf-8")),
        (b'CHARSET:NONE\n<?xml version="1.0" encoding="windows-1250"?>', "", ("utf-8", "cp1250")),
        (b"CHARSET:US-ASCII\n<?xml encoding='windows-1250'?>", "", ("utf-8", "cp1250")),
        # Not every name that Python knows is an encoding of a text.
        (b"CHARSET:UTF-8", "", ("utf-8", "cp1252")),
        (b"CHARSET:UTF-7", "", ("utf-8", "cp1252")),
        (b"CHARSET:IDNA", "", ("utf-8", "cp1252")),
        (b"CHARSET:PUNYCODE", "", ("utf-8", "cp1252")),
        (b"CHARSET:UNDEFINED", "", ("utf-8", "cp1252")),
        (b"CHARSET:HEX", "", ("utf-8", "cp1252")),
        (b"CHARSET:ROT13", "", ("utf-8", "cp1252")),
        (b"CHARSET:037", "", ("utf-8", "cp1252")),
        # Only the beginning declares.
        (b" " * 1988 + b"CHARSET:1250", "", ("utf-8", "cp1250")),
        (b" " * 1989 + b"CHARSET:1250", "", ("utf-8", "cp1252")),
        # Nothing is declared: the currency tells what its banks use most.
        (head("", "ascii", "PLN"), "", ("utf-8", "cp1250")),
        (head("", "ascii", "RUB"), "", ("utf-8", "cp1251")),
        (b":34F:PLN0,", "", ("utf-8", "cp1250")),
        (b"<CURDEF> pln", "", ("utf-8", "cp1250")),
        (head("", "ascii", "JPY"), "", ("utf-8", "cp932")),
    ],
)
def test_which_encodings_are_tried(content: bytes, named: str, encodings: tuple[str, ...]) -> None:
    assert encodings_of(content, named) == encodings


@pytest.mark.parametrize(
    ("raw", "encodings", "text"),
    [
        (b"abc", ("utf-8", "cp1252"), "abc"),
        ("é".encode(), ("utf-8", "cp1252"), "é"),
        (b"\xe9\x9d", ("utf-8", "cp1252"), "é\x9d"),
        (b"\xe9\x80", ("utf-8", "cp1252"), "é€"),
        (b"a\xff", ("utf-8", "ascii"), f"a{UNDECIDED}"),
        (b"a\xff\xff", ("gb18030", "utf-8"), f"a{UNDECIDED}{UNDECIDED}"),
    ],
)
def test_a_line_is_read_in_the_first_encoding_that_fits(raw: bytes, encodings: tuple[str, ...], text: str) -> None:
    assert decoded(raw, encodings) == text


# GB 18030 can write every character, so that only the text decides whether it is believed.
@pytest.mark.parametrize(
    "text",
    [
        "付款",
        "株式カタカナ",
        "株式は",
        "カードー々",
        "Müller © ® 5³ “x” €",
        "été",
        "deLuxé",
        "McDÉ",
        "McGaüN",
        "Rückert",
        "ÖÄüer",
        "éèà",
        "Ünlü",
        "ÉTÉ",
        "©",
        "5³",
    ],
)
def test_what_somebody_wrote(text: str) -> None:
    assert encodings_of(head(text, "gb18030", "CNY")) == ("utf-8", "gb18030")


@pytest.mark.parametrize(
    "text",
    ["╔", "∞", "˝", "①", "\ue000", "\u0378", "\x85付", "\u200f", "Иvané", "付é", "mÜller", "GRüN", "M³ller", "£ab é"],
)
def test_what_nobody_wrote(text: str) -> None:
    assert encodings_of(head(text, "gb18030", "CNY")) == ("utf-8", "ascii")


def test_three_accented_letters_in_a_row_are_not_western() -> None:
    assert encodings_of(head("fée", "cp1252")) == ("utf-8", "cp1252")
    assert encodings_of(head("éèà", "cp1252")) == ("utf-8", "ascii")


def test_lines_in_utf_8_do_not_judge_the_others() -> None:
    content = head("Żółć Łódź\n", "utf-8", "PLN") + "Łukasz Żółć\nPŁATNOŚĆ".encode("cp852")
    assert encodings_of(content) == ("utf-8", "cp852")


def test_a_letter_that_is_cut_at_the_end_does_not_judge() -> None:
    begin = head("付款\n", "gb18030", "CNY")
    whole = begin + b"a" * (HEAD_BYTES - len(begin) - 2) + b"\n\xb8"
    assert len(whole) == HEAD_BYTES
    assert encodings_of(whole) == ("utf-8", "gb18030")
    assert encodings_of(whole[:-2] + b"\xb8") == ("utf-8", "ascii")
    wrong = begin + "╔\n".encode("gb18030")
    assert encodings_of(wrong + b"a" * (HEAD_BYTES - len(wrong))) == ("utf-8", "ascii")
