"""The verifier of the event chains: recomputes hashes and compares each chain with its head. It only reads.

The caller has opened a snapshot, so that heads, events and verified points belong to one instant. Chains are read page
by page, so memory does not grow with the log. Each chain is checked separately, and a broken one does not stop the
others.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from igny8_core.accounts.platform import customer_id
from igny8_core.events.chain import GENESIS, canonical, canonical_json, link, timestamp
from igny8_core.kit.sealing import Unreadable, has_our_stamp

PAGE = 2000
NAMED = 20
"""How many broken chains are listed; all of them are counted."""
BEFORE_ALL = -(2**63)
NOT_READ = b""

CHAINS = """SELECT a.id, h.seq, h.hash, v.seq, v.hash, v.verified_at, v.stamp FROM accounts_account a
 LEFT JOIN events_chainhead h ON h.account_id = a.id LEFT JOIN events_verifiedchain v ON v.account_id = a.id
 WHERE %(only)s::uuid IS NULL OR a.id = %(only)s::uuid ORDER BY a.id"""
EVENTS = """SELECT id::text, account_id::text, type, subject_type, subject_id::text, actor_kind, actor_id::text,
 request_id::text, occurred_at, data, seq, prev_hash, hash FROM events_event
 WHERE account_id = %(account_id)s AND seq > %(after)s ORDER BY seq LIMIT %(page)s"""


class OutOfTime(RuntimeError):
    """The recount did not finish within its time limit."""


class Link(NamedTuple):
    """A place in a chain."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Point:
    """Up to where a chain was verified, and when; `genuine` is false if the stored row is not one that we wrote."""

    at: Link
    verified_at: datetime
    genuine: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain in the snapshot: its head, and its verified point if there is one."""

    account_id: UUID
    head: Link | None
    point: Point | None


class Row(NamedTuple):
    """An event as it is stored, with its ids as text."""

    id: str
    account_id: str
    type: str
    subject_type: str
    subject_id: str
    actor_kind: str
    actor_id: str | None
    request_id: str | None
    occurred_at: datetime
    data: str
    seq: int
    prev_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class BadEvent:
    """Where a chain breaks, and why; `event_id` is None if an event is missing."""

    account_id: UUID
    seq: int
    event_id: str | None
    problem: str

    def __str__(self) -> str:
        event = "" if self.event_id is None else f" ({self.event_id})"
        return f"chain of {customer_id(self.account_id) or 'the platform'}, event {self.seq}{event}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Found:
    """The result for one chain: its verified length, how many events were recounted, the first bad event."""

    chain: Chain
    end: Link
    recounted: int
    bad: BadEvent | None


@dataclass(slots=True)
class Verification:
    """The result of recounting chains; `bad` lists the first bad event of each broken chain, at most `NAMED`.

    `events` counts every event that is known to fit, `recounted` those whose hashes were computed for this answer.
    """

    events: int = 0
    recounted: int = 0
    bad_chains: int = 0
    bad: list[BadEvent] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every chain fits."""
        return self.bad_chains == 0

    def add(self, found: Found) -> None:
        """Add one chain to the result."""
        self.events += found.end.seq
        self.recounted += found.recounted
        if found.bad is not None:
            self.bad_chains += 1
            if len(self.bad) < NAMED:
                self.bad.append(found.bad)


def verify_chains(*, account_id: UUID | None = None, full: bool = False) -> Verification:
    """Recount one account's chain, or all of them, without storing anything."""
    verification = Verification()
    for found in recounted_chains(account_id=account_id, full=full):
        verification.add(found)
    return verification


def recounted_chains(*, account_id: UUID | None = None, full: bool, ends_at: float = float("inf")) -> Iterator[Found]:
    """Each chain recounted: what is new since its verified point, or (`full`) from its beginning.

    Raises `OutOfTime` once `time.monotonic()` has passed `ends_at`.
    """
    for chain in _chains(account_id):
        trusted = chain.point is not None and chain.point.genuine and not full
        begin = chain.point.at if chain.point is not None and trusted else None
        if chain.head is not None and begin == chain.head:
            yield Found(chain, chain.head, recounted=0, bad=None)
        else:
            yield _recounted(chain, begin=begin, ends_at=ends_at)


def point_text(*, account_id: UUID, at: Link, verified_at: datetime) -> str:
    """The text of a verified point that its stamp covers."""
    return canonical_json(
        {
            "account_id": str(account_id),
            "seq": at.seq,
            "hash": at.hash.hex(),
            "verified_at": timestamp(verified_at),
        }
    )


def _chains(only: UUID | None) -> Iterator[Chain]:
    """The chains of all accounts and of the platform; an account is listed even if its head was deleted."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(CHAINS, {"only": only})
        while rows := cursor.fetchmany(PAGE):
            for account_id, head_seq, head_hash, *point in rows:
                head = None if head_seq is None else Link(head_seq, bytes(head_hash))
                yield Chain(account_id, head, _point(account_id, *point))


def _point(account_id: UUID, seq: int | None, hash_: bytes | None, verified_at: datetime, stamp: str) -> Point | None:
    """The stored point; None if there is none, or if the key of its stamp was removed."""
    if seq is None or hash_ is None:
        return None
    at = Link(seq, bytes(hash_))
    text = point_text(account_id=account_id, at=at, verified_at=verified_at)
    try:
        return Point(at, verified_at, genuine=has_our_stamp(text, stamp))
    except Unreadable:
        return None


def _recounted(chain: Chain, *, begin: Link | None, ends_at: float) -> Found:
    """Recount from `begin`, whose event is checked again, or from the first event."""
    known = 0 if begin is None else begin.seq
    end = Link(0, GENESIS) if begin is None else Link(begin.seq - 1, NOT_READ)
    after = BEFORE_ALL if begin is None else end.seq
    bad = None
    for event in _events(chain.account_id, after=after, ends_at=ends_at):
        problem = _problem(event, before=end, point=chain.point)
        if problem is not None:
            bad = BadEvent(chain.account_id, event.seq, event.id, problem)
            break
        end = Link(event.seq, bytes(event.hash))
    else:
        problem = _problem_of_end(chain, end)
        bad = None if problem is None else BadEvent(chain.account_id, end.seq, None, problem)
    return Found(chain, end, max(0, end.seq - known), bad)


def _events(account_id: UUID, *, after: int, ends_at: float) -> Iterator[Row]:
    while True:
        if time.monotonic() > ends_at:
            raise OutOfTime
        with connection.cursor() as cursor:
            cursor.execute(EVENTS, {"account_id": account_id, "after": after, "page": PAGE})
            rows = [Row._make(row) for row in cursor.fetchall()]
        yield from rows
        if len(rows) < PAGE:
            return
        after = rows[-1].seq


def _problem(event: Row, *, before: Link, point: Point | None) -> str | None:
    previous = bytes(event.prev_hash)
    if event.seq != before.seq + 1:
        return f"expected number {before.seq + 1}"
    if before.hash not in (NOT_READ, previous):
        return "does not follow from the event before it"
    if link(previous=previous, sequence=event.seq, text=_text(event)) != bytes(event.hash):
        return "was changed"
    if point is not None and point.genuine and event.seq == point.at.seq and bytes(event.hash) != point.at.hash:
        return f"was written anew since it was verified at {timestamp(point.verified_at)}"
    return None


def _problem_of_end(chain: Chain, end: Link) -> str | None:
    if chain.head is None:
        return f"the chain ends at {end.seq}, its head is gone"
    if chain.point is not None and chain.point.genuine and chain.head.seq < chain.point.at.seq:
        return f"its head says {chain.head.seq}, it was verified up to {chain.point.at.seq}"
    if end != chain.head:
        return f"the chain ends at {end.seq}, its head says {chain.head.seq}"
    if chain.point is not None and not chain.point.genuine:
        return "the stored point up to which it was verified is not one that we made"
    return None


def _text(event: Row) -> str:
    return canonical(
        event_id=event.id,
        account_id=event.account_id,
        type=event.type,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        actor_kind=event.actor_kind,
        actor_id=event.actor_id,
        request_id=event.request_id,
        occurred_at=event.occurred_at,
        data=json.loads(event.data),
    )
