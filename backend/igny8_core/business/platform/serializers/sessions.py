"""What the routes of sign-ins take."""

from dataclasses import dataclass, field

from igny8_core.business.platform.serializers.people import PasswordField
from igny8_core.http.fields import StrictCharField, StrictSerializer, VerbatimField


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a person signs in with; no code where two-step sign-in is off."""

    email: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)


class LoginSerializer(StrictSerializer[SignIn]):
    """What a person signs in with; `code` where two-step sign-in is on."""

    into = SignIn

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


@dataclass(frozen=True, slots=True)
class GivenToken:
    """A refresh token."""

    refresh_token: str = field(repr=False)


class RefreshSerializer(StrictSerializer[GivenToken]):
    """A refresh token to change for a new pair."""

    into = GivenToken

    refresh_token = VerbatimField(max_length=200)
