"""The only writer of a line's status. Who calls holds the lock on the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from igny8_core.business.banking.domain.line_errors import LineNotOpen
from igny8_core.business.banking.domain.line_states import OPEN, LineStatus, ensure_transition
from igny8_core.business.banking.models import StatementLine
from igny8_core.events.catalogue import JSON, EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound
from igny8_core.kit.locks import conditional_update, lock_all, lock_one

FACTS = {
    LineStatus.MATCHED: EventType.LINE_MATCHED,
    LineStatus.UNMATCHED: EventType.LINE_UNMATCHED,
    LineStatus.IGNORED: EventType.LINE_IGNORED,
    LineStatus.PARKED: EventType.LINE_PARKED,
}
DECIDE = """UPDATE banking_line AS line SET status = found.status, certain = found.certain, proposals = found.proposals
 FROM unnest(%s::uuid[], %s::text[], %s::boolean[], %s::jsonb[]) AS found (id, status, certain, proposals)
 WHERE line.id = found.id AND line.status IN ('new', 'unmatched', 'proposed')"""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the matcher says of a line: its proposals as stored, and whether the first is to be taken."""

    line_id: UUID
    proposals: list[dict[str, Any]]
    certain: bool


def lock_line(line_id: UUID) -> StatementLine:
    """The line, locked: before any invoice or payment. Raises `NotFound`."""
    line = lock_one(StatementLine.objects.filter(id=line_id))
    if line is None:
        raise NotFound
    return line


def lock_lines(line_ids: Sequence[UUID]) -> list[StatementLine]:
    """Several lines, locked in the order of their ids."""
    return lock_all(StatementLine.objects.filter(id__in=line_ids))


def ensure_open(line: StatementLine) -> None:
    """Refuse a line that is decided; raises `LineNotOpen`."""
    if LineStatus(line.status) not in OPEN:
        raise LineNotOpen(f"This line is {line.status}.", data={"status": line.status})


def apply(line: StatementLine, *, to: LineStatus, note: str = "", **data: JSON) -> None:
    """Change the status of a locked line and record the fact; `data` goes into the event.

    Raises `LineNotOpen`.
    """
    current = LineStatus(line.status)
    ensure_transition(current, to)
    now = clock.now()
    changes: dict[str, Any] = {"status": to.value, "certain": False, "note": note[:500], "decided_at": now}
    conditional_update(StatementLine.objects.filter(id=line.id, status=current.value), **changes)
    for name, value in changes.items():
        setattr(line, name, value)
    record(
        FACTS[to], account_id=None, subject_type="statement_line", subject_id=line.id,
        data={"from": current.value, "to": to.value, **data},
    )  # fmt: skip


def apply_looked(looked: Sequence[Looked]) -> None:
    """Write what the matcher found for many locked lines at once; a line that a person has decided stays as it is."""
    statuses = [(LineStatus.PROPOSED if one.proposals else LineStatus.UNMATCHED).value for one in looked]
    with connection.cursor() as cursor:
        cursor.execute(
            DECIDE,
            [
                [one.line_id for one in looked], statuses, [one.certain for one in looked],
                [Jsonb(one.proposals) for one in looked],
            ],
        )  # fmt: skip


def leave_to_people(line: StatementLine, *, note: str) -> None:
    """What was certain could not be taken: a person decides, and sees why."""
    StatementLine.objects.filter(id=line.id).update(certain=False, note=note[:500])
    line.certain, line.note = False, note[:500]
