"""The input about accounts, people and keys."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.validators import RegexValidator
from rest_framework import serializers

from igny8_core.accounts.models import Status
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.services.accounts import AccountChange, FirstOwner, NewAccount
from igny8_core.business.platform.services.passwords import MAX_LENGTH, MIN_LENGTH, refuse_common_password
from igny8_core.business.platform.services.people import PersonChange
from igny8_core.business.platform.services.provisioning import MAX_EMAIL, refuse_long_email
from igny8_core.http.fields import (
    CountryField,
    CurrencyField,
    EnumField,
    ParagraphsField,
    StrictCharField,
    StrictDateTimeField,
    StrictSerializer,
    StrictUUIDField,
    TimeZoneField,
    VerbatimField,
)
from igny8_core.kit.errors import ValidationError
from igny8_core.kit.locales import LANGUAGES

STATUSES = [*map(str, Status.values)]
ACCOUNT_ROLES = [*map(str, AccountRole)]
EVERY_ROLE = [*dict.fromkeys([*ACCOUNT_ROLES, *map(str, OperatorRole)])]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerOnServer(FirstOwner):
    """The first owner of a new account, who can sign in immediately."""

    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AccountOnServer(NewAccount):
    """A new account, created with the server's command line."""

    owner: OwnerOnServer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorOnServer(OwnerOnServer):
    """An operator, created with the server's command line."""

    role: OperatorRole


@dataclass(frozen=True, slots=True)
class NewTeamKey:
    """An API key that an account requests for itself."""

    role: AccountRole
    name: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A requested API key: for an account with a role, or for an operator, whose role it has."""

    name: str
    account_id: UUID | None = None
    role: AccountRole | None = None
    user_id: UUID | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountQuery:
    """Filters of the list of accounts."""

    status: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class UserQuery:
    """Filters of the list of people."""

    account_id: UUID | None = None
    role: str | None = None
    status: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class KeyQuery:
    """Filters of the list of API keys."""

    account_id: UUID | None = None
    user_id: UUID | None = None


def as_validator(refuse: Callable[[str], None], field: str) -> Callable[[str], None]:
    """A service's rule as a field validator."""

    def validate(text: str) -> None:
        try:
            refuse(text)
        except ValidationError as error:
            raise serializers.ValidationError([*error.fields[field]]) from error

    return validate


class EmailAddressField(StrictCharField, serializers.EmailField):
    """An e-mail address."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_EMAIL, validators=[as_validator(refuse_long_email, "email")], **options)


class PasswordField(VerbatimField):
    """A new password, including its spaces."""

    def __init__(self, **options: Any) -> None:
        rules = [as_validator(refuse_common_password, "password")]
        super().__init__(
            trim_whitespace=False,
            write_only=True,
            min_length=MIN_LENGTH,
            max_length=MAX_LENGTH,
            validators=rules,
            **options,
        )


class _OwnerFields[Checked](StrictSerializer[Checked]):
    email = EmailAddressField()
    name = StrictCharField(max_length=200, required=False, allow_blank=True, default="")


class OwnerSerializer(_OwnerFields[FirstOwner]):
    """The first owner of a new account, who is invited."""

    into = FirstOwner


class _OnServerFields[Checked](_OwnerFields[Checked]):
    password = PasswordField()


class OwnerOnServerSerializer(_OnServerFields[OwnerOnServer]):
    """The same with a password, for the server's command line."""

    into = OwnerOnServer


class _ProfileFields[Checked](StrictSerializer[Checked]):
    """An account as its invoices and letters describe it; an empty `language` means the country's."""

    language = serializers.ChoiceField(choices=sorted(LANGUAGES), required=False, allow_blank=True)
    address = ParagraphsField(max_length=300, required=False, allow_blank=True, help_text="Lines, without name.")
    tax_id = StrictCharField(max_length=32, required=False, allow_blank=True)


class _NewAccountFields[Checked](_ProfileFields[Checked]):
    code = StrictCharField(
        max_length=8, validators=[RegexValidator(r"\A[A-Z0-9]{3,8}\Z", "Use 3 to 8 capital letters and digits.")]
    )
    name = StrictCharField(max_length=200)
    country = CountryField()
    billing_currency = CurrencyField()
    time_zone = TimeZoneField(required=False, default="UTC")


class NewAccountSerializer(_NewAccountFields[NewAccount]):
    """A new tenant."""

    into = NewAccount
    owner = OwnerSerializer(required=False, allow_null=True, default=None)


class AccountOnServerSerializer(_NewAccountFields[AccountOnServer]):
    """The same for the server's command line."""

    into = AccountOnServer
    owner = OwnerOnServerSerializer(required=False, allow_null=True, default=None)


class AccountChangeSerializer(_ProfileFields[AccountChange]):
    """The fields of an account that can change."""

    into = AccountChange
    name = StrictCharField(max_length=200, required=False)
    time_zone = TimeZoneField(required=False)
    status = serializers.ChoiceField(choices=STATUSES, required=False)


class AccountFilterSerializer(StrictSerializer[AccountQuery]):
    """The query of the list of accounts."""

    into = AccountQuery
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    country = CountryField(required=False)


class OperatorOnServerSerializer(_OnServerFields[OperatorOnServer]):
    """An operator with a password, for the server's command line."""

    into = OperatorOnServer
    role = EnumField(OperatorRole)


class TeamMemberChangeSerializer(StrictSerializer[PersonChange]):
    """The fields of a person that an owner can change."""

    into = PersonChange
    role = serializers.ChoiceField(choices=ACCOUNT_ROLES, required=False)
    name = StrictCharField(max_length=200, required=False, allow_blank=True)
    status = serializers.ChoiceField(choices=STATUSES, required=False)


class UserChangeSerializer(TeamMemberChangeSerializer):
    """The fields of a person that an operator can change."""

    role = serializers.ChoiceField(choices=EVERY_ROLE, required=False)


class TeamFilterSerializer(StrictSerializer[UserQuery]):
    """The query of the list of the account's people."""

    into = UserQuery
    role = serializers.ChoiceField(choices=ACCOUNT_ROLES, required=False)
    status = serializers.ChoiceField(choices=STATUSES, required=False)


class UserFilterSerializer(StrictSerializer[UserQuery]):
    """The query of the list of all people; `kind` selects operators or accounts' users."""

    into = UserQuery
    account_id = StrictUUIDField(required=False)
    role = serializers.ChoiceField(choices=EVERY_ROLE, required=False)
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    kind = serializers.ChoiceField(choices=["account", "operator"], required=False)


class TeamKeySerializer(StrictSerializer[NewTeamKey]):
    """A new API key of the caller's account."""

    into = NewTeamKey
    role = EnumField(AccountRole)
    name = StrictCharField(max_length=100)
    expires_at = StrictDateTimeField(required=False, allow_null=True, default=None)


class NewKeySerializer(StrictSerializer[NewKey]):
    """A new API key: for an account with a role, or for an operator, whose role it has."""

    into = NewKey
    account_id = StrictUUIDField(required=False)
    role = EnumField(AccountRole, required=False)
    user_id = StrictUUIDField(required=False)
    name = StrictCharField(max_length=100)
    expires_at = StrictDateTimeField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Either an account and a role, or an operator."""
        if ("account_id" in attrs) == ("user_id" in attrs):
            raise serializers.ValidationError({"account_id": ["Send account_id and role, or an operator's user_id."]})
        if ("role" in attrs) != ("account_id" in attrs):
            sentence = (
                "This field is required." if "account_id" in attrs else "An operator's key has its operator's role."
            )
            raise serializers.ValidationError({"role": [sentence]})
        return attrs


class KeyFilterSerializer(StrictSerializer[KeyQuery]):
    """The query of the list of all API keys."""

    into = KeyQuery
    account_id = StrictUUIDField(required=False)
    user_id = StrictUUIDField(required=False)
