"""Look-ups before the tenant is known: the only functions that see past row-level security.

Each calls a SECURITY DEFINER function; `authenticate` runs on every request and is one prepared statement.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from igny8_core.accounts.keys import KeyKind, digest
from igny8_core.accounts.models import Account
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.principals import Principal
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.kit.errors import AccountSuspended, AppError, UserSuspended

AUTHENTICATE = """SELECT key_id, kind, user_id, family_id, role, refusal, stale, account_id, code, name, country,
 billing_currency, time_zone, account_status, account_created_at, account_updated_at
 FROM accounts_authenticate(%s)"""


ACCOUNT_COLUMNS = (
    "id",
    "code",
    "name",
    "country",
    "billing_currency",
    "time_zone",
    "status",
    "created_at",
    "updated_at",
)

REFUSALS: dict[str, type[AppError]] = {"account_suspended": AccountSuspended, "user_suspended": UserSuspended}
"""The refusals that the holder of a genuine credential is told; all others are not disclosed."""


@dataclass(frozen=True, slots=True)
class Presented:
    """What the database knows about a presented secret.

    `refusal` is empty for a valid credential, otherwise `expired`, `revoked`, `rotated`, `user_suspended` or
    `account_suspended`.
    """

    principal: Principal
    refusal: str
    stale: bool


@dataclass(frozen=True, slots=True)
class Login:
    """What a password is checked against."""

    user_id: UUID
    password: str = field(repr=False)
    refusal: str
    account_id: UUID


@dataclass(frozen=True, slots=True)
class PasskeyHolder:
    """The person that a passkey belongs to."""

    user_id: UUID
    account_id: UUID


@dataclass(frozen=True, slots=True)
class Invited:
    """What a mailed link invites its reader to; `outcome` is empty while the invitation is open."""

    invitation_id: UUID
    account_id: UUID
    account_name: str
    account_status: str
    email: str
    name: str
    role: str
    outcome: str
    expires_at: datetime

    @property
    def as_operator(self) -> bool:
        """Whether it invites an operator."""
        return self.account_id == PLATFORM_ID


def look_up_secret(plain: str) -> Presented | None:
    """The credential with this secret, or None."""
    with connection.cursor() as cursor:
        cursor.execute(AUTHENTICATE, [digest(plain)])
        row = cursor.fetchone()
    if row is None:
        return None
    key_id, kind, user_id, family_id, role, refusal, stale, account_id, *rest = row
    account = None if account_id == PLATFORM_ID else _account(account_id, *rest)
    principal = Principal(
        kind=KeyKind(kind),
        key_id=key_id,
        role=OperatorRole(role) if account is None else AccountRole(role),
        account=account,
        user_id=user_id,
        family_id=family_id,
    )
    return Presented(principal=principal, refusal=refusal, stale=stale)


def _account(*values: object) -> Account:
    """The columns that a request needs; others are loaded on access."""
    return Account.from_db(None, ACCOUNT_COLUMNS, values)


def touch_key(key_id: UUID) -> None:
    """Record that a key was used; the database skips this if it was recorded in the last five minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_touch_key(%s)", [key_id])


def look_up_login(email_normalised: str) -> Login | None:
    """The user with this e-mail address, with the stored password hash."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, password, refusal, account_id FROM accounts_find_login(%s)", [email_normalised])
        row = cursor.fetchone()
    return None if row is None else Login(*row)


def look_up_passkey(credential_id: bytes) -> PasskeyHolder | None:
    """The person that a passkey belongs to; the public key is read later with that person's own rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, account_id FROM accounts_find_passkey(%s)", [credential_id])
        row = cursor.fetchone()
    return None if row is None else PasskeyHolder(*row)


def look_up_invitation(token: str) -> Invited | None:
    """The invitation that a mailed link's secret belongs to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, account_id, account_name, account_status, email, name, role, outcome, expires_at"
            " FROM accounts_find_invitation(%s)",
            [digest(token)],
        )
        row = cursor.fetchone()
    return None if row is None else Invited(*row)
