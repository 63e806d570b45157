"""The chaining of events: canonical text and hash. Pure: no Django.

Version 1: hash(n) = SHA-256(hash(n-1) || n as 8 big-endian bytes || canonical JSON of event n), starting from 32
zero bytes. Canonical JSON has sorted keys, no spaces, ASCII only, no floats, and times as text. The database computes
the hash in the statement that inserts the row; the verifier computes it again here.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from igny8_core.events.catalogue import JSON

HASH_VERSION = 1
GENESIS = bytes(32)


def timestamp(instant: datetime) -> str:
    """RFC 3339 in UTC with exactly six decimals, so that the format does not depend on the value."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def canonical(
    *,
    event_id: UUID | str,
    account_id: UUID | str,
    type: str,
    subject_type: str,
    subject_id: UUID | str,
    actor_kind: str,
    actor_id: UUID | str | None,
    request_id: UUID | str | None,
    occurred_at: datetime,
    data: Mapping[str, JSON],
) -> str:
    """The text of an event that its hash covers: every stored column except those of the chain itself.

    Ids may be given as text, which is how the verifier reads them, by the million.
    """
    document = {
        "id": str(event_id),
        "account_id": str(account_id),
        "type": type,
        "subject_type": subject_type,
        "subject_id": str(subject_id),
        "actor_kind": actor_kind,
        "actor_id": actor_id and str(actor_id),
        "request_id": request_id and str(request_id),
        "occurred_at": timestamp(occurred_at),
        "data": data,
    }
    return canonical_json(document)


def canonical_json(document: Mapping[str, object]) -> str:
    """Sorted keys, no spaces, ASCII only: exactly one text per value."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def link(*, previous: bytes, sequence: int, text: str) -> bytes:
    """The hash of an event from the one before it."""
    return hashlib.sha256(previous + sequence.to_bytes(8, "big") + text.encode("ascii")).digest()
