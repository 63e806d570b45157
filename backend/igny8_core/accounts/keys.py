"""Secrets of access keys: how they are created, displayed and stored. Pure: no Django."""

import hashlib
import secrets
from dataclasses import dataclass, field
from enum import StrEnum

SECRET_BYTES = 32
SHOWN_CHARACTERS = 12


class KeyKind(StrEnum):
    """What a secret may be used for."""

    API_KEY = "api_key"
    ACCESS_TOKEN = "access_token"
    REFRESH_TOKEN = "refresh_token"
    SESSION = "session"


PREFIXES = {
    KeyKind.API_KEY: "igk_",
    KeyKind.ACCESS_TOKEN: "igt_",
    KeyKind.REFRESH_TOKEN: "igr_",
    KeyKind.SESSION: "igs_",
}
BEARER_KINDS = frozenset({KeyKind.API_KEY, KeyKind.ACCESS_TOKEN})
"""What an Authorization header accepts: refresh tokens work on one route only, and sessions travel in a cookie."""
SIGN_IN_KINDS = (KeyKind.ACCESS_TOKEN.value, KeyKind.REFRESH_TOKEN.value, KeyKind.SESSION.value)
"""The kinds that a sign-in issues, and that end when the password changes."""


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A newly created secret: `plain` is shown once and never stored."""

    plain: str = field(repr=False)
    digest: bytes = field(repr=False)
    prefix: str


def new_secret(kind: KeyKind) -> NewSecret:
    """A secret of 256 random bits; its first characters stay visible so that people can tell keys apart."""
    plain = PREFIXES[kind] + secrets.token_urlsafe(SECRET_BYTES)
    return NewSecret(plain=plain, digest=digest(plain), prefix=plain[:SHOWN_CHARACTERS])


INVITATION_PREFIX = "igi_"


def new_invitation_token() -> str:
    """The 256-bit secret of an invitation link: only its `digest` is stored, and the secret itself is only mailed."""
    return INVITATION_PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest(plain: str) -> bytes:
    """The SHA-256 digest, which is what is stored and looked up.

    A slow hash would add nothing: the secret is random and too long to guess. The look-up uses an index on the digest,
    so no comparison leaks the stored value byte by byte.
    """
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()
