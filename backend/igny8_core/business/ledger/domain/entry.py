"""A journal before it is written: lines that sum to zero in one unit. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from igny8_core.business.ledger.domain.chart import JournalKind


class Unbalanced(ValueError):
    """Lines that do not sum to zero, or too few lines: a bug in the caller."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be posted; `lines` maps a code to minor units, debits positive; zeros are left out.

    `cycle` counts repetitions of the same event for the same source (an invoice that was paid, reopened by a bounced
    transfer, and paid again).
    """

    kind: JournalKind
    source_id: UUID
    unit: str
    lines: Mapping[str, int]
    cycle: int = 0
    memo: str = ""

    def __post_init__(self) -> None:
        lines = {str(code): amount for code, amount in self.lines.items() if amount}
        if len(lines) < 2:
            raise Unbalanced(f"{self.kind}: a journal has two lines or more")
        if sum(lines.values()) != 0:
            raise Unbalanced(f"{self.kind}: the lines sum to {sum(lines.values())} {self.unit}")
        object.__setattr__(self, "lines", lines)
