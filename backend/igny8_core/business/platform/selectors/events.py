"""Reads of the event log for operators: all events, and the audit trail of what people did."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from igny8_core.events.catalogue import ActorKind
from igny8_core.events.models import Event
from igny8_core.events.selectors import events_across_accounts

PEOPLE = (ActorKind.USER, ActorKind.API_KEY, ActorKind.OPERATOR)
"""Actors of the audit trail; the system, gateways and banks are left out."""
LOOKUPS = {"created_after": "occurred_at__gt", "created_before": "occurred_at__lt"}


@dataclass(frozen=True, slots=True)
class EventFilters:
    """Filters of the list of events."""

    account_id: UUID | None = None
    type: str | None = None
    subject_id: UUID | None = None
    actor_id: UUID | None = None
    actor_kind: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


def find_events(filters: EventFilters) -> QuerySet[Event]:
    """Events of every account."""
    given = {LOOKUPS.get(name, name): value for name, value in asdict(filters).items() if value is not None}
    return events_across_accounts().filter(**given)


def find_audit(filters: EventFilters) -> QuerySet[Event]:
    """The same for events caused by people and API keys."""
    return find_events(filters).filter(actor_kind__in=[*map(str, PEOPLE)])
