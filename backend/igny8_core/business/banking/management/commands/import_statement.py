"""Imports statements from the command line, with the same result as uploading them in the console or
through the API.
"""

import hashlib
import sys
from io import BufferedReader
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.banking.answers import ImportAnswer
from igny8_core.business.banking.domain.bank_accounts import normalise_number
from igny8_core.business.banking.domain.line_states import ImportStatus
from igny8_core.business.banking.models import BankAccount, SavedCsvProfile, StatementImport
from igny8_core.business.banking.services import auto_match, importing
from igny8_core.business.banking.services.receiving import MAX_FILE_BYTES, StatementFile
from igny8_core.events import unit_of_work
from igny8_core.kit.errors import AppError

WIDTH = 30


class Told(NamedTuple):
    """Messages of the command about its files."""

    bank_account: str | None
    csv_profile: str | None
    confirm: bool


class Command(BaseCommand):
    help = "Imports bank statements and books what is certain. The same file again imports nothing."

    def add_arguments(self, parser: Any) -> None:
        """The files, and details that the files may not contain themselves."""
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--bank-account", help="number of the account the files are of")
        parser.add_argument("--csv-profile", help="name of the profile for CSV and XLSX")
        parser.add_argument("--confirm", action="store_true", help="leave out lines that cannot be read")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import each file separately; a refused file does not stop the others."""
        refused, told = 0, Told(*(options[name] for name in Told._fields))
        for path in options["files"]:
            try:
                self._import(path, told)
            except (AppError, CommandError, OSError) as error:
                refused += 1
                self.stderr.write(f"{path}: {getattr(error, 'message', error)}")
        if refused:
            raise CommandError(f"{refused} of {len(options['files'])} files were not imported.")

    def _import(self, path: Path, told: Told) -> None:
        with path.open("rb") as file:
            given = _given(path, file, told)
            found, new = _run(lambda: importing.take(given))
        if new:
            importing.read_stored(found.id, actor=auto_match.BANK, on_progress=self._reading(path))
        elif found.status != ImportStatus.NEEDS_CONFIRMATION:
            self.stdout.write(f"{path}: imported before.")
        self._finish_import(path, found.id, told)

    def _finish_import(self, path: Path, import_id: UUID, told: Told) -> None:
        found = self._found(import_id)
        if found.status == ImportStatus.NEEDS_CONFIRMATION and told.confirm:
            _run(lambda: importing.confirm(import_id))
            importing.read_stored(import_id, actor=auto_match.BANK)
            found = self._found(import_id)
        if found.status == ImportStatus.MATCHING:
            auto_match.match_import(import_id, on_progress=self._matching(path, found.progress.lines_imported))
            found = self._found(import_id)
        self._tell(path, found)

    def _tell(self, path: Path, found: ImportAnswer) -> None:
        self._clear()
        if found.status == ImportStatus.REFUSED:
            raise CommandError(found.problem)
        if found.status == ImportStatus.NEEDS_CONFIRMATION:
            for line in found.unreadable_lines:
                self.stderr.write(f"{path}: {line.problem}")
            raise CommandError("nothing was imported. Use --confirm to leave these lines out.")
        names = ("lines_read", "lines_duplicate", "matched", "proposed", "unmatched", "left")
        counts = ", ".join(f"{getattr(found.progress, name)} {name.removeprefix('lines_')}" for name in names)
        self.stdout.write(f"{path}: {counts}.")
        for statement in found.statements:
            if statement.lines_not_booked:
                pending = f"{statement.lines_not_booked} entries are not booked yet and were left out"
                self.stdout.write(f"{path}: {statement.identification}: {pending}.")
            if statement.balances_agree is False:
                self.stderr.write(f"{path}: {statement.identification}: the balances do not agree.")

    def _reading(self, path: Path) -> Any:
        return lambda lines_read: self._show(f"{path.name}: {lines_read:,} lines read")

    def _matching(self, path: Path, total: int) -> Any:
        """A progress bar for the matching phase; booking has its own count afterwards."""
        done = 0

        def on_progress(lines: int) -> None:
            nonlocal done
            done += lines
            filled = min(WIDTH, WIDTH * done // max(total, 1))
            counted = f"{min(done, total):,} of {total:,} matched" if done <= total else f"{done - total:,} booked"
            self._show(f"{path.name}: [{'#' * filled}{'.' * (WIDTH - filled)}] {counted}")

        return on_progress

    def _show(self, text: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r\x1b[2K{text}", ending="")
            self.stderr.flush()

    def _clear(self) -> None:
        self._show("")

    def _found(self, import_id: UUID) -> ImportAnswer:
        with unit_of_work.read(Scope.operators()):
            return ImportAnswer.of(StatementImport.objects.get(id=import_id))


def _given(path: Path, file: BufferedReader, told: Told) -> StatementFile:
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise CommandError(f"the file is larger than {MAX_FILE_BYTES // 1024**2} MB.")
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    with unit_of_work.read(Scope.operators()):
        account = profile = None
        if told.bank_account:
            account = BankAccount.objects.filter(number=normalise_number(told.bank_account)).first()
            if account is None:
                raise CommandError(f"there is no bank account {told.bank_account}.")
        if told.csv_profile:
            profile = SavedCsvProfile.objects.filter(name=told.csv_profile).first()
            if profile is None:
                raise CommandError(f"there is no profile {told.csv_profile}.")
    return StatementFile(
        name=path.name,
        size_bytes=size,
        sha256=digest,
        file=file,
        bank_account_id=None if account is None else account.id,
        csv_profile_id=None if profile is None else profile.id,
    )


def _run(operation: Any) -> Any:
    return unit_of_work.run(operation, scope=Scope.operators(), actor=auto_match.BANK)
