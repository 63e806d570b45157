"""Passkeys: added by a signed-in person, and used to sign in, where one counts as both factors.

The challenge is kept by the caller while it travels to the browser and back. `Challenge.made_at` makes it valid once
per passkey, even for authenticators without a counter.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from igny8_core.accounts.locks import lock_login
from igny8_core.accounts.lookups import PasskeyHolder, look_up_passkey
from igny8_core.accounts.models import Passkey, User
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.domain import passkeys as ceremonies
from igny8_core.business.platform.domain.errors import InvalidPasskey, TooManyPasskeys
from igny8_core.business.platform.domain.passkeys import Place
from igny8_core.business.platform.services.sessions import acting
from igny8_core.business.platform.services.standing import ensure_welcome, hold, hold_proven, lock_standing
from igny8_core.business.platform.services.web_sessions import NewSession, issue_session
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound
from igny8_core.kit.ids import uuid7
from igny8_core.kit.locks import lock_one

CHALLENGE_LIFETIME = timedelta(minutes=5)
MAX_PASSKEYS = 20


@dataclass(frozen=True, slots=True)
class Challenge:
    """The challenge of one ceremony, and when it was created.

    `mark` is the standing of whoever adds a passkey; it is empty at a sign-in, when the person is not known yet.
    """

    value: bytes
    made_at: datetime
    mark: str = ""

    @classmethod
    def new(cls, mark: str = "") -> "Challenge":
        """A new random challenge."""
        return cls(ceremonies.new_challenge(), clock.now(), mark)

    @property
    def is_over(self) -> bool:
        """Whether it has expired."""
        return clock.now() - self.made_at > CHALLENGE_LIFETIME


def passkeys_of(user_id: UUID) -> QuerySet[Passkey]:
    """A person's passkeys, oldest first."""
    return Passkey.objects.filter(user_id=user_id).order_by("id")


def begin_adding(*, user_id: UUID, place: Place) -> tuple[str, Challenge]:
    """The options for creating a passkey in the browser, as JSON, and their challenge; inside a unit of work.

    Raises `ReauthenticationRequired`, `TooManyPasskeys`.
    """
    hold_proven(people=Q(id=user_id))
    challenge = Challenge.new(lock_standing(user_id).mark)
    known = {bytes(each.credential_id): each.transports for each in passkeys_of(user_id)}
    if len(known) >= MAX_PASSKEYS:
        raise TooManyPasskeys
    email = User.objects.values_list("email", flat=True).get(id=user_id)
    options = ceremonies.creation_options(place, challenge=challenge.value, user_id=user_id, email=email, known=known)
    return options, challenge


def add(*, user_id: UUID, account_id: UUID, name: str, place: Place, challenge: Challenge, credential: str) -> Passkey:
    """Store what the authenticator created; inside a unit of work.

    Raises `ReauthenticationRequired`, `InvalidPasskey`, `TooManyPasskeys`.
    """
    hold_proven(people=Q(id=user_id))
    if lock_standing(user_id).mark != challenge.mark:
        raise InvalidPasskey
    return keep(
        user_id=user_id, account_id=account_id, name=name, place=place, challenge=challenge, credential=credential
    )


def keep(*, user_id: UUID, account_id: UUID, name: str, place: Place, challenge: Challenge, credential: str) -> Passkey:
    """The same for a new person, or one whose standing was already checked; the person is locked."""
    if challenge.is_over:
        raise InvalidPasskey
    made = ceremonies.verify_created(place, challenge=challenge.value, credential=credential)
    if passkeys_of(user_id).count() >= MAX_PASSKEYS:
        raise TooManyPasskeys
    passkey = Passkey(
        id=uuid7(),
        user_id=user_id,
        account_id=account_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=list(made.transports),
        name=name,
        created_at=clock.now(),
        last_challenge_at=challenge.made_at,
    )
    Passkey.objects.bulk_create([passkey], ignore_conflicts=True)
    if not Passkey.objects.filter(id=passkey.id).exists():
        # Somebody already has it, perhaps in another account, so the error must not say more.
        raise InvalidPasskey
    _record(EventType.USER_PASSKEY_ADDED, passkey)
    return passkey


def remove(*, user_id: UUID, passkey_id: UUID) -> None:
    """Remove one of the person's own passkeys; inside a unit of work. Raises `NotFound`."""
    hold(people=Q(id=user_id))
    passkey = lock_one(passkeys_of(user_id).filter(id=passkey_id))
    if passkey is None:
        raise NotFound
    Passkey.objects.filter(id=passkey.id).delete()
    _record(EventType.USER_PASSKEY_REMOVED, passkey)


def begin_sign_in(*, place: Place, challenge: Challenge) -> str:
    """The options for requesting any passkey of this host, as JSON."""
    return ceremonies.request_options(place, challenge=challenge.value)


def sign_in(
    *, place: Place, challenge: Challenge, credential: str, lasting: bool, request_id: UUID | None
) -> NewSession:
    """Open a session for the holder of the passkey, without password or code.

    Raises `InvalidPasskey`; `UserSuspended` or `AccountSuspended` only after the passkey was proven.
    """
    holder, credential_id = holder_of(credential, challenge)

    def operation() -> NewSession:
        login = lock_login(holder.user_id)
        use(credential_id, place=place, challenge=challenge, credential=credential)
        ensure_welcome(login)
        return issue_session(user_id=holder.user_id, account_id=holder.account_id, lasting=lasting)

    return unit_of_work.run(
        operation,
        scope=Scope.of(holder.account_id),
        actor=acting(holder.user_id, holder.account_id),
        request_id=request_id,
    )


def use(credential_id: bytes, *, place: Place, challenge: Challenge, credential: str) -> None:
    """Verify the answer against the passkey's latest state and update that; the person is locked.

    Raises `InvalidPasskey`.
    """
    passkey = lock_one(Passkey.objects.filter(credential_id=credential_id))
    if passkey is None or challenge.made_at <= passkey.last_challenge_at:
        raise InvalidPasskey
    count = ceremonies.verify_presented(
        place,
        challenge=challenge.value,
        credential=credential,
        public_key=bytes(passkey.public_key),
        sign_count=passkey.sign_count,
    )
    Passkey.objects.filter(id=passkey.id).update(
        sign_count=count, last_used_at=clock.now(), last_challenge_at=challenge.made_at
    )


def holder_of(credential: str, challenge: Challenge) -> tuple[PasskeyHolder, bytes]:
    """The person that an answer claims to belong to, and the passkey's id; unproven. Raises `InvalidPasskey`."""
    presented = ceremonies.presented(credential)
    holder = look_up_passkey(presented.credential_id)
    if holder is None or challenge.is_over or presented.user_handle != holder.user_id.bytes:
        raise InvalidPasskey
    return holder, presented.credential_id


def _record(fact: EventType, passkey: Passkey) -> None:
    record(
        fact,
        account_id=passkey.account_id,
        subject_type="user",
        subject_id=passkey.user_id,
        data={"passkey_id": str(passkey.id)},
    )
