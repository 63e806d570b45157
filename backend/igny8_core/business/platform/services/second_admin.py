"""Loosening a control needs a second admin: changes are requested here, and confirmed, rejected or replaced.

A request only locks older requests about the same subject. Callers that lock people do so before, and callers that lock
a limit do so afterwards. Every function runs inside a unit of work.
"""

from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now

from igny8_core.accounts.models import Status, User
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.platform.domain.errors import ChangeOver
from igny8_core.business.platform.domain.second_admin import Change, LimitChange, Outcome, ensure_may_confirm
from igny8_core.business.platform.models import PendingChange
from igny8_core.business.platform.selectors.pending_changes import LIFETIME, change_of, pending_change
from igny8_core.business.platform.services.standing import hold, hold_proven
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import ActorKind, EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.locks import Overtaken, conditional_update, lock_all, lock_one

EXPIRED_AT_ONCE = 500
FACTS = {
    Outcome.CONFIRMED: EventType.PENDING_CHANGE_CONFIRMED,
    Outcome.ALONE: EventType.PENDING_CHANGE_MADE_ALONE,
    Outcome.REJECTED: EventType.PENDING_CHANGE_REJECTED,
    Outcome.WITHDRAWN: EventType.PENDING_CHANGE_WITHDRAWN,
    Outcome.REPLACED: EventType.PENDING_CHANGE_REPLACED,
    Outcome.EXPIRED: EventType.PENDING_CHANGE_EXPIRED,
}


def replace_open(kind: str, subject: str) -> None:
    """Close the open request about a subject, if there is one: something newer replaces it."""
    for row in lock_all(PendingChange.objects.filter(kind=kind, subject=subject, outcome="")):
        _end(row, Outcome.EXPIRED if row.expires_at <= clock.now() else Outcome.REPLACED)


def ask(change: Change) -> PendingChange:
    """Request a change that loosens a control; the caller has closed older requests about it.

    Its outcome is `alone` if there is no second admin, and the caller makes the change; otherwise it waits.
    """
    requester = _actor_id()
    alone = requester is None or _is_alone(requester)
    now = clock.now()
    try:
        with transaction.atomic():
            row = PendingChange.objects.create(
                kind=kind_of(change),
                subject=change.subject,
                payload=msgspec.to_builtins(change),
                requested_by_id=requester,
                created_at=now,
                expires_at=now + LIFETIME,
                outcome=Outcome.ALONE.value if alone else "",
                decided_by_id=requester if alone else None,
                decided_at=now if alone else None,
            )
    except IntegrityError as error:
        raise Overtaken("somebody else asked for the same in this moment") from error
    if requester is not None:
        _record(EventType.PENDING_CHANGE_MADE_ALONE if alone else EventType.PENDING_CHANGE_REQUESTED, row)
    return row


def take_confirmed(*, change_id: UUID) -> Change:
    """Confirm a request as a second admin; the caller makes the change in the same unit of work.

    Raises `NotFound`, `ChangeOver`, `SecondAdminRequired`, `ReauthenticationRequired`, and what `hold` raises for an
    admin who was lowered or suspended in the meantime.
    """
    change = change_of(pending_change(change_id=change_id))
    hold_proven(people=Q(pk__in=[]) if isinstance(change, LimitChange) else Q(id=change.user_id))
    row = _open(change_id)
    ensure_may_confirm(admin_id=_actor_id(), requested_by=row.requested_by_id, change=change)
    _end(row, Outcome.CONFIRMED)
    return change


def reject(*, change_id: UUID) -> PendingChange:
    """Reject a request, or withdraw your own. Raises `NotFound`, `ChangeOver`, and what `hold` raises."""
    pending_change(change_id=change_id)
    hold()
    row = _open(change_id)
    _end(row, Outcome.WITHDRAWN if row.requested_by_id == _actor_id() else Outcome.REJECTED)
    return pending_change(change_id=change_id)


def expire_changes() -> int:
    """Close expired requests, some hundreds at a time; returns how many."""
    over = PendingChange.objects.filter(outcome="", expires_at__lte=clock.now()).values("id")[:EXPIRED_AT_ONCE]
    found = lock_all(PendingChange.objects.filter(id__in=over, outcome=""))
    for row in found:
        _end(row, Outcome.EXPIRED)
    return len(found)


def kind_of(change: Change) -> str:
    """The kind as stored and answered."""
    return str(type(change).__struct_config__.tag)


def _is_alone(requester: UUID) -> bool:
    """Whether nobody else is an active admin or was one within the last days.

    Otherwise an admin could suspend the other one and be alone a moment later.
    """
    others = User.objects.filter(account=PLATFORM_ID).exclude(id=requester)
    active = Q(role=OperatorRole.ADMIN.value, status=Status.ACTIVE)
    return not others.filter(active | Q(admin_until__gt=Now() - LIFETIME)).exists()


def _actor_id() -> UUID | None:
    """The acting operator; None for the server's command line."""
    actor = unit_of_work.current().actor
    return actor.id if actor.kind is ActorKind.OPERATOR else None


def _open(change_id: UUID) -> PendingChange:
    """The request, locked, if it is still open."""
    row = lock_one(PendingChange.objects.filter(id=change_id))
    if row is None or row.outcome or row.expires_at <= clock.now():
        raise ChangeOver
    return row


def _end(row: PendingChange, outcome: Outcome) -> None:
    conditional_update(
        PendingChange.objects.filter(id=row.id, outcome=""),
        outcome=outcome.value,
        decided_by_id=_actor_id(),
        decided_at=clock.now(),
    )
    _record(FACTS[outcome], row)


def _record(fact: EventType, row: PendingChange) -> None:
    change = change_of(row)
    record(
        fact,
        account_id=PLATFORM_ID,
        subject_type="pending_change",
        subject_id=row.id,
        data={"kind": row.kind, "subject": row.subject, "before": change.before, "after": change.after},
    )
