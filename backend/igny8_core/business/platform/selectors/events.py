"""Reads of the event log for operators: everything that happened, and the part of it that somebody did."""

from typing import Any

from django.db.models import QuerySet

from igny8_core.events.catalogue import ActorKind
from igny8_core.events.models import Event
from igny8_core.events.selectors import events_across_accounts

PEOPLE = (ActorKind.USER, ActorKind.API_KEY, ActorKind.OPERATOR)
"""Who answers for what they did; the system, gateways and banks are left out of the audit trail."""
LOOKUPS = {"created_after": "occurred_at__gt", "created_before": "occurred_at__lt"}


def find_events(**filters: Any) -> QuerySet[Event]:
    """Events of every account by account_id, type, subject_id, actor_kind, actor_id, created_after, created_before."""
    return events_across_accounts().filter(**{LOOKUPS.get(name, name): value for name, value in filters.items()})


def find_audit(**filters: Any) -> QuerySet[Event]:
    """The same for what people and API keys did."""
    return find_events(**filters).filter(actor_kind__in=[*map(str, PEOPLE)])
