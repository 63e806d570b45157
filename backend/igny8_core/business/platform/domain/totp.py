"""Time-based one-time passwords as authenticator apps make them (RFC 6238, SHA-1, 30 s, 6 digits). Pure."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
DRIFT_STEPS = 1
RECOVERY_CODES = 8
RECOVERY_BYTES = 5


def new_secret() -> str:
    """160 random bits in base32, as apps read them (RFC 4226, section 4)."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def step_of(instant: datetime) -> int:
    """The number of the 30-second step that contains an instant."""
    return int(instant.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The six digits of a step (RFC 4226, section 5.3)."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, code: str, *, instant: datetime, after: int) -> int | None:
    """The step that this code belongs to: the current or an adjacent one, and newer than the last one used."""
    now = step_of(instant)
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        # Compared as bytes: text comparison only accepts ASCII, and people type digits of their own script.
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None


def app_uri(secret: str, *, email: str, issuer: str) -> str:
    """The content of the QR code that an app scans."""
    query = urlencode({"secret": secret, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{email}', safe='@')}?{query}"


def new_recovery_codes() -> list[str]:
    """Codes to print out: 40 random bits each, in two groups of four characters."""
    codes = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode("ascii") for _ in range(RECOVERY_CODES)]
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def recovery_hash(code: str) -> str:
    """The stored hash of a recovery code; spacing and case are ignored."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
