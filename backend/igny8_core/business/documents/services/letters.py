"""Letters are written down before they are sent, each by one sender at a time.

Once to each address for each fact: the row is unique, and a sender claims it in a transaction of its own. If the sender
dies between handing the letter over and noting that, it is sent again after fifteen minutes with the same Message-ID: a
letter twice in a crash is better than a rejection nobody hears of.
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
"""What happened longer ago is no news: imported history writes no letters."""
type Waiting = tuple[UUID, UUID]
"""A letter's id and its account's."""


def write_about_event(*, account_id: UUID, event_id: UUID) -> list[Waiting]:
    """Write down the letters a fact asks for, once; returns those that are to be sent."""
    event = event_of(account_id, event_id)
    kind = None if event is None else kind_of_event(event.type, event.data)
    if event is None or kind is None or event.occurred_at < clock.now() - NEWS:
        return []
    account = Account.objects.get(id=account_id)
    return _write(account, kind, cause_id=event.id, subject_id=event.subject_id)


def write_reminders() -> list[Waiting]:
    """Write down the reminders that are due on this day in each account's zone; returns what is to be sent."""
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
    """Take a letter to send it; None when it is sent, dropped, or in another sender's hands."""
    rows = Letter.objects.for_account(account_id).filter(id=letter_id, state=LetterState.WAITING.value)
    free = rows.filter(Q(claimed_at=None) | Q(claimed_at__lt=clock.now() - CLAIM_LASTS))
    if free.update(claimed_at=clock.now(), attempts=F("attempts") + 1) != 1:
        return None
    return rows.get()


def finish_letter(letter: Letter, *, sent: bool) -> None:
    """Note that the letter was handed over, or that it has nothing to say any more."""
    state = LetterState.SENT if sent else LetterState.DROPPED
    rows = Letter.objects.for_account(letter.account_id).filter(id=letter.id, state=LetterState.WAITING.value)
    rows.update(state=state.value, sent_at=clock.now() if sent else None)


def release_letter(letter: Letter) -> None:
    """Give the letter back after a failure, for the next try."""
    rows = Letter.objects.for_account(letter.account_id).filter(id=letter.id, state=LetterState.WAITING.value)
    rows.update(claimed_at=None)


def ids_of(letters: Iterable[Letter]) -> list[Waiting]:
    """Which letters, and whose."""
    return [(letter.id, letter.account_id) for letter in letters]
