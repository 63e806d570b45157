"""Our own bank accounts and the profiles of their files: maintained by finance, recorded in the
platform's event chain.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.business.banking.domain.bank_accounts import normalise_number
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.business.banking.domain.line_errors import BankAccountInUse
from igny8_core.business.banking.models import BankAccount, SavedCsvProfile, Statement, StatementImport
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import AlreadyTaken, NotFound, ValidationError
from igny8_core.kit.iban import has_form_of_iban, is_iban
from igny8_core.kit.locks import conditional_update, lock_one


@dataclass(frozen=True, slots=True)
class NewBankAccount:
    """One of our accounts, as finance enters it."""

    name: str
    number: str
    currency: str
    payment_method: PaymentMethod = PaymentMethod.BANK_TRANSFER


@dataclass(frozen=True, slots=True)
class BankAccountChange:
    """Changes to one of our accounts; None leaves a value as it is."""

    name: str | None = None
    payment_method: PaymentMethod | None = None


@dataclass(frozen=True, slots=True)
class NewProfile:
    """How one bank's tables are read, as finance defines it."""

    name: str
    definition: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """Changes to a profile; None leaves a value as it is."""

    name: str | None = None
    definition: Mapping[str, Any] | None = None


def create_bank_account(account: NewBankAccount) -> BankAccount:
    """Set up one of our accounts. Raises `ValidationError`, `AlreadyTaken`."""
    now = clock.now()
    values = {**asdict(account), "number": _number(account.number)}
    created: BankAccount = _unique(
        lambda: BankAccount.objects.create(created_at=now, updated_at=now, **values),
        field="number",
        sentence="A bank account with this number and currency already exists.",
    )
    _record(EventType.BANK_ACCOUNT_CREATED, "bank_account", created.id)
    return created


def change_bank_account(*, account_id: UUID, change: BankAccountChange) -> BankAccount:
    """Change the name or the payment method. Number and currency identify its statements and cannot change.

    Raises `NotFound`.
    """
    account = lock_one(BankAccount.objects.filter(id=account_id))
    if account is None:
        raise NotFound
    changed = {name: value for name, value in asdict(change).items() if value is not None}
    conditional_update(BankAccount.objects.filter(id=account.id), updated_at=clock.now(), **changed)
    _record(EventType.BANK_ACCOUNT_UPDATED, "bank_account", account.id, fields=[*sorted(changed)])
    return BankAccount.objects.get(id=account.id)


def remove_bank_account(*, account_id: UUID) -> None:
    """Delete an account that never had a statement. Raises `NotFound`, `BankAccountInUse`."""
    account = lock_one(BankAccount.objects.filter(id=account_id))
    if account is None:
        raise NotFound
    used = Statement.objects.filter(bank_account=account), StatementImport.objects.filter(bank_account=account)
    if any(rows.exists() for rows in used):
        raise BankAccountInUse
    BankAccount.objects.filter(id=account.id).delete()
    _record(EventType.BANK_ACCOUNT_REMOVED, "bank_account", account.id)


def create_profile(profile: NewProfile) -> SavedCsvProfile:
    """Save how a bank's tables are read. Raises `ValidationError`, `AlreadyTaken`."""
    now, checked = clock.now(), checked_profile(profile.definition)
    saved: SavedCsvProfile = _unique(
        lambda: SavedCsvProfile.objects.create(
            name=profile.name, definition=checked.to_json(), created_at=now, updated_at=now
        ),
        field="name",
        sentence="A profile with this name already exists.",
    )
    _record(EventType.CSV_PROFILE_SAVED, "csv_profile", saved.id)
    return saved


def change_profile(*, profile_id: UUID, change: ProfileChange) -> SavedCsvProfile:
    """Change a profile; a definition is replaced as a whole. Raises `NotFound`, `ValidationError`, `AlreadyTaken`."""
    profile = lock_one(SavedCsvProfile.objects.filter(id=profile_id))
    if profile is None:
        raise NotFound
    changed: dict[str, object] = {} if change.name is None else {"name": change.name}
    if change.definition is not None:
        changed["definition"] = checked_profile(change.definition).to_json()
    _unique(
        lambda: conditional_update(SavedCsvProfile.objects.filter(id=profile.id), updated_at=clock.now(), **changed),
        field="name",
        sentence="A profile with this name already exists.",
    )
    _record(EventType.CSV_PROFILE_SAVED, "csv_profile", profile.id)
    return SavedCsvProfile.objects.get(id=profile.id)


def remove_profile(*, profile_id: UUID) -> None:
    """Delete a profile; imports made with it are kept. Raises `NotFound`."""
    profile = lock_one(SavedCsvProfile.objects.filter(id=profile_id))
    if profile is None:
        raise NotFound
    SavedCsvProfile.objects.filter(id=profile.id).delete()
    _record(EventType.CSV_PROFILE_REMOVED, "csv_profile", profile.id)


def checked_profile(definition: Mapping[str, Any]) -> CsvProfile:
    """Parse a definition; raises `ValidationError` for `definition.…` fields."""
    try:
        return CsvProfile.from_json(definition)
    except ValidationError as error:
        fields = {f"definition.{name}": sentences for name, sentences in error.fields.items()}
        raise ValidationError(fields=fields or {"definition": [error.message]}) from error
    except TypeError as error:
        raise ValidationError(fields={"definition": ["This is not a valid profile."]}) from error


def _number(text: str) -> str:
    number = normalise_number(text)
    if not 4 <= len(number) <= 40:
        raise ValidationError(fields={"number": ["Send an IBAN or an account number."]})
    if has_form_of_iban(number) and not is_iban(number):
        raise ValidationError(fields={"number": ["This IBAN's country, length or check digits are wrong."]})
    return number


def _unique(write: Callable[[], Any], *, field: str, sentence: str) -> Any:
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        raise AlreadyTaken(fields={field: [sentence]}) from error


def _record(fact: EventType, subject_type: str, subject_id: UUID, **data: Any) -> None:
    record(fact, account_id=PLATFORM_ID, subject_type=subject_type, subject_id=subject_id, data=data)
