"""Secrets that have to be read again (bank details): encrypted at rest, with keys that can be rotated.

Fernet (AES-128-CBC with HMAC-SHA256) by the cryptography library. The first key seals, every key opens: put a new one
first, keep the old ones until nothing sealed with them is left.
"""

import json
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(RuntimeError):
    """No key of this deployment opens it."""


def seal(document: dict[str, str]) -> str:
    """Encrypt a small document."""
    return _keys().encrypt(json.dumps(document, sort_keys=True).encode()).decode("ascii")


def unseal(sealed: str) -> dict[str, str]:
    """Decrypt it again; raises `Unreadable`."""
    try:
        opened = _keys().decrypt(sealed.encode("ascii"))
    except InvalidToken as error:
        raise Unreadable("sealed with a key that is not among IGNY8_SEALING_KEYS") from error
    return dict(json.loads(opened))


@cache
def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENV.sealing_keys])
