"""Creates and suspends accounts, users and keys. Every function runs inside a unit of work."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from igny8_core.accounts.keys import KeyKind, new_secret
from igny8_core.accounts.models import AccessKey, Account, User, normalise_email
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.domain.errors import SecondAdminRequired
from igny8_core.business.platform.domain.second_admin import RoleChange
from igny8_core.business.platform.services import second_admin
from igny8_core.events.catalogue import EventType
from igny8_core.events.chain import GENESIS
from igny8_core.events.models import ChainHead
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import AlreadyTaken, ValidationError
from igny8_core.kit.ids import uuid7

MAX_EMAIL = 254


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new API key; `secret` is only shown here."""

    key: AccessKey
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A new user: an operator if the account is the platform's. Without a password, the stored hash is unusable."""

    id: UUID
    account_id: UUID
    email: str
    role: str
    name: str
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Profile:
    """An account as its invoices and letters describe it."""

    language: str = ""
    address: str = ""
    tax_id: str = ""


def create_account(
    *, code: str, name: str, country: str, billing_currency: str, time_zone: str, profile: Profile | None = None
) -> Account:
    """Provision a tenant with the head of its event chain; raises `AlreadyTaken` for a used code."""
    now = clock.now()
    try:
        with transaction.atomic():
            account = Account.objects.create(
                code=code,
                name=name,
                country=country,
                billing_currency=billing_currency,
                time_zone=time_zone,
                created_at=now,
                updated_at=now,
                **asdict(profile or Profile()),
            )
    except IntegrityError as error:
        raise AlreadyTaken(fields={"code": ["Another account already has this code."]}) from error
    ChainHead.objects.create(id=uuid7(), account=account, prev_hash=GENESIS, hash=GENESIS)
    _record(EventType.ACCOUNT_CREATED, account.id, "account", account.id)
    return account


def create_user(*, account: Account, email: str, password: str, role: AccountRole, name: str = "") -> User:
    """Create a user of the account; raises `AlreadyTaken` for a used address."""
    person = NewPerson(uuid7(), account.id, email, role.value, name, make_password(password))
    return create_person(person)


def create_operator(*, email: str, password: str, role: OperatorRole, name: str = "") -> User:
    """Create an operator with the server's command line.

    Raises `AlreadyTaken` for a used address, `SecondAdminRequired` if an operator requests more than the lowest role.
    """
    person = NewPerson(uuid7(), PLATFORM_ID, email, role.value, name, make_password(password))
    change = RoleChange.of_new(person.id, person.role)
    if change.loosens and not second_admin.ask(change).outcome:
        raise SecondAdminRequired
    return create_person(person)


def refuse_long_email(email: str) -> None:
    """Case folding may lengthen an address, and the folded form must fit too. Raises `ValidationError`."""
    if len(normalise_email(email)) > MAX_EMAIL:
        raise ValidationError(fields={"email": ["This address is too long."]})


def create_person(person: NewPerson) -> User:
    """Create a user; raises `AlreadyTaken` for a used address, `ValidationError` for one that is too long."""
    refuse_long_email(person.email)
    try:
        with transaction.atomic():
            user = User.objects.create(
                id=person.id,
                account_id=person.account_id,
                email=person.email.strip(),
                email_normalised=normalise_email(person.email),
                name=person.name,
                role=person.role,
                password=person.password_hash,
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise AlreadyTaken(fields={"email": ["Another user already has this address."]}) from error
    _record(EventType.USER_CREATED, user.account_id, "user", user.id, role=person.role)
    return user


def issue_account_key(
    *, account: Account, role: AccountRole, name: str, expires_at: datetime | None = None
) -> IssuedKey:
    """Issue an API key of an account with a role of its own."""
    secret = new_secret(KeyKind.API_KEY)
    kept = (secret.prefix, secret.digest)
    key = _keep_key(kept, account_id=account.id, role=role.value, name=name, expires_at=expires_at)
    return IssuedKey(key, secret.plain)


def issue_operator_key(*, operator: User, name: str, expires_at: datetime | None = None) -> IssuedKey:
    """Issue an API key of an operator; it always has the operator's current role."""
    secret = new_secret(KeyKind.API_KEY)
    kept = (secret.prefix, secret.digest)
    key = create_operator_key(key_id=uuid7(), operator=operator, name=name, secret=kept, expires_at=expires_at)
    return IssuedKey(key, secret.plain)


def create_operator_key(
    *, key_id: UUID, operator: User, name: str, secret: tuple[str, bytes], expires_at: datetime | None
) -> AccessKey:
    """Create the operator's key with this prefix and digest."""
    return _keep_key(secret, id=key_id, account_id=operator.account_id, user=operator, name=name, expires_at=expires_at)


def _keep_key(secret: tuple[str, bytes], **columns: Any) -> AccessKey:
    prefix, secret_hash = secret
    key = AccessKey.objects.create(
        kind=KeyKind.API_KEY.value, prefix=prefix, secret_hash=secret_hash, created_at=clock.now(), **columns
    )
    _record(EventType.API_KEY_ISSUED, key.account_id, "api_key", key.id, prefix=prefix)
    return key


def revoke_key(key: AccessKey) -> None:
    """Revoke the key; revoking it again changes nothing."""
    changed = AccessKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=clock.now())
    if changed:
        _record(EventType.API_KEY_REVOKED, key.account_id, "api_key", key.id, prefix=key.prefix)


def suspend_account(account: Account, *, suspended: bool) -> None:
    """Suspend or resume the account with all its credentials."""
    status = "suspended" if suspended else "active"
    others = Account.objects.filter(id=account.id).exclude(status=status)
    if Account.objects.filter(id__in=others).update(status=status, updated_at=clock.now()):
        fact = EventType.ACCOUNT_SUSPENDED if suspended else EventType.ACCOUNT_RESUMED
        _record(fact, account.id, "account", account.id)


def suspend_user(user: User, *, suspended: bool) -> None:
    """Suspend or resume the user with all their credentials."""
    status = "suspended" if suspended else "active"
    if User.objects.filter(id=user.id).exclude(status=status).update(status=status):
        fact = EventType.USER_SUSPENDED if suspended else EventType.USER_RESUMED
        _record(fact, user.account_id, "user", user.id)


def _record(fact: EventType, account_id: UUID, subject: str, subject_id: UUID, **data: str) -> None:
    record(fact, account_id=account_id, subject_type=subject, subject_id=subject_id, data=dict(data))
