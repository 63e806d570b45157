"""Row locks and conditional updates: the first and the second wall against races.

Locks are taken `FOR NO KEY UPDATE`: a plain `FOR UPDATE` on a row that others reference by foreign key
deadlocks their inserts. Order of locks: idempotency key, invoices by id, payments by id, the account (held while
somebody decides alone on its money), number counter, balances, event-chain head. That of people and credentials stands
in `accounts/locks.py`.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models


class ConcurrentChange(RuntimeError):
    """A conditional update hit no row: somebody changed it although the caller held what it believed was the lock."""


class Overtaken(RuntimeError):
    """Between reading what is to be locked and locking it, more has come: the unit of work begins again."""


def lock_one[M: models.Model](queryset: models.QuerySet[M]) -> M | None:
    """Lock and load the one row the query set names; `None` when it is absent.

    The row is read after the lock is held, so that what the caller decides on is the newest committed state.
    """
    rows = list(queryset.select_for_update(no_key=True, of=("self",))[:2])
    if len(rows) > 1:
        raise ValueError("lock_one names more than one row")
    return rows[0] if rows else None


def lock_all[M: models.Model](queryset: models.QuerySet[M]) -> list[M]:
    """Lock and load every row of the query set, in the order of their ids, evaluated at once."""
    return list(queryset.order_by("pk").select_for_update(no_key=True, of=("self",)))


def lock_by_id[M: models.Model](model: type[M], *, account_id: UUID, ids: Iterable[UUID]) -> list[M]:
    """Lock and load rows of an account by their ids, in the order of these; those that are absent are left out.

    Does what `lock_all` does, with a statement that is written once for each model: an approval locks two kinds of
    rows, and half of what they cost was query sets being turned into SQL.
    """
    with connection.cursor() as cursor:
        cursor.execute(_lock_statement(model), [account_id, list(ids)])
        rows = cursor.fetchall()
    fields = model._meta.concrete_fields
    return [_loaded(model, fields, row) for row in rows]


def hold(model: type[models.Model], *, row_id: UUID) -> None:
    """Lock a row without loading it: whoever else holds it comes first, and what they wrote is seen afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(_hold_statement(model), [row_id])


@cache
def _hold_statement(model: type[models.Model]) -> str:
    return f"SELECT 1 FROM {connection.ops.quote_name(model._meta.db_table)} WHERE id = %s FOR NO KEY UPDATE"


@cache
def _lock_statement(model: type[models.Model]) -> str:
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(field.column)) for field in model._meta.concrete_fields)
    return (
        f"SELECT {columns} FROM {quoted(model._meta.db_table)} WHERE account_id = %s AND id = ANY(%s::uuid[])"
        " ORDER BY id FOR NO KEY UPDATE"
    )


def _loaded[M: models.Model](model: type[M], fields: Iterable[Any], row: tuple[Any, ...]) -> M:
    values = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, row, strict=True)
    ]
    return model.from_db(connection.alias, [field.attname for field in fields], values)


def conditional_update[M: models.Model](queryset: models.QuerySet[M], **changes: Any) -> None:
    """Update exactly one row, whose expected state stands in the query set's filter.

    Raises `ConcurrentChange` when the row is no longer in that state.
    """
    if queryset.update(**changes) != 1:
        raise ConcurrentChange(f"{queryset.model.__name__}: expected to change one row")


def claim_place(number: int) -> bool:
    """Claim a place that one transaction at a time can have, without waiting for it; it is free again at the end.

    The place is an advisory lock: no row and no table is locked by it. Claiming it again is no error.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    return row is not None and bool(row[0])
