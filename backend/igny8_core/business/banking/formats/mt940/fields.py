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


def fields(source: Source) -> Iterator[Field]:
    """Fields in order; anything outside messages, such as banks' headers and separators, is skipped.

    A message begins with field 20 and ends with `-`, with the next field 20, or with the file.
    """
    current: Field | None = None
    for number, line in numbered_lines(source):
        tag = _TAG.match(line)
        if tag and (current is not None or tag[1] == "20"):
            if current is not None:
                yield current
                if tag[1] == "20":
                    yield Field(END, number)
            current = Field(tag[1], number, [line[tag.end() :]])
        elif current is not None and _END.match(line):
            yield current
            yield Field(END, number)
            current = None
        elif current is not None:
            current.lines.append(line)
            if len(current.lines) > _MAX_FIELD_LINES:
                raise StatementRefused(f"Line {current.number}: the field {current.tag} never ends.")
    if current is not None:
        yield current
        yield Field(END, current.number + len(current.lines) - 1)


def joined(lines: list[str], *, tag_length: int = 4) -> str:
    """Wrapped text joined: a full line (65 characters with its tag) continues in the middle of a word."""
    text = ""
    for index, line in enumerate(lines):
        full = len(line) + (tag_length if index == 0 else 0) >= 65
        text += line if full else line + " "
    return text.rstrip()
