"""Shapes of the sign-in routes."""

from dataclasses import dataclass, field
from typing import Any

from rest_framework import serializers

from igny8_core.accounts.principals import Principal
from igny8_core.business.platform.serializers.people import PasswordField
from igny8_core.business.platform.services.sessions import Tokens
from igny8_core.http.fields import StrictCharField, StrictSerializer, VerbatimField


class LoginSerializer(StrictSerializer[Any]):
    """What a person signs in with; `code` where two-step sign-in is on."""

    email = StrictCharField(max_length=254)
    password = VerbatimField(max_length=200, trim_whitespace=False)
    code = StrictCharField(max_length=20, required=False)


@dataclass(frozen=True, slots=True)
class GivenPassword:
    """One's own password, given again."""

    password: str = field(repr=False)


class ReauthenticateSerializer(StrictSerializer[GivenPassword]):
    """One's own password."""

    into = GivenPassword

    password = StrictCharField(max_length=200, trim_whitespace=False)


@dataclass(frozen=True, slots=True)
class NewPassword:
    """One's own password, and the one that takes its place."""

    current: str = field(repr=False)
    new: str = field(repr=False)


class NewPasswordSerializer(StrictSerializer[NewPassword]):
    """One's own password, and the one that takes its place."""

    into = NewPassword

    current = StrictCharField(max_length=200, trim_whitespace=False)
    new = PasswordField()


class RefreshSerializer(StrictSerializer[Any]):
    """A refresh token to change for a new pair."""

    refresh_token = VerbatimField(max_length=200)


class TokensSerializer(serializers.Serializer[Any]):
    """A pair of tokens, shown once."""

    token_type = serializers.CharField()
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    access_expires_at = serializers.DateTimeField()
    refresh_expires_at = serializers.DateTimeField()


class MeAccountSerializer(serializers.Serializer[Any]):
    """The caller's account."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    country = serializers.CharField()
    billing_currency = serializers.CharField()
    time_zone = serializers.CharField()


class MeSerializer(serializers.Serializer[Any]):
    """Who the credential says the caller is."""

    credential = serializers.CharField()
    role = serializers.CharField()
    is_operator = serializers.BooleanField()
    user_id = serializers.UUIDField(allow_null=True)
    account = MeAccountSerializer(allow_null=True)


def tokens_document(tokens: Tokens) -> dict[str, object]:
    """The answer that carries a new pair."""
    return {
        "token_type": "Bearer",
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "access_expires_at": tokens.access_expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
    }


def me_document(principal: Principal) -> dict[str, object]:
    """The caller, as the credential tells it."""
    account = principal.account
    names = ("id", "code", "name", "country", "billing_currency", "time_zone")
    return {
        "credential": principal.kind.value,
        "role": principal.role.value,
        "is_operator": principal.is_operator,
        "user_id": principal.user_id,
        "account": account and {name: getattr(account, name) for name in names},
    }
