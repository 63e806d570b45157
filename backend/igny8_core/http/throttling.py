"""How often a credential and an address may call.

Writes and sign-ins are counted in one UNLOGGED table shared by all processes, with one upsert outside the request's
transaction. Reads are counted per process: with N processes a caller may read up to N times the limit.
"""

import hashlib
import threading
import time
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.db import connection

from igny8_core.http.rates import Rate
from igny8_core.kit.errors import Throttled

MAX_SUBJECTS_IN_PROCESS = 50_000

HIT = """INSERT INTO http_throttlecounter (subject, "window", hits) VALUES (%s, %s, 1)
 ON CONFLICT (subject) DO UPDATE SET
 hits = CASE WHEN http_throttlecounter."window" = excluded."window" THEN http_throttlecounter.hits + 1 ELSE 1 END,
 "window" = excluded."window" RETURNING hits"""


_reads: dict[str, tuple[int, int]] = {}
_reads_lock = threading.Lock()


def throttle(kind: str, subject: str) -> None:
    """Count a write or a sign-in of the subject; raises `Throttled` above the limit."""
    rate: Rate = settings.THROTTLES[kind]
    if not settings.THROTTLE_ON:
        return
    window = _window(rate)
    with connection.cursor() as cursor:
        cursor.execute(HIT, [f"{kind}:{_short(subject)}", window])
        row = cursor.fetchone()
    assert row is not None
    _refuse_past(rate, row[0])


def throttle_password(email: str, address: str) -> None:
    """Count an attempt to sign in with an e-mail address from a network address, before the password is checked.

    Somebody who guesses from one network can only lock the address's owner out of that network. The limit for all
    networks together is many times higher and stops a guesser who uses many. Raises `Throttled`.
    """
    throttle("login_email", f"{email} {network_of(address)}")
    throttle("login_email_anywhere", email)


def network_of(address: str) -> str:
    """The network of one subscriber: an IPv4 address, or the first 64 bits of an IPv6 address (RFC 6177)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Network((parsed, 64), strict=False))
    return str(parsed)


def throttle_in_process(kind: str, subject: str) -> None:
    """Count a read of the subject in this process; raises `Throttled` above the limit."""
    rate: Rate = settings.THROTTLES[kind]
    if not settings.THROTTLE_ON:
        return
    window, key = _window(rate), f"{kind}:{subject}"
    with _reads_lock:
        if len(_reads) > MAX_SUBJECTS_IN_PROCESS:
            _reads.clear()
        seen, hits = _reads.get(key, (window, 0))
        hits = hits + 1 if seen == window else 1
        _reads[key] = (window, hits)
    _refuse_past(rate, hits)


def _window(rate: Rate) -> int:
    return int(time.time()) // rate.seconds


def _refuse_past(rate: Rate, hits: int) -> None:
    if hits > rate.hits:
        raise Throttled(retry_after_seconds=rate.seconds - int(time.time()) % rate.seconds)


def _short(subject: str) -> str:
    return hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:40]
