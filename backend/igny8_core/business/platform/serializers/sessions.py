"""The input of the sign-in routes."""

from dataclasses import dataclass, field

from igny8_core.business.platform.serializers.people import PasswordField
from igny8_core.http.fields import StrictCharField, StrictSerializer, VerbatimField


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person's credentials; no code if two-step sign-in is off."""

    email: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)


class LoginSerializer(StrictSerializer[SignIn]):
    """A person's credentials; `code` if two-step sign-in is on."""

    into = SignIn

    email = StrictCharField(max_length=254)
    password = VerbatimField(max_length=200, trim_whitespace=False)
    code = StrictCharField(max_length=20, required=False)


@dataclass(frozen=True, slots=True)
class GivenPassword:
    """Your own password, given again."""

    password: str = field(repr=False)


class ReauthenticateSerializer(StrictSerializer[GivenPassword]):
    """Your own password."""

    into = GivenPassword

    password = StrictCharField(max_length=200, trim_whitespace=False)


@dataclass(frozen=True, slots=True)
class NewPassword:
    """Your own password, and the new one."""

    current: str = field(repr=False)
    new: str = field(repr=False)


class NewPasswordSerializer(StrictSerializer[NewPassword]):
    """Your own password, and the new one."""

    into = NewPassword

    current = StrictCharField(max_length=200, trim_whitespace=False)
    new = PasswordField()


@dataclass(frozen=True, slots=True)
class GivenToken:
    """A refresh token."""

    refresh_token: str = field(repr=False)


class RefreshSerializer(StrictSerializer[GivenToken]):
    """A refresh token to exchange for a new pair."""

    into = GivenToken

    refresh_token = VerbatimField(max_length=200)
