"""Splits OFX into its tags. The same few rules read both versions, so there is no XML parser to attack.

OFX has neither attributes nor mixed content: a tag is followed by a value or by other tags. SGML omits the end tags of
values, which carry no information that the next tag does not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from igny8_core.business.banking.domain.encodings import Peeked, decoded, encodings_of
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.reading import Source, clean

_CHUNK_BYTES = 65_536
_MAX_PIECE_BYTES = 100_000
_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}


@dataclass(frozen=True, slots=True)
class Token:
    """A tag such as `STMTTRN` or `/STMTTRN`, in upper case, and the text after it."""

    line: int
    tag: str
    text: str


def tokens(source: Source, encoding: str = "") -> Iterator[Token]:
    """Every tag in order, without comments and processing instructions; raises `StatementRefused`."""
    peeked = Peeked(source)
    codecs = encodings_of(peeked.head, encoding)
    pieces = _numbered(peeked)
    last: Token | None = None
    for line, piece in pieces:
        if piece.startswith(b"!--"):
            _until(b"-->", line, piece, pieces)
        elif piece.startswith(b"![CDATA["):
            inside, behind = _until(b"]]>", line, piece.removeprefix(b"![CDATA["), pieces)
            if last is not None:
                last = Token(last.line, last.tag, clean(last.text + decoded(inside + behind, codecs)))
        elif piece.startswith(b"!"):
            raise StatementRefused(f"Line {line}: declarations such as DOCTYPE are not allowed in OFX.")
        elif not piece.startswith(b"?"):
            if last is not None:
                yield last
            last = _token(line, piece, codecs)
    if last is not None:
        yield last


def _token(line: int, piece: bytes, codecs: tuple[str, ...]) -> Token | None:
    """The tag at the start of a piece; None for a self-closing element (`<MEMO/>`)."""
    tag, closed, text = piece.partition(b">")
    if not closed:
        raise StatementRefused(f"Line {line}: a tag is cut off.")
    if tag.endswith(b"/"):
        return None
    name = decoded(tag.strip(), codecs).split(maxsplit=1)[:1]
    return Token(line, "".join(name).upper(), clean(_ENTITY.sub(_character, decoded(text, codecs))))


def _until(end: bytes, line: int, piece: bytes, pieces: Iterator[tuple[int, bytes]]) -> tuple[bytes, bytes]:
    """The text before an end mark that may be several pieces ahead, and the text after it.

    End marks contain no `<`, so each piece can be searched separately.
    """
    inside: list[bytes] = []
    size = 0
    while end not in piece:
        inside.append(piece)
        size += len(piece) + 1
        following = next(pieces, None)
        if following is None or size > _MAX_PIECE_BYTES:
            raise StatementRefused(f"Line {line}: a comment or CDATA never ends.")
        piece = following[1]
    last, _, behind = piece.partition(end)
    return b"<".join([*inside, last]), behind


def _numbered(source: Source) -> Iterator[tuple[int, bytes]]:
    """The pieces after each `<`, with the line number where each begins."""
    line = 1
    for index, piece in enumerate(_pieces(source)):
        if index:
            yield line, piece
        line += piece.count(b"\n")


def _pieces(source: Source) -> Iterator[bytes]:
    """The text before the first `<`, then the text after each one up to the next."""
    rest = b""
    while chunk := source.read(_CHUNK_BYTES):
        parts = (rest + chunk).split(b"<")
        rest = parts.pop()
        yield from parts
        if len(rest) > _MAX_PIECE_BYTES:
            raise StatementRefused(f"A value has more than {_MAX_PIECE_BYTES:,} bytes.")
    yield rest


def _character(entity: re.Match[str]) -> str:
    """The character that an entity stands for; an invalid number stays as written."""
    name = entity[1]
    if not name.startswith("#"):
        return _NAMED[name]
    number = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    return chr(number) if number <= 0x10FFFF else entity[0]
