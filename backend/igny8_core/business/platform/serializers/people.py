"""Shapes of accounts, people and keys: requests, and answers for the API document."""

from collections.abc import Callable
from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from igny8_core.accounts.models import Status
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.services.passwords import MAX_LENGTH, MIN_LENGTH, refuse_common_password
from igny8_core.business.platform.services.provisioning import MAX_EMAIL, refuse_long_email
from igny8_core.http.fields import (
    CountryField,
    CurrencyField,
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


def as_validator(refuse: Callable[[str], None], field: str) -> Callable[[str], None]:
    """A service's rule as that of a field."""

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
    """A new password, spaces and all."""

    def __init__(self, **options: Any) -> None:
        rules = [as_validator(refuse_common_password, "password")]
        limits: dict[str, Any] = {"min_length": MIN_LENGTH, "max_length": MAX_LENGTH, "validators": rules}
        super().__init__(trim_whitespace=False, write_only=True, **limits, **options)


class OwnerSerializer(StrictSerializer[Any]):
    """The first owner of a new account, who is invited."""

    email = EmailAddressField()
    name = StrictCharField(max_length=200, required=False, allow_blank=True, default="")


class OwnerOnServerSerializer(OwnerSerializer):
    """The same as the server's own command line makes one, with a password."""

    password = PasswordField()


class ProfileSerializer(StrictSerializer[Any]):
    """What an account's invoices and letters say of it; `language` empty means the country's."""

    language = serializers.ChoiceField(choices=sorted(LANGUAGES), required=False, allow_blank=True)
    address = ParagraphsField(max_length=300, required=False, allow_blank=True, help_text="Lines, without name.")
    tax_id = StrictCharField(max_length=32, required=False, allow_blank=True)


class NewAccountSerializer(ProfileSerializer):
    """A new tenant."""

    code = StrictCharField(
        max_length=8, validators=[RegexValidator(r"\A[A-Z0-9]{3,8}\Z", "This is 3 to 8 capital letters and digits.")]
    )
    name = StrictCharField(max_length=200)
    country = CountryField()
    billing_currency = CurrencyField()
    time_zone = TimeZoneField(required=False, default="UTC")
    owner = OwnerSerializer(required=False, allow_null=True, default=None)


class AccountOnServerSerializer(NewAccountSerializer):
    """The same from the server's own command line."""

    owner = OwnerOnServerSerializer(required=False, allow_null=True, default=None)


class AccountChangeSerializer(ProfileSerializer):
    """What may change of an account."""

    name = StrictCharField(max_length=200, required=False)
    time_zone = TimeZoneField(required=False)
    status = serializers.ChoiceField(choices=STATUSES, required=False)


class AccountFilterSerializer(StrictSerializer[Any]):
    """The query of the list of accounts."""

    status = serializers.ChoiceField(choices=STATUSES, required=False)
    country = CountryField(required=False)


class OperatorOnServerSerializer(OwnerOnServerSerializer):
    """An operator as the server's own command line makes one, with a password."""

    role = serializers.ChoiceField(choices=[*map(str, OperatorRole)])


class TeamMemberChangeSerializer(StrictSerializer[Any]):
    """What an owner may change of a person."""

    role = serializers.ChoiceField(choices=ACCOUNT_ROLES, required=False)
    name = StrictCharField(max_length=200, required=False, allow_blank=True)
    status = serializers.ChoiceField(choices=STATUSES, required=False)


class UserChangeSerializer(TeamMemberChangeSerializer):
    """What an operator may change of a person."""

    role = serializers.ChoiceField(choices=EVERY_ROLE, required=False)


class TeamFilterSerializer(StrictSerializer[Any]):
    """The query of the list of the account's people."""

    role = serializers.ChoiceField(choices=ACCOUNT_ROLES, required=False)
    status = serializers.ChoiceField(choices=STATUSES, required=False)


class UserFilterSerializer(StrictSerializer[Any]):
    """The query of the list of all people; `kind` tells operators from the users of accounts."""

    account_id = StrictUUIDField(required=False)
    role = serializers.ChoiceField(choices=EVERY_ROLE, required=False)
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    kind = serializers.ChoiceField(choices=["account", "operator"], required=False)


class TeamKeySerializer(StrictSerializer[Any]):
    """A new API key of the caller's account."""

    role = serializers.ChoiceField(choices=ACCOUNT_ROLES)
    name = StrictCharField(max_length=100)
    expires_at = StrictDateTimeField(required=False, allow_null=True, default=None)


class NewKeySerializer(StrictSerializer[Any]):
    """A new API key: of an account with a role, or of an operator, whose role it has."""

    account_id = StrictUUIDField(required=False)
    role = serializers.ChoiceField(choices=ACCOUNT_ROLES, required=False)
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


class KeyFilterSerializer(StrictSerializer[Any]):
    """The query of the list of all API keys."""

    account_id = StrictUUIDField(required=False)
    user_id = StrictUUIDField(required=False)


class UserSerializer(serializers.Serializer[Any]):
    """A person as answered."""

    id = serializers.UUIDField()
    account_id = serializers.UUIDField(allow_null=True)
    email = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(choices=EVERY_ROLE)
    status = serializers.ChoiceField(choices=STATUSES)
    created_at = serializers.DateTimeField()


class KeySerializer(serializers.Serializer[Any]):
    """An API key as answered, without its secret."""

    id = serializers.UUIDField()
    account_id = serializers.UUIDField(allow_null=True)
    user_id = serializers.UUIDField(allow_null=True)
    role = serializers.ChoiceField(choices=EVERY_ROLE)
    name = serializers.CharField()
    prefix = serializers.CharField()
    status = serializers.ChoiceField(choices=["active", "expired", "revoked"])
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)


class IssuedKeySerializer(KeySerializer):
    """A new API key; this answer alone shows the secret."""

    secret = serializers.CharField()
