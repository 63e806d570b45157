"""The import itself, in a process with Django's settings: what the worker's jobs do, timed."""

import hashlib
import resource
import sys
import time
from pathlib import Path
from uuid import UUID

import django

django.setup()

from igny8_core.accounts.tenancy import Scope  # noqa: E402
from igny8_core.business.banking.domain.line_states import LineStatus  # noqa: E402
from igny8_core.business.banking.models import StatementLine  # noqa: E402
from igny8_core.business.banking.services import auto_match, importing  # noqa: E402
from igny8_core.business.banking.services.receiving import StatementFile  # noqa: E402
from igny8_core.events import unit_of_work  # noqa: E402

BOOKING_SECONDS = 5.0


def imported(path: Path) -> tuple[float, float, int, float]:
    """Seconds to read and to match a file, how many lines are certain, and how many are booked in a second."""
    scope, actor = Scope.operators(), auto_match.BANK
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        given = StatementFile(name=path.name, size_bytes=path.stat().st_size, sha256=digest, file=file)
        found, _ = unit_of_work.run(lambda: importing.take(given), scope=scope, actor=actor)
    begun = time.monotonic()
    read = importing.read_stored(found.id, actor=actor)
    if read.status != "matching":
        raise SystemExit(f"{read.status}: {read.problem}")
    stored = time.monotonic()
    auto_match.match_open_lines(import_id=found.id, statuses=frozenset({LineStatus.NEW}))
    looked = time.monotonic()
    with unit_of_work.read(scope):
        lines = StatementLine.objects.filter(statement_import_id=found.id, certain=True).order_by("sequence")
        certain, some = lines.count(), list(lines.values_list("id", flat=True)[:2000])
    return stored - begun, looked - stored, certain, _rate(some)


def _rate(line_ids: list[UUID]) -> float:
    begun, booked = time.monotonic(), 0
    for line_id in line_ids:
        if time.monotonic() - begun > BOOKING_SECONDS:
            break
        booked += unit_of_work.run(
            lambda: auto_match.book_certain_line(line_id),  # noqa: B023
            scope=Scope.operators(),
            actor=auto_match.BANK,
        )
    return booked / (time.monotonic() - begun)


def main() -> None:
    """Import one file and print five figures."""
    read, match, certain, rate = imported(Path(sys.argv[1]))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(read, match, peak_mb, certain, rate)


if __name__ == "__main__":
    main()
