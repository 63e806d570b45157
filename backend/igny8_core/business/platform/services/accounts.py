"""What operators do to accounts as a whole. Every function runs inside a unit of work."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from igny8_core.accounts.models import Account, Invitation, Status
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.platform.services.invitations import invite
from igny8_core.business.platform.services.provisioning import Profile, create_account, suspend_account
from igny8_core.business.platform.services.standing import hold
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound, ValidationError
from igny8_core.kit.locks import conditional_update, lock_one

CHANGEABLE = ("name", "time_zone", "language", "address", "tax_id")


@dataclass(frozen=True, slots=True)
class FirstOwner:
    """Who is invited to own a new account."""

    email: str
    name: str = ""


def provision_account(
    *,
    code: str,
    name: str,
    country: str,
    billing_currency: str,
    time_zone: str,
    owner: FirstOwner | None,
    profile: Profile | None = None,
) -> tuple[Account, Invitation | None]:
    """A new tenant, with its first owner invited if one is named. Raises `AlreadyTaken`, `ValidationError`."""
    hold()
    account = create_account(
        code=code, name=name, country=country, billing_currency=billing_currency, time_zone=time_zone, profile=profile
    )
    if owner is None:
        return account, None
    try:
        role = AccountRole.OWNER.value
        return account, invite(account_id=account.id, email=owner.email, role=role, name=owner.name)
    except ValidationError as error:
        fields = {f"owner.{field}": sentences for field, sentences in error.fields.items()}
        raise ValidationError(error.message, fields=fields) from error


def change_account(*, account_id: UUID, changes: dict[str, Any]) -> Account:
    """Change name, time zone, language, address, tax number or status. Raises `NotFound`."""
    hold()
    account = lock_one(Account.objects.filter(id=account_id))
    if account is None:
        raise NotFound
    named = {name: changes[name] for name in CHANGEABLE if name in changes}
    fields = {name: value for name, value in named.items() if value != getattr(account, name)}
    if fields:
        conditional_update(Account.objects.filter(id=account.id), updated_at=clock.now(), **fields)
        record(
            EventType.ACCOUNT_UPDATED,
            account_id=account.id,
            subject_type="account",
            subject_id=account.id,
            data={"fields": [*sorted(fields)]},
        )
    status = changes.get("status", account.status)
    if status != account.status:
        suspend_account(account, suspended=status == Status.SUSPENDED)
    return Account.objects.get(id=account.id)
