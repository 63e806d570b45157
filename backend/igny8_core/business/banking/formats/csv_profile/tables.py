"""Numbered rows of CSV and XLSX files, before the meaning of their columns is known."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from igny8_core.business.banking.domain import archives
from igny8_core.business.banking.domain.csv_profile import MAX_COLUMN
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.reading import Source
from igny8_core.business.banking.domain.xml_prolog import HEAD_BYTES, first_elements
from igny8_core.business.banking.formats.csv_profile.cells import Cell, Row
from igny8_core.kit.on_demand import OnDemand

if TYPE_CHECKING:
    import openpyxl
else:
    openpyxl = OnDemand("openpyxl")

MAX_WORKBOOK_BYTES = 50_000_000
"""Limit for all parts of a workbook once unpacked: its texts are held in memory."""
MAX_ROWS = 200_000
MAX_SHEETS = 100
MAX_CSV_ROWS = 1_000_000


def csv_rows(source: Source, *, delimiter: str, encoding: str) -> Iterator[Row]:
    """Rows of a CSV file; raises `StatementRefused` for another encoding, a broken quotation or an endless cell."""
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    text = io.TextIOWrapper(io.BufferedReader(_Raw(source)), encoding=codec, newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number = 1
    for _ in range(MAX_CSV_ROWS + 1):
        try:
            cells = next(reader, None)
        except UnicodeError:
            raise StatementRefused(f"Line {reader.line_num + 1}: the text is not written in {encoding}.") from None
        except csv.Error as error:
            raise StatementRefused(f"Line {number}: the CSV is broken: {error}.") from None
        if cells is None:
            return
        yield number, list(cells)
        number = reader.line_num + 1
    raise StatementRefused(f"The table has more than {MAX_CSV_ROWS:,} rows; upload it in parts.")


class _Raw(io.RawIOBase):
    """The reader's source as Python's text layers expect it; closing it has no effect."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def xlsx_sheets(file: BinaryIO) -> list[tuple[str, Callable[[], Iterator[Row]]]]:
    """The visible sheets of a workbook: each with its name, and what starts reading it from its beginning.

    Formulas are read as the values stored with them.
    """
    _judge(file)
    file.seek(0)
    with _refusing_what_is_broken():
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    if not sheets:
        raise StatementRefused("The workbook has no sheet.")
    if len(sheets) > MAX_SHEETS:
        raise StatementRefused(f"The workbook has more than {MAX_SHEETS} sheets; upload it in parts.")
    return [(sheet.title, partial(_sheet_rows, sheet)) for sheet in sheets]


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    with _refusing_what_is_broken():
        # A sheet's declared size is ignored: it may claim millions of columns.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMN, values_only=True)
        for number, cells in enumerate(rows, 1):
            if number > MAX_ROWS:
                raise StatementRefused(f"The sheet has more than {MAX_ROWS:,} rows; upload it in parts.")
            # Gaps arrive as rows of two hundred empty cells, up to a million of them from a few bytes.
            yield number, [] if cells.count(None) == len(cells) else _cells(cells)


@contextmanager
def _refusing_what_is_broken() -> Iterator[None]:
    """A workbook is a dozen XML parts that refer to each other, and the library raises many kinds of exceptions."""
    try:
        yield
    except StatementRefused:
        raise
    except Exception as error:
        raise StatementRefused(f"The workbook is broken ({type(error).__name__}).") from None


def _judge(file: BinaryIO) -> None:
    """Refuse bombs, and parts with a document type, before the library reads them.

    A part is recognised as XML by its first bytes, because the workbook itself decides which parts are read and how.
    """
    archive = archives.opened(file, max_bytes=MAX_WORKBOOK_BYTES)
    for entry in archive.infolist():
        head = archives.Member(archive, entry).read(HEAD_BYTES)
        elements = first_elements(head, depth=1)
        if not elements and head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
            raise StatementRefused(f"The workbook is broken ({entry.filename[-100:]}).")


def _cells(values: tuple[object, ...]) -> list[Cell]:
    """A row without its trailing empty cells."""
    width = len(values)
    while values[width - 1] is None:
        width -= 1
    return [_cell(value) for value in values[:width]]


def _cell(value: object) -> Cell:
    """A cell's value; numbers have the fifteen digits that Excel itself keeps."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(f"{value:.15g}")
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return "" if value is None else str(value)
