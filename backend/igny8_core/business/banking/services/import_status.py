"""The only writer of an import's status. The caller holds the lock on the import."""

from typing import Any
from uuid import UUID

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.business.banking.domain.line_errors import ImportNotWaiting
from igny8_core.business.banking.domain.line_states import IMPORT_TRANSITIONS, ImportStatus
from igny8_core.business.banking.models import FileChunk, StatementImport
from igny8_core.events.catalogue import JSON, EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound
from igny8_core.kit.locks import conditional_update, lock_one

ENDS = frozenset({ImportStatus.DONE, ImportStatus.REFUSED, ImportStatus.DISCARDED})
KEEPS_FILE = frozenset({ImportStatus.RECEIVED, ImportStatus.NEEDS_CONFIRMATION})


def lock_import(import_id: UUID) -> StatementImport:
    """The import, locked. Raises `NotFound`."""
    found = lock_one(StatementImport.objects.filter(id=import_id))
    if found is None:
        raise NotFound
    return found


def apply(found: StatementImport, *, to: ImportStatus, **columns: Any) -> None:
    """Change the status of a locked import; its file is deleted once it is no longer needed. Raises
    `ImportNotWaiting`.
    """
    current = ImportStatus(found.status)
    if to not in IMPORT_TRANSITIONS[current]:
        raise ImportNotWaiting(f"An import that is {current.value} cannot become {to.value}.")
    changes = {**columns, "updated_at": clock.now()}
    if to in ENDS:
        changes["finished_at"] = clock.now()
    conditional_update(StatementImport.objects.filter(id=found.id, status=current.value), status=to.value, **changes)
    for name, value in {**changes, "status": to.value}.items():
        setattr(found, name, value)
    if to not in KEEPS_FILE:
        FileChunk.objects.filter(statement_import=found).delete()


def touch(import_id: UUID) -> None:
    """Record that the import is still running, so that no other worker takes it over."""
    StatementImport.objects.filter(id=import_id).update(updated_at=clock.now())


def record_import(fact: EventType, found: StatementImport, **data: JSON) -> None:
    """Record an event about an import in the platform's own chain."""
    record(
        fact,
        account_id=PLATFORM_ID,
        subject_type="statement",
        subject_id=found.id,
        data={
            "sha256": found.sha256,
            "size_bytes": found.size_bytes,
            **data,
        },
    )
