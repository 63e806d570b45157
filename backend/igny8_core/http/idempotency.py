"""A retried POST gets the first answer again and does nothing twice.

The key's row is inserted first, in the request's own transaction. A concurrent duplicate waits on the unique index and,
once the first has committed, reads the stored answer. The operation runs in a savepoint, so that a refusal is stored as
an answer although its writes are rolled back.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import OperationalError, connection
from django.http import HttpResponse

from igny8_core.events import unit_of_work
from igny8_core.events.chain import canonical_json
from igny8_core.http import responses
from igny8_core.http.errors import from_exception
from igny8_core.kit import clock
from igny8_core.kit.errors import IdempotencyKeyReused, Internal, RequestInProgress, ValidationError

HEADERS = ("Idempotency-Key", "X-Idempotency-Key")
MAX_KEY_LENGTH = 255
KEPT_DAYS = 7
NEVER_STORED = frozenset({401, 403, 413, 415, 429})
LOCK_NOT_AVAILABLE = "55P03"
PASSWORD_NAME = b'"password":'

CLAIM = """INSERT INTO http_idempotencyrecord (account_id, owner_id, method, path, key, fingerprint, created_at)
 VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id"""
ANSWERED = """SELECT fingerprint, status, body FROM http_idempotencyrecord
 WHERE account_id = %(account_id)s AND owner_id = %(owner_id)s AND method = %(method)s AND path = %(path)s
 AND key = %(key)s"""
STORE = "UPDATE http_idempotencyrecord SET status = %s, body = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Claim:
    """The caller, request and key."""

    account_id: UUID
    owner_id: UUID
    method: str
    path: str
    key: str
    fingerprint: bytes


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


def execute(claim: Claim, operation: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer from the store, or run the operation and store its answer; inside an open unit of work."""
    record_id = _claim(claim)
    if record_id is None:
        return _replay(claim)
    try:
        with unit_of_work.savepoint():
            response = operation()
    except Exception as exception:
        error = from_exception(exception)
        if error is None or isinstance(error, Internal):
            raise
        response = responses.failure(error)
        if response.status_code in NEVER_STORED or response.status_code >= 500:
            raise
    with connection.cursor() as cursor:
        cursor.execute(STORE, [response.status_code, response.content, record_id])
    return response


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


def _replay(claim: Claim) -> HttpResponse:
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
    if row is None or row[1] is None:
        raise RequestInProgress(retry_after_seconds=1)
    stored_fingerprint, status, body = row
    if bytes(stored_fingerprint) != claim.fingerprint:
        raise IdempotencyKeyReused
    response = responses.JsonAnswer(bytes(body), status=status)
    response["Idempotency-Replayed"] = "true"
    return response
