"""Encrypts and authenticates what the database must not be able to read or forge, with keys that can be rotated.

Secrets that have to be read again (bank details) are sealed: Fernet (AES-128-CBC with HMAC-SHA256) from the
cryptography library. The first key seals and every key opens: put a new key first, and keep old ones until nothing
sealed with them is left. Data that is not secret but must be ours (how far the books were verified) carries a stamp: an
HMAC-SHA256 with a key derived from the sealing keys.
"""

import hashlib
import hmac
import json
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from igny8_core.kit.on_demand import OnDemand

if TYPE_CHECKING:
    from cryptography import fernet
else:
    fernet = OnDemand("cryptography.fernet")


class Unreadable(RuntimeError):
    """None of this deployment's keys opens it."""


def seal(document: dict[str, str]) -> str:
    """Encrypt a small document."""
    return _keys().encrypt(json.dumps(document, sort_keys=True).encode()).decode("ascii")


def unseal(sealed: str) -> dict[str, str]:
    """Decrypt a document; raises `Unreadable`."""
    try:
        opened = _keys().decrypt(sealed.encode("ascii"))
    except fernet.InvalidToken as error:
        raise Unreadable("sealed with a key that is not among IGNY8_SEALING_KEYS") from error
    return dict(json.loads(opened))


@cache
def _keys() -> "fernet.MultiFernet":
    return fernet.MultiFernet([fernet.Fernet(key) for key in settings.ENV.sealing_keys])


def stamp(text: str) -> str:
    """A stamp that nobody can create for another text without our key: the key's name and the HMAC."""
    name, key = next(iter(_stamp_keys().items()))
    return f"{name}:{_mac(key, text)}"


def has_our_stamp(text: str, stamped: str) -> bool:
    """Whether we created the stamp for exactly this text; raises `Unreadable` if its key is unknown."""
    name, _, given = stamped.partition(":")
    key = _stamp_keys().get(name)
    if key is None:
        raise Unreadable("stamped with a key that is not among IGNY8_SEALING_KEYS")
    return hmac.compare_digest(_mac(key, text), given)


def _mac(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()


@cache
def _stamp_keys() -> dict[str, bytes]:
    """The keys by name, in the order of the sealing keys; a name is half of the key's own hash."""
    keys = [hashlib.sha256(f"stamp {key}".encode()).digest() for key in settings.ENV.sealing_keys]
    return {hashlib.sha256(key).hexdigest()[:32]: key for key in keys}
