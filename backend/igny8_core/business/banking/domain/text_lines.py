"""A text file as numbered lines, in constant memory however long the file is. Pure."""

from collections.abc import Iterator

from igny8_core.business.banking.domain.encodings import Peeked, decoded, encodings_of
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.reading import Source

MAX_LINE_BYTES = 100_000
MAX_LINES = 5_000_000
_CHUNK_BYTES = 65_536
_UTF8_MARK = b"\xef\xbb\xbf"


def numbered_lines(source: Source, encoding: str = "") -> Iterator[tuple[int, str]]:
    """Lines numbered from one, without line ends (LF, CRLF or CR); raises `StatementRefused` for a line that never
    ends.

    Banks mix encodings within a file: each line is decoded as UTF-8 if possible, otherwise in `encoding`, which is
    judged by the text if nobody named it.
    """
    peeked = Peeked(source)
    codecs = encodings_of(peeked.head, encoding)
    for number, line in enumerate(_lines(peeked), 1):
        if number > MAX_LINES:
            raise StatementRefused(f"The file has more than {MAX_LINES:,} lines.")
        if len(line) > MAX_LINE_BYTES:
            raise StatementRefused(f"Line {number} has more than {MAX_LINE_BYTES:,} bytes.")
        yield number, decoded(line.removeprefix(_UTF8_MARK) if number == 1 else line, codecs)


def _lines(source: Source) -> Iterator[bytes]:
    rest = b""
    while chunk := source.read(_CHUNK_BYTES):
        data = rest + chunk
        # A CR at the end may belong to an LF at the start of the next chunk.
        whole = data.removesuffix(b"\r")
        lines = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        rest = lines.pop() + data[len(whole) :]
        yield from lines
        if len(rest) > MAX_LINE_BYTES:
            break
    if rest:
        yield rest.removesuffix(b"\r")
