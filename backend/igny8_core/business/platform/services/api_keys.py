"""API keys: issued once, shown once, revoked immediately. Every function runs inside a unit of work."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from igny8_core.accounts.keys import KeyKind, new_secret
from igny8_core.accounts.models import AccessKey, Account
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.platform.domain.second_admin import KeyChange
from igny8_core.business.platform.models import PendingChange
from igny8_core.business.platform.selectors.people import find_api_keys, find_users
from igny8_core.business.platform.services import provisioning, second_admin
from igny8_core.business.platform.services.provisioning import IssuedKey
from igny8_core.business.platform.services.standing import hold, hold_proven
from igny8_core.events import unit_of_work
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound, ValidationError
from igny8_core.kit.ids import uuid7


def issue_for_account(*, account_id: UUID, role: AccountRole, name: str, expires_at: datetime | None) -> IssuedKey:
    """Issue a key that acts for the account with a role of its own. Raises `NotFound`, `ValidationError`."""
    _check_expiry(expires_at)
    hold_proven()
    account = Account.objects.filter(id=account_id).first()
    if account is None:
        raise NotFound
    return provisioning.issue_account_key(account=account, role=role, name=name, expires_at=expires_at)


@dataclass(frozen=True, slots=True)
class AskedKey:
    """A key that is not valid before a second admin has confirmed it; `secret` is only shown here."""

    request: PendingChange
    key_id: UUID
    secret: str = field(repr=False)


def issue_for_operator(*, user_id: UUID, name: str, expires_at: datetime | None) -> IssuedKey | AskedKey:
    """Issue a key that acts as the operator; users of accounts cannot have one. Raises `NotFound`, `ValidationError`.

    A key that an admin creates for somebody else waits for a second admin: whoever holds it acts as that operator.
    """
    _check_expiry(expires_at)
    hold_proven(people=Q(id=user_id))
    operator = find_users(kind="operator").filter(id=user_id).first()
    if operator is None:
        raise NotFound
    if unit_of_work.current().actor.id == operator.id:
        return provisioning.issue_operator_key(operator=operator, name=name, expires_at=expires_at)
    secret = new_secret(KeyKind.API_KEY)
    change = KeyChange(uuid7(), operator.id, name, secret.prefix, secret.digest.hex(), expires_at)
    asked = second_admin.ask(change)
    if not asked.outcome:
        return AskedKey(asked, change.key_id, secret.plain)
    return IssuedKey(make_confirmed(change), secret.plain)


def make_confirmed(change: KeyChange) -> AccessKey:
    """Activate a key that a second admin has confirmed."""
    operator = find_users(kind="operator").get(id=change.user_id)
    secret = (change.prefix, bytes.fromhex(change.secret_hash))
    return provisioning.create_operator_key(
        key_id=change.key_id, operator=operator, name=change.name, secret=secret, expires_at=change.expires_at
    )


def revoke_api_key(*, key_id: UUID, account_id: UUID | None = None) -> AccessKey:
    """Revoke the key; revoking it again is no error. `account_id` limits it to one account. Raises `NotFound`."""
    keys = find_api_keys(account_id=account_id).filter(id=key_id)
    key = keys.first()
    if key is None:
        raise NotFound
    hold(people=Q(id=key.user_id), keys=Q(id=key.id))
    provisioning.revoke_key(key)
    return keys.get()


def _check_expiry(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= clock.now():
        raise ValidationError(fields={"expires_at": ["This is in the past."]})
