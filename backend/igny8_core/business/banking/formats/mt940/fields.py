"""The fields of SWIFT messages, whatever the bank puts around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.reading import Source
from igny8_core.business.banking.domain.text_lines import numbered_lines

_TAG = re.compile(r"[ \t]*:(20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86|34F|13D?|90[CD]|NS):", re.ASCII)
_END = re.compile(r"-\s*\Z|-\}|-XXX|\{1:")
_MAX_FIELD_LINES = 200
END = "end"
"""The tag of the field that marks a message's end."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field and the line number of its tag; `lines` do not include the tag."""

    tag: str
    number: int
    lines: list[str] = field(default_factory=list)

    @property
    def first(self) -> str:
        return self.lines[0].strip() if self.lines else ""

    @property
    def raw(self) -> str:
        return f":{self.tag}:" + "\n".join(self.lines)


# A message usually begins with field 20; some banks leave it out.
_FIRST = frozenset({"20", "25", "25P", "28", "28C", "60F", "60M"})


def fields(source: Source, encoding: str = "") -> Iterator[Field]:
    """Fields in order; anything outside messages, such as banks' headers and separators, is skipped.

    A message begins with field 20, or with its account or opening balance if the bank omits that. It ends with the next
    one, with the file, or with `-` after its closing balance. Before that, payers write `-` too: it is the end only if
    no other field of the message follows.
    """
    reading = _Reading()
    for number, line in numbered_lines(source, encoding):
        yield from reading.take(number, line)
    yield from reading.end()


class _Reading:
    """The field that is being read."""

    def __init__(self) -> None:
        self.current: Field | None = None
        self.is_closed = False
        """Whether the message has had its closing balance."""
        self.doubtful: list[str] = []
        """Lines from one that looks like the message's end, until the next field shows whether it was."""

    def take(self, number: int, line: str) -> Iterator[Field]:
        """The fields that a line ends."""
        tag = _TAG.match(line)
        if tag:
            yield from self._begin(tag[1], number, line[tag.end() :])
        elif self.current is None:
            return
        elif self.doubtful or _END.match(line):
            if self.is_closed:
                yield from self.end()
            else:
                self._keep(self.doubtful, line)
        else:
            self._keep(self.current.lines, line)

    def _begin(self, tag: str, number: int, rest: str) -> Iterator[Field]:
        if self.current is None and tag not in _FIRST:
            return
        if self.current is not None:
            begins_message = tag == "20" or (self.is_closed and tag in _FIRST)
            if begins_message:
                yield from self.end(number)
            else:
                yield self._whole(self.current)
        self.current = Field(tag, number, [rest])
        self.is_closed = self.is_closed or tag.startswith("62")

    def _whole(self, current: Field) -> Field:
        """The field with the lines that turned out to be its text."""
        if self.doubtful:
            current = Field(current.tag, current.number, [*current.lines, *self.doubtful])
            self.doubtful = []
        return current

    def end(self, number: int | None = None) -> Iterator[Field]:
        """The last field of the message and its end, which is at a line's number or behind its last line."""
        if self.current is None:
            return
        yield self.current
        yield Field(END, number or self.current.number + len(self.current.lines) - (not self.doubtful))
        self.current, self.is_closed, self.doubtful = None, False, []

    def _keep(self, lines: list[str], line: str) -> None:
        assert self.current is not None
        lines.append(line)
        if len(lines) > _MAX_FIELD_LINES:
            raise StatementRefused(f"Line {self.current.number}: the field {self.current.tag} never ends.")


def joined(lines: list[str], *, tag_length: int = 4) -> str:
    """Wrapped text joined: a full line (65 characters with its tag) continues in the middle of a word."""
    text = ""
    for index, line in enumerate(lines):
        full = len(line) + (tag_length if index == 0 else 0) >= 65
        text += line if full else line + " "
    return text.rstrip()
