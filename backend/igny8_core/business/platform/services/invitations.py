"""Invitations: an address becomes a person only when whoever reads its mail says so.

The inviter learns nothing about the address. Whether it signs in elsewhere is looked up by the worker that writes the
mail, and told to the mail's reader alone; until somebody accepts, the address is free for everybody else.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet, Sum

from igny8_core.accounts.keys import digest, new_invitation_token
from igny8_core.accounts.lookups import look_up_login
from igny8_core.accounts.models import Account, Invitation, InvitationOutcome, Status, User, normalise_email
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.platform.domain.errors import (
    AlreadyInvited,
    ChangeOutdated,
    InvitationOver,
    TooManyInvitations,
)
from igny8_core.business.platform.domain.second_admin import RoleChange
from igny8_core.business.platform.selectors.people import find_invitations
from igny8_core.business.platform.services import people, second_admin
from igny8_core.business.platform.services.people import check_role
from igny8_core.business.platform.services.standing import hold, hold_proven
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import AlreadyTaken, NotFound, ValidationError
from igny8_core.kit.ids import uuid7
from igny8_core.kit.locks import Overtaken, conditional_update, lock_all, lock_one

LIFETIME = timedelta(days=7)
DAY = timedelta(days=1)
MAX_EMAIL = 254
MAILS_A_DAY = 5
"""To one address by one account: nobody's mailbox is filled in somebody else's name."""
EXPIRED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class InvitationMail:
    """What the mail needs; `company` is empty for an operator's, `token` None where the address signs in already."""

    email: str
    company: str
    language: str
    token: str | None = field(repr=False)


def invite(*, account_id: UUID, email: str, role: str, name: str) -> Invitation:
    """Invite an address to an account, or to the platform's as an operator; the worker mails it. In a unit of work.

    An operator who is to decide about money is invited with the lowest role, and the role waits for a second admin.

    Raises `NotFound` without such an account, `ValidationError`, `AlreadyTaken` for somebody of this very team,
    `AlreadyInvited`, `TooManyInvitations`.
    """
    if account_id != PLATFORM_ID and not Account.objects.filter(id=account_id).exists():
        raise NotFound
    check_role(role, operates=account_id == PLATFORM_ID)
    _check_address(email)
    hold_proven()
    address = _address(account_id, normalise_email(email))
    if User.objects.filter(address).exists():
        raise AlreadyTaken(fields={"email": ["This person can already sign in."]})
    invitations = Invitation.objects.filter(address)
    _close(lock_all(invitations.filter(outcome="", expires_at__lte=clock.now())))
    _refuse_flood(invitations)
    invitation_id = uuid7()
    at_first = _role_at_first(invitation_id, role) if account_id == PLATFORM_ID else role
    invitation = _insert(invitation_id, account_id=account_id, email=email.strip(), role=at_first, name=name)
    _record(EventType.INVITATION_CREATED, invitation, role=at_first)
    return invitation


def send_again(*, invitation_id: UUID, account_id: UUID | None = None) -> Invitation:
    """Have a new link mailed, valid for another seven days; the older one stops working. Inside a unit of work.

    `account_id` limits it to one account. Raises `NotFound`, `InvitationOver`, `TooManyInvitations`.
    """
    hold_proven()
    invitation = _locked(invitation_id, account_id)
    if not is_open(invitation):
        raise InvitationOver
    _refuse_flood(Invitation.objects.filter(_address(invitation.account_id, invitation.email_normalised)))
    now = clock.now()
    conditional_update(
        Invitation.objects.filter(id=invitation.id, outcome=""),
        sent_at=now,
        expires_at=now + LIFETIME,
        times_sent=F("times_sent") + 1,
    )
    _record(EventType.INVITATION_SENT_AGAIN, invitation)
    return find_invitations().get(id=invitation.id)


def revoke(*, invitation_id: UUID, account_id: UUID | None = None) -> Invitation:
    """Let the mailed link die; again is no error. Inside a unit of work. Raises `NotFound`, `InvitationOver`."""
    hold()
    invitation = _locked(invitation_id, account_id)
    if invitation.outcome == InvitationOutcome.REVOKED:
        return invitation
    if not is_open(invitation):
        raise InvitationOver
    end(invitation, InvitationOutcome.REVOKED, EventType.INVITATION_REVOKED)
    if invitation.account_id == PLATFORM_ID:
        second_admin.replace_open("role", str(invitation.id))
    return find_invitations().get(id=invitation.id)


def make_confirmed(change: RoleChange) -> None:
    """Give an operator, or an invitation to be one, the role that a second admin has confirmed.

    Raises `ChangeOutdated`, and `Overtaken` where the invitation is being accepted in this moment.
    """
    operators = User.objects.filter(id=change.user_id)
    if operators.exists():
        return people.make_confirmed(change)
    invitation = lock_one(Invitation.objects.filter(id=change.user_id))
    if operators.exists():
        raise Overtaken("the invitation was accepted meanwhile")
    if invitation is None or not is_open(invitation) or invitation.role != change.role_before:
        raise ChangeOutdated
    conditional_update(Invitation.objects.filter(id=invitation.id, outcome=""), role=change.role)
    return None


def expire_invitations() -> int:
    """Close those whose days have passed, some hundreds at once; returns how many. Inside a unit of work."""
    over = Invitation.objects.filter(outcome="", expires_at__lte=clock.now()).values("id")[:EXPIRED_AT_ONCE]
    found = lock_all(Invitation.objects.filter(id__in=over))
    _close(found)
    return len(found)


def new_mail(*, invitation_id: UUID) -> InvitationMail | None:
    """Make a link's secret and what its mail says; None when there is nothing to mail any more. Inside a unit of work.

    The secret is kept nowhere but in the mail. Each run makes another one, and the older one dies.
    """
    invitation = lock_one(Invitation.objects.filter(id=invitation_id))
    if invitation is None or not is_open(invitation) or invitation.account.status != Status.ACTIVE:
        return None
    token = None if is_somebodys(invitation.email_normalised) else new_invitation_token()
    conditional_update(
        Invitation.objects.filter(id=invitation.id, outcome=""), token_hash=None if token is None else digest(token)
    )
    account = invitation.account
    if account.id == PLATFORM_ID:
        return InvitationMail(invitation.email, "", "", token)
    return InvitationMail(invitation.email, account.name, account.spoken_language, token)


def is_open(invitation: Invitation) -> bool:
    """Whether it can still be accepted, sent again or revoked."""
    return not invitation.outcome and invitation.expires_at > clock.now()


def is_somebodys(email_normalised: str) -> bool:
    """Whether the address signs in already, wherever that is: not to be told to whoever invites it."""
    return look_up_login(email_normalised) is not None


def end(invitation: Invitation, outcome: InvitationOutcome, fact: EventType) -> None:
    """Close an open invitation, whose row is locked."""
    conditional_update(
        Invitation.objects.filter(id=invitation.id, outcome=""), outcome=outcome.value, decided_at=clock.now()
    )
    _record(fact, invitation)


def _role_at_first(invitation_id: UUID, role: str) -> str:
    """The role that an operator is invited with: the one that is wanted, or the lowest until it is confirmed."""
    change = RoleChange.of_new(invitation_id, role)
    return role if not change.loosens or second_admin.ask(change).outcome else OperatorRole.SUPPORT.value


def _insert(invitation_id: UUID, *, account_id: UUID, email: str, role: str, name: str) -> Invitation:
    now = clock.now()
    try:
        with transaction.atomic():
            return Invitation.objects.create(
                id=invitation_id,
                account_id=account_id,
                email=email,
                email_normalised=normalise_email(email),
                role=role,
                name=name,
                created_at=now,
                sent_at=now,
                expires_at=now + LIFETIME,
            )
    except IntegrityError as error:
        raise AlreadyInvited from error


def _address(account_id: UUID, email_normalised: str) -> Q:
    """An address in one account, or among the operators: nothing else is looked at when somebody invites."""
    return Q(account_id=account_id, email_normalised=email_normalised)


def _locked(invitation_id: UUID, account_id: UUID | None) -> Invitation:
    invitation = lock_one(find_invitations(account_id=account_id).filter(id=invitation_id))
    if invitation is None:
        raise NotFound
    return invitation


def _check_address(email: str) -> None:
    """Letters that casing turns into others (`ſ` into `s`) would let one mailbox take the name of another."""
    plain, normalised = email.strip(), normalise_email(email)
    if len(normalised) > MAX_EMAIL:
        raise ValidationError(fields={"email": ["This address is too long."]})
    if normalised != plain.lower() or (normalised.isascii() and not plain.isascii()):
        raise ValidationError(fields={"email": ["Use only plain letters in this address."]})


def _refuse_flood(invitations: QuerySet[Invitation]) -> None:
    lately = invitations.filter(sent_at__gt=clock.now() - DAY)
    if (lately.aggregate(mails=Sum("times_sent"))["mails"] or 0) >= MAILS_A_DAY:
        raise TooManyInvitations(retry_after_seconds=int(DAY.total_seconds()))


def _close(expired: list[Invitation]) -> None:
    for invitation in expired:
        end(invitation, InvitationOutcome.EXPIRED, EventType.INVITATION_EXPIRED)


def _record(fact: EventType, invitation: Invitation, **data: str) -> None:
    record(fact, account_id=invitation.account_id, subject_type="invitation", subject_id=invitation.id, data=dict(data))
