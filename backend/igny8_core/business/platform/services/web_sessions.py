"""Browser sessions: an access key of its own kind, carried by a cookie, revocable immediately.

One look-up per request finds person, account and role, and refuses suspended people.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from igny8_core.accounts.keys import KeyKind, new_secret
from igny8_core.accounts.models import AccessKey, Account
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.services import second_factors
from igny8_core.business.platform.services.sessions import acting, check_login
from igny8_core.business.platform.services.standing import ensure_welcome, lock_standing, standing_of
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import AppError, Unauthenticated

LIFETIME = timedelta(hours=12)
LASTING_LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Proven:
    """Somebody whose password was right; with a second factor, the code is still missing.

    `mark` identifies that password and second factor: it is worthless once either has changed.
    """

    user_id: UUID
    account_id: UUID
    mark: str
    needs_code: bool


@dataclass(frozen=True, slots=True)
class NewSession:
    """The cookie's content, and the account's chosen language, if any."""

    secret: str = field(repr=False)
    expires_at: datetime
    language: str


def prove_password(*, email: str, password: str) -> Proven:
    """Check only the password. Raises `InvalidCredentials`, `UserSuspended`, `AccountSuspended`."""
    login = check_login(email=email, password=password)
    with unit_of_work.read(Scope.of(login.account_id)):
        standing = standing_of(login)
    return Proven(login.user_id, login.account_id, standing.mark, needs_code=standing.factor is not None)


def open_session(*, proven: Proven, code: str, lasting: bool, request_id: UUID | None) -> NewSession:
    """Open a session for somebody whose password was checked, with a code if a second factor is on.

    Raises `Unauthenticated` if password or second factor have changed since, `UserSuspended`, `AccountSuspended`,
    `InvalidCode` and `SecondFactorLocked`.
    """

    def operation() -> NewSession | AppError:
        standing = lock_standing(proven.user_id)
        if standing.mark != proven.mark:
            raise Unauthenticated
        ensure_welcome(standing.login)
        refusal = second_factors.require(standing, code=code)
        return refusal or issue_session(user_id=proven.user_id, account_id=proven.account_id, lasting=lasting)

    return unit_of_work.run_even_if_refused(
        operation,
        scope=Scope.of(proven.account_id),
        actor=acting(proven.user_id, proven.account_id),
        request_id=request_id,
    )


def issue_session(*, user_id: UUID, account_id: UUID, lasting: bool) -> NewSession:
    """Create the session for a fully authenticated person; inside a unit of work."""
    now, secret = clock.now(), new_secret(KeyKind.SESSION)
    expires_at = now + (LASTING_LIFETIME if lasting else LIFETIME)
    AccessKey.objects.create(
        kind=KeyKind.SESSION.value,
        account_id=account_id,
        user_id=user_id,
        prefix=secret.prefix,
        secret_hash=secret.digest,
        created_at=now,
        expires_at=expires_at,
        proven_at=now,
    )
    record(EventType.USER_SIGNED_IN, account_id=account_id, subject_type="user", subject_id=user_id)
    language = Account.objects.filter(id=account_id).values_list("language", flat=True).first() or ""
    return NewSession(secret.plain, expires_at, language)
