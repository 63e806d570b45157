"""The state that a sign-in depends on, and whether the actor may still act, read again under the locks of
`accounts/locks.py`.

A request is authenticated before its transaction begins. Whatever issues or ends a credential checks here whether its
caller was signed out, suspended or lowered in the meantime. Every function runs inside a unit of work.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import DateTimeField, F, Func, Q
from django.db.models.functions import Greatest

from igny8_core.accounts.keys import KeyKind
from igny8_core.accounts.locks import lock_keys, lock_login, lock_people
from igny8_core.accounts.lookups import REFUSALS, Login
from igny8_core.accounts.models import AccessKey, Passkey, SecondFactor, Status, User
from igny8_core.accounts.roles import AccountRole, includes
from igny8_core.business.platform.domain.errors import ReauthenticationRequired
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import ActorKind, Credential
from igny8_core.kit import clock
from igny8_core.kit.errors import Forbidden, InvalidCredentials, Unauthenticated, UserSuspended

PROOF_LASTS = timedelta(minutes=10)
NOBODY = Q(pk__in=[])
RIGHT_NOW = Func(function="clock_timestamp", output_field=DateTimeField())
"""Not the transaction's start, because it may have waited for a lock since."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's password and, if two-step sign-in is on, their second factor, at one moment."""

    login: Login
    factor: SecondFactor | None

    @property
    def mark(self) -> str:
        """Identifies one password with one second factor; changing either changes the mark."""
        return mark_of(self.login.password, "" if self.factor is None else str(self.factor.id))

    def ensure_unchanged(self, checked: Login) -> None:
        """Refuse a password that was right when it was checked but has changed since, and people who are suspended.

        Raises `InvalidCredentials`, `UserSuspended`, `AccountSuspended`.
        """
        if self.login.password != checked.password:
            raise InvalidCredentials
        ensure_welcome(self.login)


def mark_of(*parts: str) -> str:
    """A digest of secrets for signed texts: it only tells whether they are still the same."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def ensure_welcome(login: Login) -> None:
    """Refuse a person who is suspended, or whose account is. Raises `UserSuspended`, `AccountSuspended`."""
    if login.refusal:
        raise REFUSALS[login.refusal]


def standing_of(login: Login) -> Standing:
    """The person's standing, unlocked, for later comparison."""
    factor = SecondFactor.objects.filter(user_id=login.user_id, confirmed_at__isnull=False).first()
    return Standing(login, factor)


def lock_standing(user_id: UUID) -> Standing:
    """Lock the person and read their standing. Raises `Unauthenticated`."""
    return standing_of(lock_login(user_id))


def end_ceremonies(user_id: UUID) -> None:
    """Invalidate everything that this person has begun with an authenticator; the person is locked.

    Challenges issued before now are no longer accepted, and an unconfirmed second factor gets a new secret, because
    whoever started it has seen the old one.
    """
    newest = Greatest(F("last_challenge_at"), RIGHT_NOW)
    Passkey.objects.filter(user_id=user_id).update(last_challenge_at=newest)
    SecondFactor.objects.filter(user_id=user_id, confirmed_at=None).delete()


def hold(*, people: Q = NOBODY, keys: Q = NOBODY) -> tuple[dict[UUID, User], dict[UUID, AccessKey]]:
    """Lock these people and keys together with the actor, who must still be authorised.

    Raises `Unauthenticated`, `UserSuspended`, `Forbidden`.
    """
    actor = unit_of_work.current().actor
    credential = actor.credential
    acts = NOBODY if credential is None or actor.kind is ActorKind.API_KEY else Q(id=actor.id)
    presented = NOBODY if credential is None else Q(id=credential.key_id)
    locked, held = lock_people(people | acts), lock_keys(keys | presented)
    if credential is not None:
        person = None if actor.kind is ActorKind.API_KEY or actor.id is None else locked[actor.id]
        _ensure_still_good(credential, held.get(credential.key_id), person)
    return locked, held


def hold_proven(*, people: Q = NOBODY, keys: Q = NOBODY) -> tuple[dict[UUID, User], dict[UUID, AccessKey]]:
    """The same for whatever creates a permanent credential, which an unattended session must not do.

    API keys are exempt: each is a program's own secret, and there is no person to ask. Also raises
    `ReauthenticationRequired`.
    """
    locked, held = hold(people=people, keys=keys)
    credential = unit_of_work.current().actor.credential
    if credential is not None and not is_proven(held[credential.key_id]):
        raise ReauthenticationRequired
    return locked, held


def is_proven(key: AccessKey) -> bool:
    """Whether the key belongs to a program, or its person gave password or passkey within the last minutes."""
    if key.kind == KeyKind.API_KEY.value:
        return True
    return key.proven_at is not None and clock.now() - key.proven_at <= PROOF_LASTS


def _ensure_still_good(credential: Credential, key: AccessKey | None, person: User | None) -> None:
    if key is None or key.revoked_at is not None:
        raise Unauthenticated
    if person is not None and person.status != Status.ACTIVE:
        raise UserSuspended
    if not includes(AccountRole(key.role) if person is None else person.typed_role, credential.role):
        raise Forbidden
