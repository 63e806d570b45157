"""Row locks and conditional updates: the first and second safeguard against races.

Locks are taken `FOR NO KEY UPDATE`: a plain `FOR UPDATE` on a row that others reference by foreign key would deadlock
their inserts. Lock order: idempotency key, invoices by id, payments by id, the account (held while somebody decides
alone on its money), number counter, balances, event-chain head. `accounts/locks.py` has the order for people and
credentials.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models


class ConcurrentChange(RuntimeError):
    """A conditional update changed no row: somebody changed it although the caller believed to hold its lock."""


class Overtaken(RuntimeError):
    """Rows were added between reading what to lock and locking it: the unit of work starts again."""


def lock_one[M: models.Model](queryset: models.QuerySet[M]) -> M | None:
    """Lock and load the one row that the query set selects; `None` if it is absent.

    The row is read after the lock was acquired, so the caller decides on the latest committed state.
    """
    rows = list(queryset.select_for_update(no_key=True, of=("self",))[:2])
    if len(rows) > 1:
        raise ValueError("lock_one names more than one row")
    return rows[0] if rows else None


def lock_all[M: models.Model](queryset: models.QuerySet[M]) -> list[M]:
    """Lock and load every row of the query set, ordered by id."""
    return list(queryset.order_by("pk").select_for_update(no_key=True, of=("self",)))


def lock_by_id[M: models.Model](model: type[M], *, account_id: UUID, ids: Iterable[UUID]) -> list[M]:
    """Lock and load rows of an account, in the order of the given ids; absent ones are left out.

    Like `lock_all`, but with a statement that is generated once per model: an approval locks two kinds of rows, and
    half the cost was turning query sets into SQL.
    """
    with connection.cursor() as cursor:
        cursor.execute(_lock_statement(model), [account_id, list(ids)])
        rows = cursor.fetchall()
    fields = model._meta.concrete_fields
    return [_loaded(model, fields, row) for row in rows]


def hold(model: type[models.Model], *, row_id: UUID) -> None:
    """Lock a row without loading it: waits for any other holder, whose changes are visible afterwards."""
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
    """Update exactly one row, whose expected state is in the query set's filter.

    Raises `ConcurrentChange` if the row is no longer in that state.
    """
    if queryset.update(**changes) != 1:
        raise ConcurrentChange(f"{queryset.model.__name__}: expected to change one row")


def claim_place(number: int) -> bool:
    """Try to acquire an exclusive lock without waiting for it; it is released at the end of the transaction.

    It is an advisory lock, so no row or table is locked. Acquiring it again is no error.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    return row is not None and bool(row[0])
