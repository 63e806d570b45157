"""Stores what was read in one transaction; lines that are already known are counted and skipped."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from igny8_core.business.banking.domain.fingerprints import has_bank_reference, is_total_of
from igny8_core.business.banking.domain.line_states import ImportStatus, LineStatus
from igny8_core.business.banking.models import BankAccount, Statement, StatementImport
from igny8_core.business.banking.services import import_status
from igny8_core.business.banking.services.reading import ReadFile, SpooledLine
from igny8_core.events.catalogue import EventType
from igny8_core.kit import clock
from igny8_core.kit.ids import uuid7
from igny8_core.kit.locks import lock_all

BATCH = 2_000
COLUMNS = {
    "id": "uuid",
    "statement_import_id": "uuid",
    "statement_id": "uuid",
    "bank_account_id": "uuid",
    "position": "int",
    "amount_minor": "bigint",
    "currency": "text",
    "booking_date": "date",
    "value_date": "date",
    "counterparty_name": "text",
    "counterparty_account": "text",
    "end_to_end_id": "text",
    "structured_reference": "text",
    "remittance": "text",
    "bank_reference": "text",
    "is_return": "boolean",
    "raw": "text",
    "fingerprint": "bytea",
    "occurrence": "int",
    "status": "text",
    "certain": "boolean",
    "proposals": "jsonb",
    "rejected": "jsonb",
    "note": "text",
}
# One statement with one parameter per batch costs half as much as one array per column; COPY is not allowed on tables
# with row-level security.
INSERT = f"""INSERT INTO banking_line ({", ".join(COLUMNS)}) SELECT * FROM json_to_recordset(%s)
 AS given ({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})"""
# LATERAL and OFFSET 0 force a separate look-up per key. Statistics lag behind a large import, and with `= ANY` the
# planner would read all lines of the bank account for every batch.
THERE = """SELECT found.* FROM unnest(%(marks)s::bytea[]) AS asked (mark) CROSS JOIN LATERAL (
 SELECT fingerprint, occurrence FROM banking_line
 WHERE bank_account_id = %(account)s AND fingerprint = asked.mark OFFSET 0) AS found"""
SAME_REFERENCE = """SELECT found.* FROM unnest(%(references)s::text[]) AS asked (reference) CROSS JOIN LATERAL (
 SELECT bank_reference, coalesce(value_date, booking_date), amount_minor FROM banking_line
 WHERE bank_account_id = %(account)s AND bank_reference = asked.reference AND bank_reference <> ''
 AND statement_import_id <> %(this_import)s OFFSET 0) AS found"""

type Key = tuple[bytes, int]


def store(found: StatementImport, read: ReadFile) -> None:
    """Store the statements and new lines of a file, inside a unit of work with the import locked.

    Files of one bank account are stored one after the other: the account's row is locked, so that overlapping files
    uploaded together cannot miss each other's lines.
    """
    rows = _statements(found, read)
    lock_all(BankAccount.objects.filter(id__in={row.bank_account_id for row in rows}))
    imported = duplicates = 0
    for batch in batched(read.lines(), BATCH, strict=False):
        by_statement: dict[int, list[SpooledLine]] = defaultdict(list)
        for line in batch:
            by_statement[line.statement].append(line)
        for number, lines in by_statement.items():
            statement = rows[number]
            new = _new(statement, lines)
            _insert(statement, new)
            statement.lines_imported += len(new)
            statement.lines_duplicate += len(lines) - len(new)
            imported += len(new)
            duplicates += len(lines) - len(new)
    Statement.objects.bulk_update(rows, ["lines_imported", "lines_duplicate"], batch_size=500)
    import_status.apply(
        found,
        to=ImportStatus.MATCHING,
        format=read.format,
        lines_read=read.lines_read,
        lines_imported=imported,
        lines_duplicate=duplicates,
        lines_unreadable=read.lines_unreadable,
        unreadable_lines=read.unreadable,
    )
    import_status.record_import(
        EventType.STATEMENT_IMPORTED,
        found,
        format=read.format,
        statements=len(rows),
        lines=imported,
        duplicates=duplicates,
        unreadable=read.lines_unreadable,
    )


def _statements(found: StatementImport, read: ReadFile) -> list[Statement]:
    now = clock.now()
    rows = [
        Statement(
            statement_import=found,
            position=position,
            bank_account_id=head.bank_account_id,
            kind=head.kind.value,
            identification=head.identification,
            currency=head.currency,
            opening_minor=head.opening_minor,
            closing_minor=head.closing_minor,
            sum_minor=head.sum_minor,
            balances_agree=head.balances_agree,
            first_date=head.first_date,
            last_date=head.last_date,
            lines_not_booked=head.not_booked,
            created_at=now,
        )
        for position, head in enumerate(read.statements, start=1)
    ]
    return Statement.objects.bulk_create(rows, batch_size=500)


def _new(statement: Statement, lines: Sequence[SpooledLine]) -> list[SpooledLine]:
    """The lines that are not stored yet."""
    there = _there(statement.bank_account_id, [line.fingerprint for line in lines])
    parts = _parts(statement, lines)
    new: list[SpooledLine] = []
    for line in lines:
        key = (line.fingerprint, line.occurrence)
        if key in there or _is_batch_told_whole(line, parts):
            continue
        there.add(key)
        new.append(line)
    return new


def _there(bank_account_id: UUID, fingerprints: list[bytes]) -> set[Key]:
    with connection.cursor() as cursor:
        cursor.execute(THERE, {"marks": list(set(fingerprints)), "account": bank_account_id})
        return {(bytes(mark), occurrence) for mark, occurrence in cursor.fetchall()}


def _parts(statement: Statement, lines: Sequence[SpooledLine]) -> dict[Any, list[int]]:
    """Amounts that other files have under the bank references of these lines, by reference and day."""
    references = {one.line.bank_reference for one in lines if one.line is not None and has_bank_reference(one.line)}
    parts: dict[Any, list[int]] = defaultdict(list)
    if references:
        with connection.cursor() as cursor:
            cursor.execute(
                SAME_REFERENCE,
                {
                    "references": sorted(references),
                    "account": statement.bank_account_id,
                    "this_import": statement.statement_import_id,
                },
            )
            for reference, day, amount_minor in cursor.fetchall():
                parts[reference, day].append(amount_minor)
    return parts


def _is_batch_told_whole(spooled: SpooledLine, parts: dict[Any, list[int]]) -> bool:
    line = spooled.line
    if line is None or not has_bank_reference(line):
        return False
    return is_total_of(line.amount_minor, parts.get((line.bank_reference, line.value_date or line.booking_date), ()))


def _insert(statement: Statement, lines: Sequence[SpooledLine]) -> None:
    if lines:
        rows = [dict(zip(COLUMNS, values, strict=True)) for values in _rows(statement, lines)]
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [msgspec.json.encode(rows).decode()])


def _rows(statement: Statement, lines: Sequence[SpooledLine]) -> Iterator[tuple[Any, ...]]:
    empty: list[str] = []
    for one in lines:
        head = (uuid7(), statement.statement_import_id, statement.id, statement.bank_account_id, one.position)
        tail = (f"\\x{one.fingerprint.hex()}", one.occurrence)
        if one.line is None:
            texts = ("", "", "", "", "", "", False, one.raw[:8000])
            yield (
                *head,
                None,
                statement.currency,
                None,
                None,
                *texts,
                *tail,
                LineStatus.UNREADABLE.value,
                False,
                empty,
                empty,
                one.problem[:500],
            )
            continue
        line = one.line
        status = LineStatus.NEW if line.amount_minor else LineStatus.IGNORED
        yield (
            *head,
            line.amount_minor,
            line.currency,
            line.booking_date,
            line.value_date,
            line.counterparty_name,
            line.counterparty_account,
            line.end_to_end_id,
            line.structured_reference,
            line.remittance,
            line.bank_reference,
            line.is_return,
            line.raw,
            *tail,
            status.value,
            False,
            empty,
            empty,
            "" if line.amount_minor else "It moves no money.",
        )
