"""Invitations: an address becomes a user only if whoever reads its mail accepts.

The inviter learns nothing about the address. The worker that writes the mail looks up whether it already belongs to a
user, and only the mail's reader is told. Until somebody accepts, anybody else may still use the address.
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
"""Limit per address and account, so that nobody's mailbox is flooded in somebody else's name."""
EXPIRED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class InvitationMail:
    """What the mail needs; `company` is empty for an operator, `token` is None if the address already belongs to a
    user.
    """

    email: str
    company: str
    language: str
    token: str | None = field(repr=False)


def invite(*, account_id: UUID, email: str, role: str, name: str) -> Invitation:
    """Invite an address to an account, or as an operator; the worker mails the link. Inside a unit of work.

    An operator who would decide about money is invited with the lowest role, and the role waits for a second admin.

    Raises `NotFound` if there is no such account, `ValidationError`, `AlreadyTaken` for a member of this team,
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
    """Have a new link mailed, valid for seven days; the older one stops working. Inside a unit of work.

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
    """Revoke the mailed link; revoking it again is no error. Inside a unit of work. Raises `NotFound`,
    `InvitationOver`.
    """
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
    """Give an operator, or an invited one, the role that a second admin has confirmed.

    Raises `ChangeOutdated`, and `Overtaken` if the invitation is being accepted at this moment.
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
    """Close expired invitations, some hundreds at a time; returns how many. Inside a unit of work."""
    over = Invitation.objects.filter(outcome="", expires_at__lte=clock.now()).values("id")[:EXPIRED_AT_ONCE]
    found = lock_all(Invitation.objects.filter(id__in=over))
    _close(found)
    return len(found)


def new_mail(*, invitation_id: UUID) -> InvitationMail | None:
    """Create a link's secret and the content of its mail; None if there is nothing to mail any more. In a unit of work.

    The secret is only kept in the mail. Each run creates a new one and invalidates the older one.
    """
    invitation = lock_one(Invitation.objects.filter(id=invitation_id))
    if invitation is None or not is_open(invitation) or invitation.account.status != Status.ACTIVE:
        return None
    token = None if is_in_use(invitation.email_normalised) else new_invitation_token()
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


def is_in_use(email_normalised: str) -> bool:
    """Whether the address already belongs to a user anywhere: must not be disclosed to the inviter."""
    return look_up_login(email_normalised) is not None


def end(invitation: Invitation, outcome: InvitationOutcome, fact: EventType) -> None:
    """Close an open invitation whose row is locked."""
    conditional_update(
        Invitation.objects.filter(id=invitation.id, outcome=""), outcome=outcome.value, decided_at=clock.now()
    )
    _record(fact, invitation)


def _role_at_first(invitation_id: UUID, role: str) -> str:
    """The role that an operator is invited with: the requested one, or the lowest until that is confirmed."""
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
    """Whether an address belongs to one account, or to the operators: an inviter must not learn more than that."""
    return Q(account_id=account_id, email_normalised=email_normalised)


def _locked(invitation_id: UUID, account_id: UUID | None) -> Invitation:
    invitation = lock_one(find_invitations(account_id=account_id).filter(id=invitation_id))
    if invitation is None:
        raise NotFound
    return invitation


def _check_address(email: str) -> None:
    """Letters that case folding maps to others (`ſ` to `s`) would let one mailbox take another's name."""
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
