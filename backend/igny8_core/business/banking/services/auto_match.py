"""Matches lines in batches, then books the certain matches line by line.

It may stop at any point and be started again, even twice at the same time: each batch is decided in one transaction and
each line is booked in another, and lines that are no longer new or certain are skipped.
"""

import logging
from collections.abc import Callable, Iterator
from uuid import UUID

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.banking.domain.booking import BANK_ID, DecidedBy
from igny8_core.business.banking.domain.line_states import QUEUE, ImportStatus, LineStatus
from igny8_core.business.banking.domain.stored_proposals import stored_proposals
from igny8_core.business.banking.models import StatementLine
from igny8_core.business.banking.services import import_status, line_status
from igny8_core.business.banking.services.booking import book
from igny8_core.business.banking.services.proposals import match_lines, match_rows
from igny8_core.business.banking.services.reconcile import parts_of
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import Actor, ActorKind
from igny8_core.kit.errors import AppError

BATCH = 500
BANK = Actor(ActorKind.BANK, None)
type Statuses = frozenset[LineStatus]
type OnProgress = Callable[[int], None]

logger = logging.getLogger(__name__)


def match_import(import_id: UUID, *, on_progress: OnProgress = lambda lines: None) -> None:
    """Match every new line of an import, book what is certain, and mark the import as done."""
    match_open_lines(import_id=import_id, statuses=frozenset({LineStatus.NEW}), on_progress=on_progress)
    book_certain_lines(import_id=import_id, on_progress=on_progress)
    _run(lambda: _finish(import_id))


def match_again(import_id: UUID | None) -> None:
    """Match undecided lines again, of one import or of all."""
    match_open_lines(import_id=import_id, statuses=QUEUE)
    book_certain_lines(import_id=import_id)


def match_open_lines(
    *, import_id: UUID | None, statuses: Statuses, on_progress: OnProgress = lambda lines: None
) -> None:
    """Match lines, batch by batch."""
    after: int | None = 0
    while after is not None:
        start = after
        after = _run(lambda: _match_batch(import_id, statuses, start, on_progress))  # noqa: B023


def book_certain_lines(*, import_id: UUID | None, on_progress: OnProgress = lambda lines: None) -> None:
    """Book each line whose first proposal is certain, each in a separate unit of work."""
    for line_id in _certain(import_id):
        try:
            _run(lambda: book_certain_line(line_id))  # noqa: B023
        except AppError as refusal:
            note = refusal.message
            logger.info("certain_line_refused", extra={"line_id": line_id, "code": refusal.code})
            _run(lambda: _leave_to_operators(line_id, note))  # noqa: B023
        on_progress(1)


def book_certain_line(line_id: UUID) -> bool:
    """Book one line if its first proposal is still certain; returns whether it was booked.

    The uploader of the file counts as the approver: above the approval limit theirs is one of the two approvals.
    """
    line = line_status.lock_line(line_id)
    if not line.certain or line.status != LineStatus.PROPOSED:
        return False
    proposal = stored_proposals(line.proposals)[0]
    vouches = line.statement_import.uploaded_by_id or BANK_ID
    decided_by = DecidedBy(vouches, automatic=True, score=proposal.score, reasons=tuple(proposal.reasons))
    book(line, parts_of(proposal), decided_by)
    return True


def _match_batch(import_id: UUID | None, statuses: Statuses, after: int, on_progress: OnProgress) -> int | None:
    """Decide one batch; returns where the next one begins, or None after the last."""
    lines = line_status.lock_queued(import_id=import_id, statuses=statuses, after=after, at_most=BATCH)
    if not lines:
        return None
    line_status.store_match_results(match_lines(lines))
    if import_id is not None:
        import_status.touch(import_id)
    on_progress(len(lines))
    return lines[-1].sequence


def _certain(import_id: UUID | None) -> Iterator[UUID]:
    """The lines to book, read page by page so that each transaction is short."""
    after = 0
    while True:
        with unit_of_work.read(Scope.operators()):
            rows = StatementLine.objects.filter(status=LineStatus.PROPOSED.value, certain=True, sequence__gt=after)
            if import_id is not None:
                rows = rows.filter(statement_import_id=import_id)
            page = list(rows.order_by("sequence").values_list("id", "sequence")[:BATCH])
        if not page:
            return
        if import_id is not None:
            _run(lambda: import_status.touch(import_id))
        for line_id, _ in page:
            yield line_id
        after = page[-1][1]


def _leave_to_operators(line_id: UUID, note: str) -> None:
    """Something has changed since the batch was decided: match the line again and leave it to a person."""
    line = line_status.lock_line(line_id)
    if line.status == LineStatus.PROPOSED and line.certain:
        line_status.store_match_results(match_rows([line]))
        line_status.leave_to_operators(line, note=note)


def _finish(import_id: UUID) -> None:
    found = import_status.lock_import(import_id)
    if found.status == ImportStatus.MATCHING:
        import_status.apply(found, to=ImportStatus.DONE)


def _run[T](operation: Callable[[], T]) -> T:
    return unit_of_work.run(operation, scope=Scope.operators(), actor=BANK)
