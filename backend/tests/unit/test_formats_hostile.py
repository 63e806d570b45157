"""Files that want to harm: whatever they hold, reading ends soon, in little memory, and with `StatementRefused` at worst."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from igny8_core.business.banking.domain import archives
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import FormatName, StatementItem
from igny8_core.business.banking.formats.camt053 import reader
from igny8_core.business.banking.formats.registry import preview, read, recognise
from tests.statement_writers import xlsx_file

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "statements"
PROFILE = CsvProfile(booking_date=1, amount=2, fixed_currency="EUR", has_header=False)
BODY = "<Document><BkToCstmrStmt><Stmt><Id>1</Id></Stmt></BkToCstmrStmt></Document>"


def items(content: bytes, profile: CsvProfile | None = PROFILE) -> list[StatementItem]:
    return list(read(io.BytesIO(content), profile=profile)[1])


def refusal(content: bytes, profile: CsvProfile | None = PROFILE) -> str:
    with pytest.raises(StatementRefused) as refused:
        items(content, profile)
    return refused.value.message


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
DOCTYPES = {
    "billion laughs": f'<!DOCTYPE Document [<!ENTITY l0 "ha">{LAUGHS}]>',
    "quadratic blow-up": f'<!DOCTYPE Document [<!ENTITY a "{"a" * 10_000}">]>',
    "local file": '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "network": '<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/evil.dtd">',
    "parameter entity": '<!DOCTYPE Document [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
    "late": f"<!-- {'x' * 30_000} --><!DOCTYPE Document []>",
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES.keys())
def test_documents_with_a_doctype_are_refused(doctype: str, encoding: str) -> None:
    content = f"<?xml version='1.0'?>{doctype}{BODY}".encode(encoding)
    assert "DOCTYPE" in refusal(content, None)
    assert recognise(content[:65_536]) is None


def test_a_doctype_behind_the_head_is_refused() -> None:
    assert refusal(f"<?xml version='1.0'?><!-- {'x' * 70_000} --><!DOCTYPE D []>{BODY}".encode(), None)


@pytest.mark.parametrize("encoding", ["utf-7", "utf-32", "cp037", "no-such"])
def test_encodings_that_hide_a_doctype_are_refused(encoding: str) -> None:
    codec = "utf-8" if encoding == "no-such" else encoding
    content = f"<?xml version='1.0' encoding='{encoding}'?><!DOCTYPE D [<!ENTITY x 'y'>]>{BODY}".encode(codec)
    assert refusal(content, None)


def test_ofx_and_workbooks_with_a_doctype_are_refused() -> None:
    doctype = DOCTYPES["billion laughs"].encode()
    assert "DOCTYPE" in refusal(b"<?xml version='1.0'?>" + doctype + b"<OFX></OFX>")
    assert "DOCTYPE" in refusal(b"OFXHEADER:100\r\n\r\n" + doctype + b"<OFX></OFX>")
    assert "DOCTYPE" in refusal(
        with_part("xl/worksheets/sheet1.xml", b"<?xml version='1.0'?>" + doctype + b"<worksheet/>")
    )
    assert "DOCTYPE" in refusal(with_part("xl/sharedStrings.xml", b"<?xml version='1.0'?>" + doctype + b"<sst/>"))
    assert "DOCTYPE" in refusal(with_part("xl/elsewhere.bin", b"<?xml version='1.0'?>" + doctype + b"<worksheet/>"))
    behind = b"<!--" + b"x" * 70_000 + b"-->" + doctype + b"<worksheet/>"
    assert refusal(with_part("xl/elsewhere.bin", behind)) == "The workbook is broken (xl/elsewhere.bin)."


def with_part(name: str, content: bytes) -> bytes:
    """A workbook with one part replaced or added."""
    with zipfile.ZipFile(io.BytesIO(xlsx_file([["2026-03-02", "1.00"]]))) as book:
        parts = {part: book.read(part) for part in book.namelist()}
    return zipped(*(parts | {name: content}).items())


def test_deep_and_wide_elements_end() -> None:
    deep = b"<Document><BkToCstmrStmt><Stmt>" + b"<a>" * 100_000
    assert refusal(deep).startswith("Line 1: the XML is broken")
    wide = b"<Document><BkToCstmrStmt><Stmt><Id>" + b"x" * 20_000_000 + b"</Id></Stmt></BkToCstmrStmt></Document>"
    assert refusal(wide)


@pytest.mark.parametrize(
    ("junk", "limit"),
    [(b"<a/>", "4,000,000 tags"), (b"<c d='' e=''/>", "4,000,000 tags"), (b"<TxDtls/>", "1,000 trans")],
)
def test_elements_without_meaning_do_not_fill_the_memory(
    junk: bytes, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_MAX_TRANSACTIONS", 1_000)
    head = b"<Document><BkToCstmrStmt><Stmt><Ntry>"
    assert refusal(head + junk * 4_500_000).startswith(f"A single entry has more than {limit}")


@pytest.mark.parametrize(
    "content",
    [
        b":20:X\n:25:1\n:60F:C260301EUR1,\n" + b"\r" * 6_000_000,
        b"OFXHEADER:100\n<OFX>" + b"<!-- " + b"<" * 3_000_000,
        b"OFXHEADER:100\n<OFX>" + (b"<!-- " + b"<" * 90_000 + b"-->") * 30,
        b"a,b\nc,d\n" + b"\n" * 1_100_000,
    ],
    ids=["carriage returns", "a comment", "comments", "empty rows"],
)
def test_reading_costs_what_the_file_is_long(content: bytes) -> None:
    assert refusal(content)


class Sparse(io.RawIOBase):
    """A file of any size that takes no room: its beginning, then zeros."""

    def __init__(self, size: int, head: bytes = b"") -> None:
        self.size, self.head, self.at, self.read_bytes = size, head, 0, 0

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + {0: 0, 1: self.at, 2: self.size}[whence]
        return self.at

    def tell(self) -> int:
        return self.at

    def read(self, size: int = -1) -> bytes:
        self.read_bytes += size
        raise AssertionError("a file that is too large is not read at all")


def test_a_file_of_200_mb_is_not_read() -> None:
    file = Sparse(200_000_000)
    with pytest.raises(StatementRefused, match="150,000,000 bytes"):
        read(file)  # type: ignore[arg-type]
    assert file.read_bytes == 0


def test_bombs_are_refused_before_they_unpack() -> None:
    assert "would unpack" in refusal(zipped(("a.xml", b"\0" * 160_000_000)))
    assert "would unpack" in refusal(zipped(("a.xml", b" " * 2_000_000)))
    assert "would unpack" in refusal(zipped(*((f"{number}.xml", b" " * 200_000) for number in range(900))))
    assert "would unpack" in refusal(with_part("xl/sharedStrings.xml", b" " * 60_000_000))
    assert "more than 1000" in refusal(zipped(*((f"{number}", b"") for number in range(1001))))


def test_an_archive_that_lies_about_its_size_yields_no_more_than_it_says() -> None:
    honest = zipped(("a.xml", BODY.encode() + b" " * 5_000_000))
    lying = honest.replace(struct.pack("<L", 5_000_000 + len(BODY)), struct.pack("<L", 100))
    assert lying != honest
    assert refusal(lying)


def test_archives_of_anything_else_are_refused() -> None:
    camt = (SAMPLES / "camt053-08-batches.xml").read_bytes()
    inner = zipped(("a.xml", camt))
    assert refusal(zipped(("inner.zip", inner))).startswith("In inner.zip: ")
    assert refusal(zipped(("a.txt", b"hello"))).startswith("In a.txt: ")
    assert refusal(zipped()) == "The archive contains no files."
    assert "mixes formats (camt053, ofx)" in refusal(zipped(("a", camt), ("b", (SAMPLES / "ofx1.ofx").read_bytes())))
    assert refusal(inner[:-30]) == "The archive is damaged or incomplete. Upload it again."
    assert refusal(zipped(("a.xml", camt), method=zipfile.ZIP_BZIP2)) == (
        "The archive uses a compression method that cannot be read. Use a plain ZIP file."
    )
    damaged = bytearray(zipped(("a.xml", camt), ("b.xml", camt)))
    damaged[200:260] = b"\xff" * 60
    assert refusal(bytes(damaged))
    encrypted = bytearray(inner)
    encrypted[inner.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(encrypted)) == "The archive is encrypted. Upload it without a password."


def test_an_archive_of_statements_is_read_as_one_after_the_other() -> None:
    names = ("camt053-02.xml", "camt053-08-batches.xml")
    files = [(f"folder/{name}", (SAMPLES / name).read_bytes()) for name in names]
    archive = zipped(("folder/", b""), ("__MACOSX/._x", b"junk"), ("folder/.DS_Store", b"junk"), *files)
    assert recognise(archive) is FormatName.ZIP
    format_name, read_items = read(io.BytesIO(archive))
    assert format_name == "camt053"
    assert list(read_items) == [item for _, content in files for item in items(content)]


def test_a_fault_in_an_archive_names_the_file_and_the_line() -> None:
    broken = (SAMPLES / "broken-cut-off.xml").read_bytes()
    camt = (SAMPLES / "camt053-02.xml").read_bytes()
    assert refusal(zipped(("good.xml", camt), ("bad.xml", broken))).startswith("In bad.xml: Line 9: the XML is broken")


def test_a_sheet_that_claims_to_be_endless_ends() -> None:
    head = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
    )
    cell = b'<sheetData><row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>'
    far = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'
    assert refusal(with_part("xl/worksheets/sheet1.xml", head + cell + far))
    assert refusal(with_part("xl/worksheets/sheet1.xml", b"<worksheet>"))
    assert refusal(with_part("xl/workbook.xml", b"<workbook/>"))


MARKS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda junk: junk,
    "xml": lambda junk: b"<Document><BkToCstmrStmt><Stmt><Ntry>" + junk,
    "swift": lambda junk: b":20:X\n:25:1\n:60F:C260301EUR1,\n:61:2603020302C1,00NTRF\n:86:" + junk,
    "ofx": lambda junk: b"OFXHEADER:100\n<OFX><STMTRS><CURDEF>EUR<STMTTRN><TRNAMT>" + junk,
    "zip": lambda junk: b"PK\x03\x04" + junk,
    "workbook": lambda junk: zipped(("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", junk)),
    "utf-16": lambda junk: b"\xff\xfe" + junk,
}


def outcomes(content: bytes) -> list[str]:
    """How reading without and with a profile, and a preview, end; anything but the one refusal goes through."""
    found = []
    for attempt in (
        lambda: list(read(io.BytesIO(content))[1]),
        lambda: list(read(io.BytesIO(content), profile=PROFILE)[1]),
        lambda: preview(io.BytesIO(content), PROFILE),
    ):
        try:
            attempt()
            found.append("read")
        except StatementRefused as refused:
            found.append(refused.message)
    return found


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS.keys())
@settings(deadline=None)
@given(junk=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(junk=b"\0" * 100)
@example(junk=b"")
@example(junk=b"\xff" * 50 + b"\n;;;\n")
def test_random_bytes(mark: Callable[[bytes], bytes], junk: bytes) -> None:
    assert all(outcomes(mark(junk)))


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir() if path.suffix != ".json"))
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_samples_with_something_cut_or_changed(name: str, data: st.DataObject) -> None:
    content = bytearray((SAMPLES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        content[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    assert all(outcomes(bytes(content[: data.draw(st.integers(0, len(content)))])))


def test_limits_are_what_the_page_says() -> None:
    assert archives.MAX_BYTES == 150_000_000
    assert archives.MAX_RATIO == 200
