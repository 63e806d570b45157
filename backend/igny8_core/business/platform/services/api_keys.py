"""API keys: issued once, shown once, revoked at once. Every function runs inside a unit of work."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from igny8_core.accounts.models import AccessKey, Account
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.platform.selectors.people import find_api_keys, find_users
from igny8_core.business.platform.services import provisioning
from igny8_core.business.platform.services.provisioning import IssuedKey
from igny8_core.business.platform.services.standing import hold, hold_proven
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound, ValidationError


def issue_for_account(*, account_id: UUID, role: AccountRole, name: str, expires_at: datetime | None) -> IssuedKey:
    """A key that acts for the account with a role of its own. Raises `NotFound`, `ValidationError`."""
    _check_expiry(expires_at)
    hold_proven()
    account = Account.objects.filter(id=account_id).first()
    if account is None:
        raise NotFound
    return provisioning.issue_account_key(account=account, role=role, name=name, expires_at=expires_at)


def issue_for_operator(*, user_id: UUID, name: str, expires_at: datetime | None) -> IssuedKey:
    """A key that acts as the operator; an account's people have none. Raises `NotFound`, `ValidationError`."""
    _check_expiry(expires_at)
    hold_proven(people=Q(id=user_id))
    operator = find_users(kind="operator").filter(id=user_id).first()
    if operator is None:
        raise NotFound
    return provisioning.issue_operator_key(operator=operator, name=name, expires_at=expires_at)


def revoke_api_key(*, key_id: UUID, account_id: UUID | None = None) -> AccessKey:
    """Refuse the key from now on; again is no error. `account_id` limits it to one account. Raises `NotFound`."""
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
