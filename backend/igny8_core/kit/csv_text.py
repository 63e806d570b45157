"""The one writer of CSV. Pure.

A spreadsheet runs a cell that begins like a formula: text from people is guarded with an apostrophe, as OWASP's page on
CSV injection advises.
"""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def guarded(cell: object) -> str:
    """A cell that no spreadsheet runs."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file (RFC 4180: commas, CRLF), in UTF-8."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode()
