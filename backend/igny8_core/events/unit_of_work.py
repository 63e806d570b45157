"""The unit of work: one request, one job, one command = one transaction.

It binds the transaction to its tenant, provides the database's time, collects the events that services record and
writes them last (the chain's head is the last lock taken), and repeats everything after a deadlock. Code inside must
not make network calls.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction

from igny8_core.accounts.tenancy import Scope, enter
from igny8_core.events.catalogue import JSON, Actor, EventType
from igny8_core.events.chain import HASH_VERSION, canonical, canonical_json
from igny8_core.events.sql import APPEND
from igny8_core.kit import clock
from igny8_core.kit.errors import AppError
from igny8_core.kit.ids import uuid7
from igny8_core.kit.locks import Overtaken

MAX_ATTEMPTS = 5
RETRIED_SQLSTATES = frozenset({"40P01", "40001"})
BACKOFF_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event that will be written at the end of its unit of work."""

    account_id: UUID
    type: EventType
    subject_type: str
    subject_id: UUID
    data: dict[str, JSON]
    occurred_at: datetime


@dataclass(slots=True)
class UnitOfWork:
    """The open unit of work: its actor, its scope, and the events so far."""

    scope: Scope
    actor: Actor
    request_id: UUID | None
    instant: datetime
    recorded: list[Recorded] = field(default_factory=list)


class NoUnitOfWork(RuntimeError):
    """A service was called outside a unit of work."""


_current: ContextVar[UnitOfWork | None] = ContextVar("unit_of_work", default=None)


def current() -> UnitOfWork:
    """The open unit of work; raises `NoUnitOfWork` if there is none."""
    unit = _current.get()
    if unit is None:
        raise NoUnitOfWork("services run inside unit_of_work.run()")
    return unit


def ensure_none() -> None:
    """Refuse to go on inside a unit of work: whoever calls out would hold its locks meanwhile."""
    if _current.get() is not None:
        raise RuntimeError("nothing inside a unit of work may call out over a network")


def run[T](
    operation: Callable[[], T], *, scope: Scope, actor: Actor, request_id: UUID | None = None, snapshot: bool = False
) -> T:
    """Run the operation in one transaction and return its result after the COMMIT.

    A deadlock, a serialization failure or `Overtaken` repeats the operation from its beginning, at most five times in
    total. Every other error rolls back and propagates. With `snapshot` every statement sees what was committed when the
    first one ran (REPEATABLE READ): use it for sums that are compared, not for changes of rows that others change too.
    """
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            return _run_once(operation, scope=scope, actor=actor, request_id=request_id, snapshot=snapshot)
        except (OperationalError, Overtaken) as error:
            if attempt == MAX_ATTEMPTS or not _is_worth_repeating(error):
                raise
            time.sleep(random.uniform(0, BACKOFF_SECONDS * 2**attempt))  # noqa: S311
    raise AssertionError("unreachable")


def run_even_if_refused[T](
    operation: Callable[[], T | AppError], *, scope: Scope, actor: Actor, request_id: UUID | None = None
) -> T:
    """Like `run`, for work that must be committed even if the result is a refusal: wrong codes are counted, families
    revoked.

    A refusal that the operation returns is raised after the commit; one that it raises rolls back.
    """
    result = run(operation, scope=scope, actor=actor, request_id=request_id)
    if isinstance(result, AppError):
        raise result
    return result


def _run_once[T](
    operation: Callable[[], T], *, scope: Scope, actor: Actor, request_id: UUID | None, snapshot: bool
) -> T:
    with transaction.atomic(durable=True):
        unit = UnitOfWork(scope, actor, request_id, enter(scope, snapshot=snapshot))
        token = _current.set(unit)
        try:
            with clock.unit_of_work(unit.instant):
                result = operation()
                _write_events(unit)
        finally:
            _current.reset(token)
    return result


def pending_about(subject_id: UUID) -> list[Recorded]:
    """The events about a subject that the open unit of work will write; empty outside a unit of work."""
    unit = _current.get()
    return [] if unit is None else [fact for fact in unit.recorded if fact.subject_id == subject_id]


@contextmanager
def read(scope: Scope) -> Iterator[None]:
    """A read-only transaction, bound to its tenant, with the database's time.

    PostgreSQL enforces it: a write or a row lock inside fails immediately with SQLSTATE 25006, as a bug of ours.
    """
    with transaction.atomic(durable=True), clock.unit_of_work(enter(scope, read_only=True)):
        yield


@contextmanager
def savepoint() -> Iterator[None]:
    """A part that can fail separately: its writes and recorded events are rolled back together."""
    unit = current()
    mark = len(unit.recorded)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        del unit.recorded[mark:]
        raise


def sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE of an error that Django wrapped."""
    return getattr(error.__cause__, "sqlstate", None)


def _is_worth_repeating(error: BaseException) -> bool:
    return isinstance(error, Overtaken) or sqlstate(error) in RETRIED_SQLSTATES


def _write_events(unit: UnitOfWork) -> None:
    """Append the events, account by account in a fixed order, so that two units never wait for each other's heads."""
    ordered = sorted(unit.recorded, key=lambda fact: fact.account_id)
    for (account_id, _), found in groupby(ordered, key=lambda fact: (fact.account_id, fact.occurred_at)):
        facts = list(found)
        with connection.cursor() as cursor:
            cursor.execute(APPEND, _append(unit, facts))
            if cursor.rowcount != len(facts):
                raise RuntimeError(f"account {account_id} has no event chain that this scope may write")


def _append(unit: UnitOfWork, facts: list[Recorded]) -> dict[str, Any]:
    """The statement's parameters for events of one account and instant, in order."""
    shared: dict[str, Any] = {
        "account_id": facts[0].account_id,
        "actor_kind": unit.actor.kind.value,
        "actor_id": unit.actor.id,
        "request_id": unit.request_id,
        "occurred_at": facts[0].occurred_at,
    }
    ids = [uuid7() for _ in facts]
    texts = [
        canonical(
            event_id=event_id,
            type=fact.type.value,
            subject_type=fact.subject_type,
            subject_id=fact.subject_id,
            data=fact.data,
            **shared,
        )
        for event_id, fact in zip(ids, facts, strict=True)
    ]
    return {
        **shared,
        "ids": ids,
        "types": [fact.type.value for fact in facts],
        "subject_types": [fact.subject_type for fact in facts],
        "subject_ids": [fact.subject_id for fact in facts],
        "data": [canonical_json(fact.data) for fact in facts],
        "canonical": texts,
        "hash_version": HASH_VERSION,
    }
