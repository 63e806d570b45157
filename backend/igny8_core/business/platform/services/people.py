"""Changes to people: role, name, status. Every function runs inside a unit of work."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from igny8_core.accounts.models import Account, Status, User
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import AccountRole, OperatorRole, Role, includes
from igny8_core.business.platform.domain.errors import CannotChangeSelf, ChangeOutdated, LastAdmin, LastOwner
from igny8_core.business.platform.domain.second_admin import RoleChange
from igny8_core.business.platform.models import PendingChange
from igny8_core.business.platform.selectors.people import find_users
from igny8_core.business.platform.services import second_admin
from igny8_core.business.platform.services.provisioning import suspend_user
from igny8_core.business.platform.services.standing import hold
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit.errors import NotFound, ValidationError
from igny8_core.kit.locks import conditional_update


@dataclass(frozen=True, slots=True)
class PersonChange:
    """Changes to a person; None leaves a value as it is."""

    role: str | None = None
    name: str | None = None
    status: str | None = None


def change_team_member(*, account: Account, user_id: UUID, change: PersonChange, by: UUID | None) -> User:
    """An owner changes a person of the account; `by` is the owner's user id, if the owner is a person.

    Raises `NotFound`, `ValidationError`, `CannotChangeSelf`, `LastOwner`.
    """
    team = Q(account=account)
    user, owners = _locked(user_id, among=team, guarded=team & Q(role=AccountRole.OWNER.value))
    if _lowers(user, change) and owners == {user.id}:
        raise LastOwner
    return _change(user, change, by=by)


def change_user(*, user_id: UUID, change: PersonChange, by: UUID | None) -> tuple[User, PendingChange | None]:
    """An admin operator changes anybody; `by` is that operator's id.

    Also returns the change that waits for a second admin, if an operator would get more authority over money.

    Raises `NotFound`, `ValidationError`, `CannotChangeSelf`, `LastAdmin`, `LastOwner`.
    """
    account_id = User.objects.filter(id=user_id).values_list("account_id", flat=True).first()
    highest: Role = OperatorRole.ADMIN if account_id == PLATFORM_ID else AccountRole.OWNER
    user, guardians = _locked(user_id, among=Q(), guarded=Q(account_id=account_id, role=highest.value))
    if _lowers(user, change):
        if user.id == by:
            raise CannotChangeSelf
        if guardians == {user.id}:
            raise LastAdmin if account_id == PLATFORM_ID else LastOwner
    waiting = _ask(user, change) if user.is_operator else None
    at_once = change if waiting is None else PersonChange(name=change.name)
    return _change(user, at_once, by=by), waiting


def make_confirmed(change: RoleChange) -> None:
    """Give an operator the role and status that a second admin has confirmed; the person is locked.

    Raises `ChangeOutdated`.
    """
    user = User.objects.get(id=change.user_id)
    if (user.role, user.status) != (change.role_before, change.status_before):
        raise ChangeOutdated
    _change(user, PersonChange(role=change.role, status=change.status), by=None)


def _ask(user: User, change: PersonChange) -> PendingChange | None:
    """Ask a second admin if the operator would decide more about money; None if nothing has to wait."""
    wanted = RoleChange(
        user_id=user.id,
        role=change.role or user.role,
        status=change.status or user.status,
        role_before=user.role,
        status_before=user.status,
    )
    if not wanted.changes:
        return None
    second_admin.replace_open("role", wanted.subject)
    asked = second_admin.ask(wanted) if wanted.loosens else None
    return None if asked is None or asked.outcome else asked


def _locked(user_id: UUID, *, among: Q, guarded: Q) -> tuple[User, set[UUID]]:
    """The person, and the ids of the active owners or admins of whom one must remain.

    All of them are locked together with the actor: two people who lower each other concurrently must not both succeed.
    """
    guarded &= Q(status=Status.ACTIVE)
    people, _ = hold(people=among & (Q(id=user_id) | guarded))
    user = User.objects.filter(among, id=user_id).first()
    if user is None:
        raise NotFound
    guardians = User.objects.filter(guarded, id__in=people)
    return user, {guardian.id for guardian in guardians}


def _lowers(user: User, change: PersonChange) -> bool:
    """Whether the person would be suspended or get a lower role."""
    role = change.role or user.role
    check_role(role, operates=user.is_operator)
    keeps = includes(OperatorRole(role) if user.is_operator else AccountRole(role), user.typed_role)
    return change.status == Status.SUSPENDED or not keeps


def check_role(name: str, *, operates: bool) -> None:
    """Refuse a role of the other kind; raises `ValidationError`."""
    roles: list[Role] = [*OperatorRole] if operates else [*AccountRole]
    if name not in roles:
        raise ValidationError(fields={"role": [f"Choose one of these roles: {', '.join(roles)}."]})


def _change(user: User, change: PersonChange, *, by: UUID | None) -> User:
    """Write what differs and record which fields changed; names themselves are kept out of the log."""
    status = change.status or user.status
    if status == Status.SUSPENDED and user.id == by:
        raise CannotChangeSelf
    suspends = status == Status.SUSPENDED and status != user.status
    if suspends:
        # The status first: an operator who gets a higher role and is suspended never has the higher role while active.
        suspend_user(user, suspended=True)
    given = {"role": change.role, "name": change.name}
    fields = {name: value for name, value in given.items() if value is not None and value != getattr(user, name)}
    if fields:
        conditional_update(User.objects.filter(id=user.id), **fields)
        _record_change(user, fields)
    if status != user.status and not suspends:
        suspend_user(user, suspended=False)
    return find_users().get(id=user.id)


def _record_change(user: User, fields: Mapping[str, str]) -> None:
    roles = {"role": fields["role"], "role_before": user.role} if "role" in fields else {}
    record(
        EventType.USER_UPDATED,
        account_id=user.account_id,
        subject_type="user",
        subject_id=user.id,
        data={"fields": [*sorted(fields)], **roles},
    )
