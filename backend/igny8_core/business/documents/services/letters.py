"""Letters are stored before they are sent, and each is sent by one sender at a time.

Each address gets one letter per event: the row is unique, and a sender claims it in a separate transaction. If the
sender dies between delivering the letter and recording that, the letter is sent again after fifteen minutes with the
same Message-ID. Receiving a letter twice after a crash is better than never hearing of a rejection.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from igny8_core.accounts.models import Account
from igny8_core.business.billing.public import late_invoices
from igny8_core.business.documents.domain.letters import (
    LATEST,
    LetterKind,
    LetterState,
    kind_of_event,
    reminder_cause,
    reminder_stage,
)
from igny8_core.business.documents.models import Letter
from igny8_core.business.documents.selectors.letters import event_of, recipients_of
from igny8_core.kit import clock

CLAIM_LASTS = timedelta(minutes=15)
NEWS = timedelta(days=3)
"""Older events cause no letters, so that imported history is not announced."""
type Waiting = tuple[UUID, UUID]
"""A letter's id and its account's."""


def write_about_event(*, account_id: UUID, event_id: UUID) -> list[Waiting]:
    """Store the letters that an event causes, once; returns those to be sent."""
    event = event_of(account_id, event_id)
    kind = None if event is None else kind_of_event(event.type, event.data)
    if event is None or kind is None or event.occurred_at < clock.now() - NEWS:
        return []
    account = Account.objects.get(id=account_id)
    return _write(account, kind, cause_id=event.id, subject_id=event.subject_id)


def write_reminders() -> list[Waiting]:
    """Store the reminders that are due on this day in each account's time zone; returns those to be sent."""
    written: list[Waiting] = []
    latest_today = (clock.now() + timedelta(hours=14)).date()
    for invoice in late_invoices(today=latest_today, at_most_days=LATEST + 1):
        today = clock.now().astimezone(ZoneInfo(invoice.account.time_zone)).date()
        stage = reminder_stage(due_on=invoice.due_on, today=today)
        if stage is not None:
            cause_id = reminder_cause(invoice.id, stage)
            written += _write(invoice.account, LetterKind.REMINDER, cause_id=cause_id, subject_id=invoice.id)
    return written


def _write(account: Account, kind: LetterKind, *, cause_id: UUID, subject_id: UUID) -> list[Waiting]:
    rows = [
        Letter(
            account_id=account.id,
            cause_id=cause_id,
            kind=kind.value,
            subject_id=subject_id,
            recipient=recipient,
            created_at=clock.now(),
        )
        for recipient in recipients_of(account)
    ]
    Letter.objects.bulk_create(rows, ignore_conflicts=True)
    waiting = Letter.objects.for_account(account).filter(
        cause_id=cause_id, kind=kind.value, state=LetterState.WAITING.value, claimed_at=None
    )
    return [(letter_id, account.id) for letter_id in waiting.values_list("id", flat=True)]


def claim_letter(*, account_id: UUID, letter_id: UUID) -> Letter | None:
    """Claim a letter to send it; None if it is sent, dropped, or claimed by another sender."""
    rows = Letter.objects.for_account(account_id).filter(id=letter_id, state=LetterState.WAITING.value)
    free = rows.filter(Q(claimed_at=None) | Q(claimed_at__lt=clock.now() - CLAIM_LASTS))
    if free.update(claimed_at=clock.now(), attempts=F("attempts") + 1) != 1:
        return None
    return rows.get()


def finish_letter(letter: Letter, *, sent: bool) -> None:
    """Record that the letter was delivered, or that it has become pointless."""
    state = LetterState.SENT if sent else LetterState.DROPPED
    rows = Letter.objects.for_account(letter.account_id).filter(id=letter.id, state=LetterState.WAITING.value)
    rows.update(state=state.value, sent_at=clock.now() if sent else None)


def release_letter(letter: Letter) -> None:
    """Release the letter after a failure, for the next attempt."""
    rows = Letter.objects.for_account(letter.account_id).filter(id=letter.id, state=LetterState.WAITING.value)
    rows.update(claimed_at=None)


def ids_of(letters: Iterable[Letter]) -> list[Waiting]:
    """The letters and their accounts."""
    return [(letter.id, letter.account_id) for letter in letters]
