"""A file is what it begins like; its name decides nothing."""

import io
from pathlib import Path

import pytest
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.lines import FormatName
from igny8_core.business.banking.formats.registry import read, recognise
from tests.statement_writers import xlsx_file

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "statements"


@pytest.mark.parametrize(
    ("name", "format_name"),
    [
        ("camt053-02.xml", FormatName.CAMT053),
        ("camt053-13.xml", FormatName.CAMT053),
        ("camt054-08.xml", FormatName.CAMT054),
        ("mt940-german.sta", FormatName.MT940),
        ("mt940-dutch.sta", FormatName.MT940),
        ("mt940-plain-two-pages.sta", FormatName.MT940),
        ("mt942.sta", FormatName.MT942),
        ("ofx1.ofx", FormatName.OFX),
        ("ofx2-unreadable-lines.ofx", FormatName.OFX),
        ("german.csv", FormatName.CSV),
        ("camt052-08.xml", FormatName.CAMT052),
        ("refused-camt052.xml", FormatName.CAMT052),
        ("mt940-quirks.sta", FormatName.MT940),
        ("refused-other.xml", None),
        ("broken-doctype.xml", None),
    ],
)
def test_samples(name: str, format_name: FormatName | None) -> None:
    assert recognise((SAMPLES / name).read_bytes(), "holiday.jpg") is format_name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    text = '<?xml version="1.0"?>\n<Document><BkToCstmrStmt/></Document>'
    assert recognise(text.encode(encoding)) is FormatName.CAMT053
    assert recognise("a;b\nc;d\n".encode(encoding)) is FormatName.CSV


def test_a_document_in_an_envelope() -> None:
    wrapped = b"<Message><AppHdr/><Document><BkToCstmrStmt><Stmt><Id>1</Id></Stmt></BkToCstmrStmt></Document></Message>"
    assert recognise(wrapped) is FormatName.CAMT053


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7", "This is a PDF; ask the bank for the statement as CAMT.053, MT940, OFX or CSV."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old Excel file (.xls); save it as .xlsx or CSV."),
        (b"hello", "This file cannot be read as a bank statement."),
        (b"\0" * 1000, "This file cannot be read as a bank statement."),
    ],
)
def test_strangers_are_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(StatementRefused) as refused:
        read(io.BytesIO(content))
    assert refused.value.message == sentence
    assert recognise(content) is None


def test_workbooks_and_archives() -> None:
    assert recognise(xlsx_file([["a"]])) is FormatName.XLSX
    assert recognise(b"PK\x05\x06" + b"\0" * 18) is FormatName.ZIP
