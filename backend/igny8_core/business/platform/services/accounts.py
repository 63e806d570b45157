"""Operators' operations on whole accounts. Every function runs inside a unit of work."""

from dataclasses import asdict, dataclass
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


@dataclass(frozen=True, slots=True)
class FirstOwner:
    """The person invited to own a new account."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A new tenant, and the person invited to own it; an empty `language` means the country's."""

    code: str
    name: str
    country: str
    billing_currency: str
    time_zone: str
    language: str = ""
    address: str = ""
    tax_id: str = ""
    owner: FirstOwner | None = None


@dataclass(frozen=True, slots=True)
class AccountChange:
    """Changes to an account; None leaves a value as it is."""

    name: str | None = None
    time_zone: str | None = None
    language: str | None = None
    address: str | None = None
    tax_id: str | None = None
    status: str | None = None


def provision_account(new: NewAccount) -> tuple[Account, Invitation | None]:
    """Create a tenant, and invite its first owner if given. Raises `AlreadyTaken`, `ValidationError`."""
    hold()
    account = create_account(
        code=new.code,
        name=new.name,
        country=new.country,
        billing_currency=new.billing_currency,
        time_zone=new.time_zone,
        profile=Profile(language=new.language, address=new.address, tax_id=new.tax_id),
    )
    owner = new.owner
    if owner is None:
        return account, None
    try:
        role = AccountRole.OWNER.value
        return account, invite(account_id=account.id, email=owner.email, role=role, name=owner.name)
    except ValidationError as error:
        fields = {f"owner.{field}": sentences for field, sentences in error.fields.items()}
        raise ValidationError(error.message, fields=fields) from error


def change_account(*, account_id: UUID, change: AccountChange) -> Account:
    """Change name, time zone, language, address, tax number or status. Raises `NotFound`."""
    hold()
    account = lock_one(Account.objects.filter(id=account_id))
    if account is None:
        raise NotFound
    given = {name: value for name, value in asdict(change).items() if value is not None and name != "status"}
    fields = {name: value for name, value in given.items() if value != getattr(account, name)}
    if fields:
        conditional_update(Account.objects.filter(id=account.id), updated_at=clock.now(), **fields)
        record(
            EventType.ACCOUNT_UPDATED,
            account_id=account.id,
            subject_type="account",
            subject_id=account.id,
            data={"fields": [*sorted(fields)]},
        )
    if change.status not in (None, account.status):
        suspend_account(account, suspended=change.status == Status.SUSPENDED)
    return Account.objects.get(id=account.id)
