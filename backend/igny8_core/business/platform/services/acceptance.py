"""Accepting an invitation: the mail's reader opens the link and signs up with a password or a passkey."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password

from igny8_core.accounts.keys import digest
from igny8_core.accounts.lookups import Invited, look_up_invitation
from igny8_core.accounts.models import Invitation, InvitationOutcome, Status, normalise_email
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.domain import passkeys as ceremonies
from igny8_core.business.platform.domain.errors import AddressInUse, InvitationOver
from igny8_core.business.platform.domain.passkeys import Place
from igny8_core.business.platform.services import passkeys
from igny8_core.business.platform.services.invitations import end, is_in_use, is_open
from igny8_core.business.platform.services.passkeys import Challenge
from igny8_core.business.platform.services.passwords import refuse_common_password
from igny8_core.business.platform.services.provisioning import NewPerson, create_person
from igny8_core.business.platform.services.sessions import acting
from igny8_core.business.platform.services.web_sessions import NewSession, issue_session
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import EventType
from igny8_core.kit import clock
from igny8_core.kit.errors import AccountSuspended, AlreadyTaken
from igny8_core.kit.locks import lock_one


@dataclass(frozen=True, slots=True)
class MadePasskey:
    """The new passkey of somebody who accepts, with its host and its challenge."""

    name: str
    place: Place
    challenge: Challenge
    credential: str


def open_invitation(token: str) -> Invited:
    """What a mailed link invites to. Raises `InvitationOver`, `AddressInUse`, `AccountSuspended`."""
    invited = look_up_invitation(token)
    if invited is None or invited.outcome or invited.expires_at <= clock.now():
        raise InvitationOver
    if invited.account_status != Status.ACTIVE:
        raise AccountSuspended
    if is_in_use(normalise_email(invited.email)):
        raise AddressInUse
    return invited


def begin_passkey(*, token: str, place: Place, challenge: Challenge) -> str:
    """The options for creating the new person's passkey in the browser, as JSON. Raises what
    `open_invitation` raises.
    """
    invited = open_invitation(token)
    return ceremonies.creation_options(
        place, challenge=challenge.value, user_id=invited.invitation_id, email=invited.email, known={}
    )


def accept_with_password(*, token: str, name: str, password: str, request_id: UUID | None) -> NewSession:
    """Create the invited person with a password, and sign them in.

    Raises what `open_invitation` raises, and `ValidationError` for a common password.
    """
    invited = open_invitation(token)
    refuse_common_password(password)
    return _accept(
        invited, token, name=name, password_hash=make_password(password), then=lambda: None, request_id=request_id
    )


def accept_with_passkey(*, token: str, name: str, made: MadePasskey, request_id: UUID | None) -> NewSession:
    """The same with a passkey instead of a password. Raises what `open_invitation` raises, and `InvalidPasskey`."""
    invited = open_invitation(token)

    def store_passkey() -> None:
        passkeys.keep(
            user_id=invited.invitation_id,
            account_id=invited.account_id,
            name=made.name,
            place=made.place,
            challenge=made.challenge,
            credential=made.credential,
        )

    return _accept(
        invited, token, name=name, password_hash=make_password(None), then=store_passkey, request_id=request_id
    )


def _accept(
    invited: Invited,
    token: str,
    *,
    name: str,
    password_hash: str,
    then: Callable[[], None],
    request_id: UUID | None,
) -> NewSession:
    """The lock on the invitation admits one of several answers; the unique address admits one of several accounts."""

    def operation() -> NewSession:
        invitation = lock_one(Invitation.objects.filter(id=invited.invitation_id, token_hash=digest(token)))
        if invitation is None or not is_open(invitation):
            raise InvitationOver
        person = NewPerson(invitation.id, invitation.account_id, invitation.email, invitation.role, name, password_hash)
        try:
            create_person(person)
        except AlreadyTaken as error:
            raise AddressInUse from error
        then()
        end(invitation, InvitationOutcome.ACCEPTED, EventType.INVITATION_ACCEPTED)
        return issue_session(user_id=person.id, account_id=person.account_id, lasting=False)

    return unit_of_work.run(
        operation,
        scope=Scope.of(invited.account_id),
        actor=acting(invited.invitation_id, invited.account_id),
        request_id=request_id,
    )
