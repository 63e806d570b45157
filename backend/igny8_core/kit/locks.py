"""Row locks and conditional updates: the first and the second wall against races.

Locks are taken `FOR NO KEY UPDATE`: a plain `FOR UPDATE` on a row that others reference by foreign key
deadlocks their inserts. Order of locks: idempotency key, invoices by id, payments by id, number counter,
balances, event-chain head.
"""

from typing import Any

from django.db import models


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


def conditional_update[M: models.Model](queryset: models.QuerySet[M], **changes: Any) -> None:
    """Update exactly one row, whose expected state stands in the query set's filter.

    Raises `ConcurrentChange` when the row is no longer in that state.
    """
    if queryset.update(**changes) != 1:
        raise ConcurrentChange(f"{queryset.model.__name__}: expected to change one row")
