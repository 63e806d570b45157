"""A retried POST gets the first answer again and does nothing twice.

The key's row is inserted first, in the request's own transaction. A concurrent duplicate waits on the unique index and,
once the first has committed, reads the stored answer. `answering.py` says what runs in between, and how a refusal is
kept.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

from django.db import OperationalError, connection
from django.http import HttpResponse

from igny8_core.events import unit_of_work
from igny8_core.events.chain import canonical_json
from igny8_core.http import responses
from igny8_core.kit import clock
from igny8_core.kit.errors import IdempotencyKeyReused, RequestInProgress, ValidationError

HEADERS = ("Idempotency-Key", "X-Idempotency-Key")
MAX_KEY_LENGTH = 255
KEPT_DAYS = 7
NEVER_STORED = frozenset({401, 403, 413, 415, 429})
LOCK_NOT_AVAILABLE = "55P03"
PASSWORD_NAME = b'"password":'

CLAIM = """INSERT INTO http_idempotencyrecord (account_id, owner_id, method, path, key, fingerprint, created_at)
 VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id"""
ANSWERED = """SELECT id, fingerprint, status, body, subject_id, held_until FROM http_idempotencyrecord
 WHERE account_id = %(account_id)s AND owner_id = %(owner_id)s AND method = %(method)s AND path = %(path)s
 AND key = %(key)s"""
STORE = "UPDATE http_idempotencyrecord SET status = %s, body = %s WHERE id = %s"
HOLD = "UPDATE http_idempotencyrecord SET subject_id = %s, held_until = %s WHERE id = %s"
TAKE_OVER = "UPDATE http_idempotencyrecord SET held_until = %s WHERE id = %s AND held_until = %s"


@dataclass(frozen=True, slots=True)
class Claim:
    """The caller, request and key."""

    account_id: UUID
    owner_id: UUID
    method: str
    path: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """A key that is ours to answer; `subject_id` is what an earlier try has written that never came back."""

    record_id: int
    subject_id: UUID | None = None


def key_of(headers: dict[str, str]) -> str | None:
    """The idempotency key of a request, from either header; raises `ValidationError` for an invalid one."""
    given = {headers[name] for name in HEADERS if name in headers}
    if not given:
        return None
    (key, *others) = given
    if others or not 1 <= len(key) <= MAX_KEY_LENGTH or not _is_printable(key):
        sentence = f"Send one key of 1 to {MAX_KEY_LENGTH} printable ASCII characters."
        raise ValidationError(fields={"Idempotency-Key": [sentence]})
    return key


def _is_printable(key: str) -> bool:
    """Spaces only occur inside: HTTP strips them from a header's ends."""
    return key.isascii() and key.isprintable() and key == key.strip()


def fingerprint(method: str, path: str, document: object) -> bytes:
    """What identifies a request: method, path and the canonical body.

    A body with a password is hashed slowly: with a fast hash, somebody who can read the table could try passwords.
    """
    text = canonical_json({"m": method, "p": path, "b": document}).encode()
    if PASSWORD_NAME in text:
        return hashlib.scrypt(text, salt=path.encode(), n=2**14, r=8, p=1, dklen=32)
    return hashlib.sha256(text).digest()


def take(claim: Claim, *, until: datetime) -> HttpResponse | Taken:
    """Take the key for a first request, or for a retry of one that never came back; else its stored answer.

    Inside an open unit of work. Raises `RequestInProgress`, `IdempotencyKeyReused`.
    """
    record_id = _claim(claim)
    return _replay(claim, until=until) if record_id is None else Taken(record_id)


def store(taken: Taken, response: HttpResponse) -> None:
    """Keep the answer for every later request with this key."""
    with connection.cursor() as cursor:
        cursor.execute(STORE, [response.status_code, response.content, taken.record_id])


def hold(taken: Taken, *, subject_id: UUID, until: datetime) -> None:
    """Keep the key without an answer: the request is at work outside, on what `subject_id` names."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [subject_id, until, taken.record_id])


def release(taken: Taken) -> None:
    """Give the key back: the answer is not kept, and a retry begins anew."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [None, clock.now(), taken.record_id])


def _claim(claim: Claim) -> int | None:
    """Insert the key's row; None if the key is taken."""
    now = clock.now()
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                CLAIM,
                [claim.account_id, claim.owner_id, claim.method, claim.path, claim.key, claim.fingerprint, now],
            )
            row = cursor.fetchone()
    except OperationalError as error:
        if unit_of_work.sqlstate(error) == LOCK_NOT_AVAILABLE:
            raise RequestInProgress(retry_after_seconds=1) from error
        raise
    return None if row is None else row[0]


def _replay(claim: Claim, *, until: datetime) -> HttpResponse | Taken:
    with connection.cursor() as cursor:
        cursor.execute(
            ANSWERED,
            {
                "account_id": claim.account_id,
                "owner_id": claim.owner_id,
                "method": claim.method,
                "path": claim.path,
                "key": claim.key,
            },
        )
        row = cursor.fetchone()
    if row is None:
        raise RequestInProgress(retry_after_seconds=1)
    record_id, stored_fingerprint, status, body, subject_id, held_until = row
    if bytes(stored_fingerprint) != claim.fingerprint:
        raise IdempotencyKeyReused
    if status is None:
        return _taken_over(Taken(record_id, subject_id), held_until, until=until)
    response = responses.JsonAnswer(bytes(body), status=status)
    response["Idempotency-Replayed"] = "true"
    return response


def _taken_over(taken: Taken, held_until: datetime | None, *, until: datetime) -> Taken:
    """The key of a request that should have come back by now; one of several retries at once gets it."""
    left_seconds = 1 if held_until is None else ceil((held_until - clock.now()).total_seconds())
    if left_seconds > 0:
        raise RequestInProgress(retry_after_seconds=left_seconds)
    with connection.cursor() as cursor:
        cursor.execute(TAKE_OVER, [until, taken.record_id, held_until])
        if cursor.rowcount != 1:
            raise RequestInProgress(retry_after_seconds=1)
    return taken
