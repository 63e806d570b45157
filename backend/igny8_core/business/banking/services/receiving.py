"""Receives a statement file: each file is accepted once and kept in the database until it is imported."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from django.db import IntegrityError, transaction

from igny8_core.business.banking.domain.line_states import LIVE_IMPORTS, ImportStatus
from igny8_core.business.banking.models import BankAccount, FileChunk, SavedCsvProfile, StatementImport
from igny8_core.business.banking.services import import_status
from igny8_core.events.catalogue import EventType
from igny8_core.kit import clock
from igny8_core.kit.errors import ValidationError
from igny8_core.kit.texts import bare

MAX_FILE_BYTES = 100 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StatementFile:
    """An uploaded file; `bank_account_id` and `csv_profile_id` are hints for files that do not contain
    this themselves.
    """

    name: str
    size_bytes: int
    sha256: str
    file: IO[bytes]
    bank_account_id: UUID | None = None
    csv_profile_id: UUID | None = None
    uploaded_by_id: UUID | None = None


def receive(given: StatementFile) -> tuple[StatementImport, bool]:
    """Store a file; returns its import and whether it is new. The same file again returns the existing import.

    Raises `ValidationError` for hints that do not exist.
    """
    _check_hints(given)
    earlier = _live(given.sha256)
    if earlier is not None:
        return earlier, False
    now = clock.now()
    try:
        with transaction.atomic():
            found = StatementImport.objects.create(
                file_name=bare(given.name)[:255],
                size_bytes=given.size_bytes,
                sha256=given.sha256,
                status=ImportStatus.RECEIVED.value,
                bank_account_id=given.bank_account_id,
                csv_profile_id=given.csv_profile_id,
                uploaded_by_id=given.uploaded_by_id,
                created_at=now,
                updated_at=now,
            )
    except IntegrityError:
        # Somebody else uploaded the same file at the same moment and has committed.
        earlier = _live(given.sha256)
        assert earlier is not None, "the unique index has seen a live import of this file"
        return earlier, False
    return found, True


def store_file(found: StatementImport, file: IO[bytes]) -> None:
    """Store the file's bytes for a worker, or until it is confirmed, and notify the worker."""
    file.seek(0)
    for position, content in enumerate(_pieces(file)):
        FileChunk.objects.create(statement_import=found, position=position, content=content)


def notify_worker(found: StatementImport) -> None:
    """Have a worker read the stored file."""
    import_status.record_import(EventType.STATEMENT_RECEIVED, found)


def stored_file(import_id: UUID) -> Iterator[bytes]:
    """The bytes of a stored file, chunk by chunk."""
    for position in range(-(-MAX_FILE_BYTES // CHUNK_BYTES)):
        chunk = FileChunk.objects.filter(statement_import_id=import_id, position=position).first()
        if chunk is None:
            return
        yield bytes(chunk.content)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while content := file.read(CHUNK_BYTES):
        yield content


def _live(sha256: str) -> StatementImport | None:
    return StatementImport.objects.filter(sha256=sha256, status__in=sorted(map(str, LIVE_IMPORTS))).first()


def _check_hints(given: StatementFile) -> None:
    faults: dict[str, list[str]] = {}
    if given.bank_account_id and not BankAccount.objects.filter(id=given.bank_account_id).exists():
        faults["bank_account"] = ["There is no such bank account."]
    if given.csv_profile_id and not SavedCsvProfile.objects.filter(id=given.csv_profile_id).exists():
        faults["csv_profile"] = ["There is no such profile."]
    if faults:
        raise ValidationError(fields=faults)
