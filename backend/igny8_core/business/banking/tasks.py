"""Jobs of banking: reading large files, matching lines, reopening lines."""

from uuid import UUID

from django.db.models import Q
from procrastinate.contrib.django import app

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.banking.domain.line_states import ImportStatus
from igny8_core.business.banking.models import LineMatch, StatementImport
from igny8_core.business.banking.services import auto_match, importing, reconcile
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM, EventType
from igny8_core.events.models import Event
from igny8_core.events.subscriptions import on
from igny8_core.kit import clock

STALE_SECONDS = 120
"""An import without progress for this long has lost its worker."""
RELEASED_AT_ONCE = 500


@on(EventType.STATEMENT_RECEIVED)
@app.task(name="banking.read_statement", retry=5)
def read_statement(event_id: str, account_id: str) -> None:
    """Read a file that is too large to be read during a request."""
    importing.read_stored(_subject(event_id), actor=auto_match.BANK)


@on(EventType.STATEMENT_IMPORTED)
@app.task(name="banking.match_statement", retry=5)
def match_statement(event_id: str, account_id: str) -> None:
    """Match the lines of a file that has been read."""
    auto_match.match_import(_subject(event_id))


@on(EventType.STATEMENT_MATCH_REQUESTED)
@app.task(name="banking.match_again", retry=5)
def match_again(event_id: str, account_id: str) -> None:
    """Match undecided lines again."""
    subject = _subject(event_id)
    auto_match.match_again(None if subject == reconcile.EVERY_IMPORT else subject)


@app.periodic(cron="* * * * *")
@app.task(name="banking.resume_imports", queueing_lock="resume_imports")
def resume_imports(timestamp: int) -> None:
    """Continue imports whose worker died; committed work is not repeated."""
    for import_id, status in _stale():
        if status == ImportStatus.RECEIVED:
            importing.read_stored(import_id, actor=auto_match.BANK)
        else:
            auto_match.match_import(import_id)


@app.periodic(cron="* * * * *")
@app.task(name="banking.release_lines", queueing_lock="release_lines")
def release_lines(timestamp: int) -> None:
    """Reopen lines whose payments were rejected while they awaited a second approval."""
    with unit_of_work.read(Scope.operators()):
        waiting = LineMatch.objects.across_accounts().filter(awaits_approval=True, undone_at=None)
        decided = waiting.filter(~Q(payment__status="pending_approval")).values_list("line_id", flat=True)
        line_ids = list(decided[:RELEASED_AT_ONCE])
    for line_id in line_ids:
        unit_of_work.run(
            lambda: reconcile.release(line_id=line_id),  # noqa: B023
            scope=Scope.operators(),
            actor=SYSTEM,
        )


def _stale() -> list[tuple[UUID, str]]:
    with unit_of_work.read(Scope.operators()):
        unfinished = StatementImport.objects.filter(
            status__in=(ImportStatus.RECEIVED.value, ImportStatus.MATCHING.value)
        )
        rows = list(unfinished.values_list("id", "status", "updated_at"))
        now = clock.now()
    return [(found, status) for found, status, moved in rows if (now - moved).total_seconds() > STALE_SECONDS]


def _subject(event_id: str) -> UUID:
    with unit_of_work.read(Scope.operators()):
        return Event.objects.across_accounts().get(id=event_id).subject_id
