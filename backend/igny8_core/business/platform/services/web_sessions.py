"""Sessions of people in a browser: an access key of its own kind, carried by a cookie, revocable at once.

One look-up on each request finds person, account and role, and refuses who was suspended meanwhile.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from igny8_core.accounts.keys import KeyKind, new_secret
from igny8_core.accounts.models import AccessKey, Account
from igny8_core.business.platform.services import second_factors
from igny8_core.business.platform.services.sessions import acting, check_login, scope_of
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock

LIFETIME = timedelta(hours=12)
LASTING_LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Proven:
    """Somebody whose password was right; with a second factor that is half the way."""

    user_id: UUID
    account_id: UUID | None
    needs_code: bool


@dataclass(frozen=True, slots=True)
class NewSession:
    """What goes into the cookie, and the language the account has chosen, if it has."""

    secret: str = field(repr=False)
    expires_at: datetime
    language: str


def prove_password(*, email: str, password: str) -> Proven:
    """Check the password alone. Raises `InvalidCredentials`, `UserSuspended`, `AccountSuspended`."""
    login = check_login(email=email, password=password)
    with unit_of_work.read(scope_of(login.account_id)):
        needs_code = second_factors.has_second_factor(login.user_id)
    return Proven(login.user_id, login.account_id, needs_code)


def open_session(
    *, user_id: UUID, account_id: UUID | None, code: str, lasting: bool, request_id: UUID | None
) -> NewSession:
    """A session for somebody whose password was checked. Raises `InvalidCode` where a second factor is on."""

    def operation() -> NewSession:
        second_factors.require(user_id=user_id, account_id=account_id, code=code)
        return issue_session(user_id=user_id, account_id=account_id, lasting=lasting)

    return unit_of_work.run(
        operation, scope=scope_of(account_id), actor=acting(user_id, account_id), request_id=request_id
    )


def issue_session(*, user_id: UUID, account_id: UUID | None, lasting: bool) -> NewSession:
    """The session itself, for who has proven everything; inside a unit of work."""
    now, secret = clock.now(), new_secret(KeyKind.SESSION)
    expires_at = now + (LASTING_LIFETIME if lasting else LIFETIME)
    AccessKey.objects.create(
        kind=KeyKind.SESSION.value, account_id=account_id, user_id=user_id, prefix=secret.prefix,
        secret_hash=secret.digest, created_at=now, expires_at=expires_at,
    )  # fmt: skip
    record(EventType.USER_SIGNED_IN, account_id=account_id, subject_type="user", subject_id=user_id)
    language = Account.objects.values_list("language", flat=True).get(id=account_id) if account_id else ""
    return NewSession(secret.plain, expires_at, language)
