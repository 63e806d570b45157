"""Reads of the event log: an object's history, lists for the audit pages, and the chain's verifier."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from igny8_core.events import unit_of_work
from igny8_core.events.chain import GENESIS, canonical, link
from igny8_core.events.models import ChainHead, Event
from igny8_core.kit.models import HasId

CHUNK = 2000
HISTORY = """SELECT type, actor_kind, occurred_at, data FROM events_event
 WHERE account_id = %s AND subject_id = %s ORDER BY seq"""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a recount of chains found; `first_bad` names the first event that does not fit."""

    ok: bool
    events: int
    first_bad: dict[str, str] | None


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened to an object, when and by what kind of actor."""

    type: str
    actor_kind: str
    occurred_at: datetime
    data: Mapping[str, Any]


def history_of(account: HasId | UUID, *, subject_id: UUID) -> list[Fact]:
    """Every fact about one object of an account, oldest first; what this unit of work will write is among them.

    SQL by hand: each answer that shows one payment reads it.
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
    """What an event is about: for a subscriber, who is told its id."""
    return Event.objects.across_accounts().values_list("subject_id", flat=True).get(id=event_id)


def events_across_accounts() -> QuerySet[Event]:
    """Every event, for the operators' pages."""
    return Event.objects.across_accounts()


def verify_chains(*, account_id: UUID | None = None) -> Verification:
    """Recompute every hash of one account's chain, or of all chains, and compare each with its head."""
    heads = ChainHead.objects.across_accounts().order_by("account_id")
    if account_id is not None:
        heads = heads.filter(account_id=account_id)
    counted = 0
    for head in heads.iterator():
        verified, problem = _verify_chain(head)
        counted += verified
        if problem is not None:
            return Verification(ok=False, events=counted, first_bad=problem)
    return Verification(ok=True, events=counted, first_bad=None)


def _verify_chain(head: ChainHead) -> tuple[int, dict[str, str] | None]:
    previous, sequence = GENESIS, 0
    for event in _chain_of(head):
        sequence += 1
        problem = _problem(event, previous=previous, sequence=sequence)
        if problem is not None:
            return sequence - 1, _named(event, problem)
        previous = bytes(event.hash)
    if (sequence, previous) != (head.seq, bytes(head.hash)):
        return sequence, {
            "account_id": str(head.account_id or "platform"),
            "seq": str(sequence),
            "problem": f"the chain ends at {sequence}, its head says {head.seq}",
        }
    return sequence, None


def _chain_of(head: ChainHead) -> Iterator[Event]:
    every = Event.objects.across_accounts()
    account_id = head.account_id
    rows = every.filter(account=None) if account_id is None else every.filter(account_id=account_id)
    return rows.order_by("seq").iterator(chunk_size=CHUNK)


def _problem(event: Event, *, previous: bytes, sequence: int) -> str | None:
    if event.seq != sequence:
        return f"expected number {sequence}"
    if bytes(event.prev_hash) != previous:
        return "does not follow from the event before it"
    text = canonical(
        event_id=event.id,
        account_id=event.account_id,
        type=event.type,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        actor_kind=event.actor_kind,
        actor_id=event.actor_id,
        request_id=event.request_id,
        occurred_at=event.occurred_at,
        data=event.data,
    )
    return None if link(previous=previous, sequence=sequence, text=text) == bytes(event.hash) else "was changed"


def _named(event: Event, problem: str) -> dict[str, str]:
    return {
        "account_id": str(event.account_id or "platform"),
        "event_id": str(event.id),
        "seq": str(event.seq),
        "problem": problem,
    }
