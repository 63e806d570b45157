"""Sign-in by password: a short-lived access token and a rotating refresh token, both opaque and revocable at once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Q

from igny8_core.accounts.keys import SIGN_IN_KINDS, KeyKind, new_secret
from igny8_core.accounts.locks import lock_login, lock_people
from igny8_core.accounts.lookups import REFUSALS, Login, look_up_login, look_up_secret
from igny8_core.accounts.models import AccessKey, normalise_email
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.principals import Principal
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.services import second_factors
from igny8_core.business.platform.services.standing import end_ceremonies, ensure_welcome, hold, lock_standing
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import Actor, ActorKind, EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import AppError, InvalidCredentials, NotFound, Unauthenticated
from igny8_core.kit.locks import conditional_update

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a sign-in; both secrets are only shown here."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime


def check_login(*, email: str, password: str) -> Login:
    """The person with this address and password.

    Raises `InvalidCredentials`; `UserSuspended` or `AccountSuspended` only to somebody who knows the password.
    An unknown address costs the same time as a wrong password.
    """
    login = look_up_login(normalise_email(email))
    if login is None:
        make_password(password)
        raise InvalidCredentials
    if not check_password(password, login.password):
        raise InvalidCredentials
    ensure_welcome(login)
    return login


def sign_in(*, email: str, password: str, code: str, request_id: UUID | None) -> Tokens:
    """Check a password, and a code if the person has a second factor, and open a session.

    Raises what `check_login` raises, `SecondFactorRequired`, `InvalidCode` and `SecondFactorLocked`.
    """
    login = check_login(email=email, password=password)
    return unit_of_work.run_even_if_refused(
        lambda: _open(login, code),
        scope=Scope.of(login.account_id),
        actor=acting(login.user_id, login.account_id),
        request_id=request_id,
    )


def refresh(*, refresh_token: str, request_id: UUID | None) -> Tokens:
    """Exchange a refresh token for a new pair.

    A token that was exchanged before has been copied: its whole family is revoked. Raises `Unauthenticated`,
    `UserSuspended` or `AccountSuspended`.
    """
    presented = look_up_secret(refresh_token)
    if presented is None or presented.principal.kind is not KeyKind.REFRESH_TOKEN:
        raise Unauthenticated
    if presented.refusal not in ("", "rotated"):
        raise REFUSALS.get(presented.refusal, Unauthenticated)
    principal = presented.principal
    account_id = principal.account_id
    assert principal.user_id is not None
    return unit_of_work.run_even_if_refused(
        lambda: _rotate(principal),
        scope=Scope.of(account_id),
        actor=acting(principal.user_id, account_id),
        request_id=request_id,
    )


def sign_out(principal: Principal) -> None:
    """Revoke the tokens of the session that this access token belongs to; inside a unit of work."""
    if principal.kind is KeyKind.API_KEY or principal.user_id is None:
        return
    lock_people(Q(id=principal.user_id))
    _revoke(Q(family_id=principal.family_id))
    account_id = principal.account_id
    record(EventType.USER_SIGNED_OUT, account_id=account_id, subject_type="user", subject_id=principal.user_id)


def end_sign_in(*, user_id: UUID, account_id: UUID, family_id: UUID) -> None:
    """End one of a person's sign-ins; inside a unit of work. Raises `NotFound`."""
    hold(people=Q(id=user_id))
    if not _revoke(Q(user_id=user_id, family_id=family_id, kind__in=SIGN_IN_KINDS)):
        raise NotFound
    record(EventType.USER_SIGNED_OUT, account_id=account_id, subject_type="user", subject_id=user_id)


def end_other_sign_ins(*, user_id: UUID, account_id: UUID, but: UUID) -> None:
    """End all of a person's sign-ins except the session with this key's id; inside a unit of work."""
    hold(people=Q(id=user_id))
    end_sessions(user_id, but=but)
    data = {"all_others": True}
    record(EventType.USER_SIGNED_OUT, account_id=account_id, subject_type="user", subject_id=user_id, data=data)


def end_sessions(user_id: UUID, *, but: UUID | None = None) -> None:
    """End a person's sign-ins except the session with this key's id, and any sign-in in progress.

    The person is locked; sign-ins in progress end because the new password has a new mark.
    """
    _revoke(Q(user_id=user_id, kind__in=SIGN_IN_KINDS) & ~Q(id=but))
    end_ceremonies(user_id)


def _open(login: Login, code: str) -> Tokens | AppError:
    standing = lock_standing(login.user_id)
    standing.ensure_unchanged(login)
    refusal = second_factors.require(standing, code=code)
    if refusal is not None:
        return refusal
    tokens = _issue_pair(user_id=login.user_id, account_id=login.account_id, family_id=uuid4(), proven_at=clock.now())
    record(EventType.USER_SIGNED_IN, account_id=login.account_id, subject_type="user", subject_id=login.user_id)
    return tokens


def _rotate(principal: Principal) -> Tokens | AppError:
    """A new pair. For a token used twice, the refusal is returned after revoking the family, because that must be
    committed.
    """
    assert principal.user_id is not None
    ensure_welcome(lock_login(principal.user_id))
    account_id = principal.account_id
    token = AccessKey.objects.get(id=principal.key_id)
    if token.revoked_at is not None:
        raise Unauthenticated
    if token.rotated_at is None:
        conditional_update(AccessKey.objects.filter(id=token.id, rotated_at=None), rotated_at=clock.now())
        return _issue_pair(
            user_id=principal.user_id,
            account_id=account_id,
            family_id=principal.family_id,
            proven_at=token.proven_at,
        )
    _revoke(Q(family_id=principal.family_id))
    record(EventType.TOKEN_REUSED, account_id=account_id, subject_type="user", subject_id=principal.user_id)
    return Unauthenticated()


def _revoke(keys: Q) -> int:
    return AccessKey.objects.filter(keys, revoked_at=None).update(revoked_at=clock.now())


def _issue_pair(*, user_id: UUID, account_id: UUID, family_id: UUID, proven_at: datetime | None) -> Tokens:
    now = clock.now()
    access, refresher = new_secret(KeyKind.ACCESS_TOKEN), new_secret(KeyKind.REFRESH_TOKEN)
    expiries = {access: now + ACCESS_LIFETIME, refresher: now + REFRESH_LIFETIME}
    kinds = {access: KeyKind.ACCESS_TOKEN, refresher: KeyKind.REFRESH_TOKEN}
    for secret, expires_at in expiries.items():
        AccessKey.objects.create(
            kind=kinds[secret].value,
            account_id=account_id,
            user_id=user_id,
            prefix=secret.prefix,
            secret_hash=secret.digest,
            family_id=family_id,
            created_at=now,
            expires_at=expires_at,
            proven_at=proven_at,
        )
    return Tokens(access.plain, refresher.plain, expiries[access], expiries[refresher])


def acting(user_id: UUID, account_id: UUID) -> Actor:
    """The person as the actor of events."""
    return Actor(ActorKind.OPERATOR if account_id == PLATFORM_ID else ActorKind.USER, user_id)
