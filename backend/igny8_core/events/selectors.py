"""Reads of the event log: an object's history, and lists for the audit pages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from igny8_core.events import unit_of_work
from igny8_core.events.models import Event
from igny8_core.kit.models import HasId

HISTORY = """SELECT type, actor_kind, occurred_at, data FROM events_event
 WHERE account_id = %s AND subject_id = %s ORDER BY seq"""


@dataclass(frozen=True, slots=True)
class Fact:
    """An event of an object's history: its type, time and kind of actor."""

    type: str
    actor_kind: str
    occurred_at: datetime
    data: Mapping[str, Any]


def history_of(account: HasId | UUID, *, subject_id: UUID) -> list[Fact]:
    """Every event of one object of an account, oldest first, including those that this unit of work will write.

    Hand-written SQL: every answer with a single payment reads it.
    """
    account_id = account if isinstance(account, UUID) else account.id
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, [account_id, subject_id])
        rows = cursor.fetchall()
    written = [Fact(kind, actor_kind, at, json.loads(data)) for kind, actor_kind, at, data in rows]
    return written + [
        Fact(fact.type.value, unit_of_work.current().actor.kind.value, fact.occurred_at, fact.data)
        for fact in unit_of_work.pending_about(subject_id)
    ]


def subject_of(event_id: UUID) -> UUID:
    """The subject of an event, for a subscriber who only has its id."""
    return Event.objects.across_accounts().values_list("subject_id", flat=True).get(id=event_id)


def events_across_accounts() -> QuerySet[Event]:
    """All events, for the operators' pages."""
    return Event.objects.across_accounts()
