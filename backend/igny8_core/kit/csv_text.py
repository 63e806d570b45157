"""The only writer of CSV. Pure.

A spreadsheet runs a cell that begins like a formula, so people's text is prefixed with an apostrophe, as OWASP's page
on CSV injection advises. A spreadsheet that expects semicolons or tabs starts a new cell after each one inside our
cells, whatever quotes we write, and a new row after a line break.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

# The characters that begin a formula, and variants that some programs convert to them: full-width, small, raised,
# lowered, and the real minus.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207c\u207a\u207b\u208c\u208a\u208b\u2212"
_LINES = "\t\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_UNSEEN = "\x00\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
# Programs skip white space, quotes and invisible characters at the start of a cell.
_FORMULA = re.compile(f'(\\A|[;{_LINES}])(?=(?:[^\\S{_LINES}]|["{_UNSEEN}])*+[{_SIGNS}])')
_BEGINS_WITH_TAB = re.compile(r"\A[^\S ]")


def guarded(cell: object) -> str:
    """A cell that no spreadsheet runs, in whole or in part; numbers stay numbers."""
    if cell is None or isinstance(cell, int | Decimal):
        return "" if cell is None else str(cell)
    text = _FORMULA.sub(r"\1'", str(cell))
    return f"'{text}" if _BEGINS_WITH_TAB.match(text) else text


def write(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file (RFC 4180: commas, CRLF), in UTF-8."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode()
