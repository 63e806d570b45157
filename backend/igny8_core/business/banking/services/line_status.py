"""The only writer of a line's status. The caller holds the lock on the line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.business.banking.domain.line_errors import LineNotOpen
from igny8_core.business.banking.domain.line_states import OPEN, LineStatus, ensure_transition
from igny8_core.business.banking.domain.lines import StatementLine as Facts
from igny8_core.business.banking.domain.stored_proposals import StoredProposal
from igny8_core.business.banking.models import StatementLine
from igny8_core.business.banking.selectors.candidates import QueuedLine
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
# `|| ''` keeps the planner off the status index, with which a batch would scan every undecided line.
DECIDE = """UPDATE banking_line AS line SET status = found.status, certain = found.certain, proposals = found.proposals
 FROM json_to_recordset(%s) AS found (id uuid, status text, certain boolean, proposals jsonb)
 WHERE line.id = found.id AND line.status || '' IN ('new', 'unmatched', 'proposed')"""


# Written in SQL because imports have hundreds of thousands of lines: loading models would cost more than matching. A
# line that somebody else has locked is being decided and is skipped.
LOCK_QUEUED = """SELECT line.id, line.sequence, line.bank_account_id, account.payment_method, line.rejected::text,
 line.position, line.amount_minor, line.currency, line.booking_date, line.value_date, line.counterparty_name,
 line.counterparty_account, line.end_to_end_id, line.structured_reference, line.remittance, line.bank_reference,
 line.is_return FROM banking_line line JOIN banking_bankaccount account ON account.id = line.bank_account_id
 WHERE line.status IN ({statuses}) AND line.sequence > %(after)s {of_import}
 ORDER BY line.sequence LIMIT %(at_most)s FOR NO KEY UPDATE OF line SKIP LOCKED"""


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The matcher's result for a line: its proposals, and whether the first one is to be booked."""

    line_id: UUID
    proposals: list[StoredProposal]
    certain: bool


def lock_line(line_id: UUID) -> StatementLine:
    """Lock the line, before any invoice or payment. Raises `NotFound`."""
    line = lock_one(StatementLine.objects.filter(id=line_id))
    if line is None:
        raise NotFound
    return line


def lock_lines(line_ids: Sequence[UUID]) -> list[StatementLine]:
    """Lock several lines, ordered by id."""
    return lock_all(StatementLine.objects.filter(id__in=line_ids))


def lock_queued(
    *, import_id: UUID | None, statuses: Iterable[LineStatus], after: int, at_most: int
) -> list[QueuedLine]:
    """Lock the next lines in these statuses for the matcher, of one import or of all; `after` is a sequence."""
    of_import = "" if import_id is None else "AND line.statement_import_id = %(import_id)s"
    # Written out rather than passed as a parameter: a single status is then an `=`, and the index returns the lines in
    # order.
    spelt = ", ".join(f"'{status.value}'" for status in sorted(statuses))
    values = {"after": after, "at_most": at_most, "import_id": import_id}
    with connection.cursor() as cursor:
        cursor.execute(LOCK_QUEUED.format(statuses=spelt, of_import=of_import), values)
        return [
            QueuedLine(row[0], row[1], row[2], row[3], msgspec.json.decode(row[4], type=list[str]), _facts(*row[5:]))
            for row in cursor.fetchall()
        ]


def _facts(
    position: int,
    amount_minor: int | None,
    currency: str,
    booking_date: date | None,
    value_date: date | None,
    *texts_and_return: Any,
) -> Facts:
    name, account, end_to_end_id, structured, remittance, bank_reference, is_return = texts_and_return
    return Facts(
        position=position,
        amount_minor=amount_minor or 0,
        currency=currency,
        booking_date=booking_date,
        value_date=value_date,
        counterparty_name=name,
        counterparty_account=account,
        end_to_end_id=end_to_end_id,
        structured_reference=structured,
        remittance=remittance,
        bank_reference=bank_reference,
        is_return=is_return,
    )


def ensure_open(line: StatementLine) -> None:
    """Refuse a decided line; raises `LineNotOpen`."""
    if LineStatus(line.status) not in OPEN:
        raise LineNotOpen(f"This line is {line.status}.", data={"status": line.status})


def apply(line: StatementLine, *, to: LineStatus, note: str = "", **data: JSON) -> None:
    """Change the status of a locked line and record the event, with `data` in it.

    Raises `LineNotOpen`.
    """
    current = LineStatus(line.status)
    ensure_transition(current, to)
    now = clock.now()
    changes = {"status": to.value, "certain": False, "note": note[:500], "decided_at": now}
    conditional_update(StatementLine.objects.filter(id=line.id, status=current.value), **changes)
    for name, value in changes.items():
        setattr(line, name, value)
    record(
        FACTS[to],
        account_id=PLATFORM_ID,
        subject_type="statement_line",
        subject_id=line.id,
        data={"from": current.value, "to": to.value, **data},
    )


def store_match_results(results: Sequence[MatchResult]) -> None:
    """Store the matcher's results for many locked lines; lines that a person has decided stay unchanged."""
    rows = [
        {
            "id": one.line_id,
            "status": (LineStatus.PROPOSED if one.proposals else LineStatus.UNMATCHED).value,
            "certain": one.certain,
            "proposals": one.proposals,
        }
        for one in results
    ]
    with connection.cursor() as cursor:
        cursor.execute(DECIDE, [msgspec.json.encode(rows).decode()])


def leave_to_operators(line: StatementLine, *, note: str) -> None:
    """A certain match could not be booked: leave it to a person, with the reason."""
    StatementLine.objects.filter(id=line.id).update(certain=False, note=note[:500])
    line.certain, line.note = False, note[:500]
