"""From a file to lines in the queue: immediately for small files, by a worker for others, with the same result."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO
from uuid import UUID

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.banking.domain.csv_profile import CsvProfile
from igny8_core.business.banking.domain.errors import StatementRefused
from igny8_core.business.banking.domain.line_errors import ImportNotWaiting
from igny8_core.business.banking.domain.line_states import ImportStatus
from igny8_core.business.banking.domain.xml_prolog import HEAD_BYTES
from igny8_core.business.banking.formats import registry
from igny8_core.business.banking.models import BankAccount, StatementImport
from igny8_core.business.banking.services import import_status, storing
from igny8_core.business.banking.services.reading import ReadFile, read_file
from igny8_core.business.banking.services.receiving import (
    StatementFile,
    notify_worker,
    receive,
    store_file,
    stored_file,
)
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import Actor, EventType
from igny8_core.kit import clock
from igny8_core.kit.errors import AppError

AT_ONCE_BYTES = 512 * 1024
ZIP_MAGIC = b"PK"
"""Includes archives and XLSX: their content may be a hundred times as long."""


def import_file(given: StatementFile) -> tuple[StatementImport, bool]:
    """Import a file. A small file is read immediately, and nothing is stored if it is refused.

    Returns the import and whether it is new. Raises what `receive` and `read_file` raise.
    """
    _refuse_strangers(given.file)
    found, new = receive(given)
    if not new:
        return found, False
    if given.size_bytes > AT_ONCE_BYTES or _is_archive(given.file):
        store_file(found, given.file)
        notify_worker(found)
        return found, True
    with _reading(found, given.file) as read:
        _decide(found, read, given.file)
    return found, True


def take(given: StatementFile) -> tuple[StatementImport, bool]:
    """Store a file that the caller will read; returns its import and whether it is new.

    Raises what `receive` raises. If the caller dies, a worker continues.
    """
    found, new = receive(given)
    if new:
        store_file(found, given.file)
    return found, new


def read_stored(
    import_id: UUID, *, actor: Actor, on_progress: Callable[[int], None] = lambda lines_read: None
) -> StatementImport:
    """Read a stored file in a worker: reading happens outside any transaction, storing in a single one.

    It can be repeated until it succeeds: nothing is stored unless it was committed, and nothing is stored twice.
    """
    scope = Scope.operators()
    with tempfile.SpooledTemporaryFile(max_size=AT_ONCE_BYTES) as file:
        with unit_of_work.read(scope):
            found = StatementImport.objects.select_related("bank_account", "csv_profile").get(id=import_id)
            for content in stored_file(import_id):
                file.write(content)
        if found.status != ImportStatus.RECEIVED:
            return found

        def progress(lines_read: int) -> None:
            on_progress(lines_read)
            unit_of_work.run(lambda: _note_progress(import_id, lines_read), scope=scope, actor=actor)

        try:
            with unit_of_work.read(scope):
                accounts = list(BankAccount.objects.all())
            with _read(found, file, accounts, progress) as read:
                return unit_of_work.run(lambda: _finish(import_id, read), scope=scope, actor=actor)
        except AppError as error:
            refusal = error
        return unit_of_work.run(lambda: _refuse(import_id, refusal), scope=scope, actor=actor)


def confirm(import_id: UUID) -> StatementImport:
    """Import the readable lines of a file and mark the others. Raises `NotFound`, `ImportNotWaiting`."""
    found = import_status.lock_import(import_id)
    if found.status != ImportStatus.NEEDS_CONFIRMATION:
        raise ImportNotWaiting
    import_status.apply(found, to=ImportStatus.RECEIVED, confirmed_at=clock.now())
    notify_worker(found)
    return found


def discard(import_id: UUID) -> StatementImport:
    """Discard a file that is waiting for a confirmation. Raises `NotFound`, `ImportNotWaiting`."""
    found = import_status.lock_import(import_id)
    import_status.apply(found, to=ImportStatus.DISCARDED)
    import_status.record_import(EventType.STATEMENT_DISCARDED, found)
    return found


def _refuse_strangers(file: IO[bytes]) -> None:
    """Immediately refuse a file that no reader supports, whatever its length."""
    file.seek(0)
    if registry.recognise(file.read(HEAD_BYTES)) is None:
        raise StatementRefused


def _is_archive(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(2) == ZIP_MAGIC


@contextmanager
def _reading(found: StatementImport, file: IO[bytes]) -> Iterator[ReadFile]:
    with _read(found, file, list(BankAccount.objects.all()), lambda lines_read: None) as read:
        yield read


def _read(
    found: StatementImport, file: IO[bytes], accounts: list[BankAccount], progress: Callable[[int], None]
) -> ReadFile:
    profile = None if found.csv_profile is None else CsvProfile.from_json(found.csv_profile.definition)
    return read_file(file, bank_accounts=accounts, chosen=found.bank_account, profile=profile, on_progress=progress)


def _decide(found: StatementImport, read: ReadFile, file: IO[bytes] | None) -> None:
    """Store what was read; with unreadable lines, only after somebody has confirmed."""
    if read.lines_unreadable and found.confirmed_at is None:
        if file is not None:
            store_file(found, file)
        import_status.apply(
            found,
            to=ImportStatus.NEEDS_CONFIRMATION,
            format=read.format,
            lines_read=read.lines_read,
            lines_unreadable=read.lines_unreadable,
            unreadable_lines=read.unreadable,
        )
        return
    storing.store(found, read)


def _finish(import_id: UUID, read: ReadFile) -> StatementImport:
    found = import_status.lock_import(import_id)
    if found.status == ImportStatus.RECEIVED:
        _decide(found, read, None)
    return found


def _refuse(import_id: UUID, error: AppError) -> StatementImport:
    found = import_status.lock_import(import_id)
    if found.status == ImportStatus.RECEIVED:
        import_status.apply(found, to=ImportStatus.REFUSED, problem=error.message[:1000], problem_code=error.code)
        import_status.record_import(EventType.STATEMENT_REFUSED, found, code=error.code)
    return found


def _note_progress(import_id: UUID, lines_read: int) -> None:
    StatementImport.objects.filter(id=import_id, status=ImportStatus.RECEIVED.value).update(
        lines_read=lines_read, updated_at=clock.now()
    )
