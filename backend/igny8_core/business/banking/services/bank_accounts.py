"""Our own bank accounts and the profiles of their table files: set up by finance, recorded in the platform's chain."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from igny8_core.business.banking.domain.bank_accounts import normalise_number
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.business.banking.domain.line_errors import BankAccountInUse
from igny8_core.business.banking.models import BankAccount, SavedCsvProfile, Statement, StatementImport
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import AlreadyTaken, NotFound, ValidationError
from igny8_core.kit.iban import has_form_of_iban, is_iban
from igny8_core.kit.locks import conditional_update, lock_one


def create_bank_account(*, name: str, number: str, currency: str, payment_method: str) -> BankAccount:
    """Set up an account of ours. Raises `ValidationError`, `AlreadyTaken`."""
    now = clock.now()
    values = {"name": name, "number": _number(number), "currency": currency, "payment_method": payment_method}
    account: BankAccount = _unique(
        lambda: BankAccount.objects.create(created_at=now, updated_at=now, **values),
        field="number", sentence="There is an account with this number and currency.",
    )  # fmt: skip
    _record(EventType.BANK_ACCOUNT_CREATED, "bank_account", account.id)
    return account


def change_bank_account(*, account_id: UUID, changes: dict[str, str]) -> BankAccount:
    """Change the name or the payment method; number and currency are what its statements were of.

    Raises `NotFound`.
    """
    account = lock_one(BankAccount.objects.filter(id=account_id))
    if account is None:
        raise NotFound
    conditional_update(BankAccount.objects.filter(id=account.id), updated_at=clock.now(), **changes)
    _record(EventType.BANK_ACCOUNT_UPDATED, "bank_account", account.id, fields=[*sorted(changes)])
    return BankAccount.objects.get(id=account.id)


def remove_bank_account(*, account_id: UUID) -> None:
    """Remove an account that never had a statement. Raises `NotFound`, `BankAccountInUse`."""
    account = lock_one(BankAccount.objects.filter(id=account_id))
    if account is None:
        raise NotFound
    used = Statement.objects.filter(bank_account=account), StatementImport.objects.filter(bank_account=account)
    if any(rows.exists() for rows in used):
        raise BankAccountInUse
    BankAccount.objects.filter(id=account.id).delete()
    _record(EventType.BANK_ACCOUNT_REMOVED, "bank_account", account.id)


def create_profile(*, name: str, definition: dict[str, Any]) -> SavedCsvProfile:
    """Save how a bank's tables are read. Raises `ValidationError`, `AlreadyTaken`."""
    now, checked = clock.now(), checked_profile(definition)
    profile: SavedCsvProfile = _unique(
        lambda: SavedCsvProfile.objects.create(
            name=name, definition=checked.to_json(), created_at=now, updated_at=now
        ),
        field="name", sentence="There is a profile of this name.",
    )  # fmt: skip
    _record(EventType.CSV_PROFILE_SAVED, "csv_profile", profile.id)
    return profile


def change_profile(*, profile_id: UUID, changes: dict[str, Any]) -> SavedCsvProfile:
    """Change a profile; its definition is replaced as a whole. Raises `NotFound`, `ValidationError`, `AlreadyTaken`."""
    profile = lock_one(SavedCsvProfile.objects.filter(id=profile_id))
    if profile is None:
        raise NotFound
    if "definition" in changes:
        changes = {**changes, "definition": checked_profile(changes["definition"]).to_json()}
    _unique(
        lambda: conditional_update(
            SavedCsvProfile.objects.filter(id=profile.id), updated_at=clock.now(), **changes
        ),
        field="name", sentence="There is a profile of this name.",
    )  # fmt: skip
    _record(EventType.CSV_PROFILE_SAVED, "csv_profile", profile.id)
    return SavedCsvProfile.objects.get(id=profile.id)


def remove_profile(*, profile_id: UUID) -> None:
    """Remove a profile; what was imported with it stays. Raises `NotFound`."""
    profile = lock_one(SavedCsvProfile.objects.filter(id=profile_id))
    if profile is None:
        raise NotFound
    SavedCsvProfile.objects.filter(id=profile.id).delete()
    _record(EventType.CSV_PROFILE_REMOVED, "csv_profile", profile.id)


def checked_profile(definition: dict[str, Any]) -> CsvProfile:
    """A definition as a profile; raises `ValidationError` with `definition.…` fields."""
    try:
        return CsvProfile.from_json(definition)
    except ValidationError as error:
        fields = {f"definition.{name}": sentences for name, sentences in error.fields.items()}
        raise ValidationError(fields=fields or {"definition": [error.message]}) from error
    except TypeError as error:
        raise ValidationError(fields={"definition": ["This is no profile."]}) from error


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
    record(fact, account_id=None, subject_type=subject_type, subject_id=subject_id, data=data)
