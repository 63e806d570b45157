"""Reads for letters: the event behind a letter, its recipients, its subject."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from igny8_core.accounts.models import Account, Status, User
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.documents.domain.letters import LetterState
from igny8_core.business.documents.models import Letter
from igny8_core.events.models import Event

RESPONSIBLE = (AccountRole.OWNER.value, AccountRole.ADMIN.value)
MOST_RECIPIENTS = 20


def event_of(account_id: UUID, event_id: UUID) -> Event | None:
    """An event of the account."""
    return Event.objects.for_account(account_id).filter(id=event_id).first()


def recipients_of(account: Account) -> list[str]:
    """The recipients of the account's letters: owners and admins who can sign in; nobody if the
    account is suspended.
    """
    if account.status != Status.ACTIVE:
        return []
    people = User.objects.filter(account_id=account.id, status=Status.ACTIVE, role__in=RESPONSIBLE).order_by("id")
    return [*people.values_list("email", flat=True)[:MOST_RECIPIENTS]]


def stuck_letters(*, before: datetime, after: datetime) -> QuerySet[Letter]:
    """Letters of every account that are due but were not sent, because of a crash."""
    recent = Letter.objects.across_accounts().filter(created_at__range=(after, before))
    waiting = recent.filter(state=LetterState.WAITING.value)
    return waiting.filter(Q(claimed_at=None) | Q(claimed_at__lt=before)).order_by("created_at")
