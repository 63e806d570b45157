"""Where a payer's browser may come back to from a gateway. Pure."""

import re
from collections.abc import Container
from urllib.parse import urlsplit

from igny8_core.kit.errors import ValidationError

LONGEST = 500
# RFC 3986 without braces and backslashes, which browsers and servers read in different ways.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\-:\[\]]{1,255}(?:[/?][A-Za-z0-9\-._~:/?@!$&'()*+,;=%]*)?\Z")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def ensure_return_address(text: str, *, hosts: Container[str], field: str) -> None:
    """Refuse an address that is not on one of our hosts (`example.com`, with a port where it has one).

    It is https, except on this machine itself. Raises `ValidationError`, which names the field.
    """
    if len(text) > LONGEST or _ADDRESS.match(text) is None:
        raise ValidationError(fields={field: ["Send an address such as https://example.com/paid."]})
    parts = urlsplit(text)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise ValidationError(fields={field: ["The address must begin with https://."]})
    if parts.netloc.lower() not in hosts:
        raise ValidationError(fields={field: ["This host is not one that payers may be sent back to."]})
