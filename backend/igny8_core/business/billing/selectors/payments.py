"""Lists of payments and one payment. SQL by hand: the list is the most-called read of the product.

Every order is by `sequence` (or amount, then sequence), every page starts where the last one ended, and every
filter has an index that leads with the account. A list within a span of time is in the order of time, or finding the
span's end would read every payment after it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from igny8_core.business.billing.selectors.operator_rows import (
    OPERATOR_COLUMNS,
    OPERATOR_NAMES,
    SETTLED_COLUMN,
    operator_document,
    settlement_document,
)
from igny8_core.business.billing.selectors.payment_rows import COLUMNS, JOIN, document
from igny8_core.events import selectors as events
from igny8_core.events.catalogue import EventType
from igny8_core.kit.models import HasId

COUNT_LIMIT = 1001
SEQUENCE = ("p.sequence",)
AMOUNT = ("p.amount_minor", "p.sequence")
TIME = ("p.created_at", "p.sequence")
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
FIRST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
# Where `COLUMNS` has the columns of an order.
PLACES = {"p.sequence": 0, "p.amount_minor": 1, "p.created_at": 16}
ORDERINGS = {
    "created_at": (SEQUENCE, False),
    "-created_at": (SEQUENCE, True),
    "amount": (AMOUNT, False),
    "-amount": (AMOUNT, True),
}
CONDITIONS = {
    "payment_method": "p.payment_method = %(payment_method)s",
    "currency": "p.currency = %(currency)s",
    "invoice_id": "p.invoice_id = %(invoice_id)s",
    "reference": "p.reference_normalised = %(reference)s",
    "created_after": "p.created_at > %(created_after)s",
    "created_before": "p.created_at < %(created_before)s",
    "account_id": "p.account_id = %(account_id)s",
}


@dataclass(frozen=True, slots=True)
class PaymentFilters:
    """What a caller narrows the list by; `reference` is already normalised, `statuses` empty for all."""

    statuses: tuple[str, ...] = ()
    payment_method: str | None = None
    currency: str | None = None
    invoice_id: UUID | None = None
    reference: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    account_id: UUID | None = None
    duplicate_reference: bool | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """Up to one row more than the page holds, in the list's order, with their keys and the bounded count."""

    documents: list[dict[str, Any]]
    keys: list[tuple[int, ...]]
    count: int


def list_payments(
    *, filters: PaymentFilters, ordering: str, size: int, after: tuple[int, ...] | None, backwards: bool,
    for_operator: bool = False,
) -> Rows:  # fmt: skip
    """One page of payments.

    `filters.account_id` is the tenant for an account's list; only an operator's may leave it out.
    """
    if filters.account_id is None and not for_operator:
        raise ValueError("a list of payments names its account")
    columns, descending = order_columns(filters, ordering), ORDERINGS[ordering][1]
    conditions, values = _conditions(filters, for_operator=for_operator)
    downwards = descending is not backwards
    values |= {"limit": size + 1, "count_limit": COUNT_LIMIT}
    keyset = ""
    if after is not None:
        keyset = f" AND ({', '.join(columns)}) {'<' if downwards else '>'} ({_placeholders(columns, after, values)})"
    order = ", ".join(f"{column} {'DESC' if downwards else 'ASC'}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(_page_sql(filters, conditions, keyset, order, for_operator=for_operator), values)
        rows = cursor.fetchall()
        count = rows[0][-1] if rows else _count(cursor, conditions, values, empty=after is None)
    if backwards:
        rows.reverse()
    places = [PLACES[column] for column in columns]
    return Rows(
        documents=[_shown(row[:-1], for_operator=for_operator) for row in rows],
        keys=[tuple([_number(row[place]) for place in places]) for row in rows],
        count=count,
    )


def order_columns(filters: PaymentFilters, ordering: str) -> tuple[str, ...]:
    """What the list is ordered by; a page's key has as many numbers."""
    columns, _ = ORDERINGS[ordering]
    spanned = filters.created_after is not None or filters.created_before is not None
    return TIME if spanned and columns is SEQUENCE else columns


def get_payment(account: HasId, *, payment_id: UUID) -> dict[str, Any] | None:
    """One payment of the account with its history; None when it has no such payment."""
    with connection.cursor() as cursor:
        sql = f"SELECT {COLUMNS} FROM {JOIN} WHERE p.account_id = %(account_id)s AND p.id = %(id)s"
        cursor.execute(sql, {"account_id": account.id, "id": payment_id})
        row = cursor.fetchone()
    return None if row is None else {**document(row), "history": history(account.id, payment_id=payment_id)}


def get_payment_across_accounts(*, payment_id: UUID) -> dict[str, Any] | None:
    """One payment of any account, for operators."""
    with connection.cursor() as cursor:
        sql = f"SELECT {SETTLED_COLUMN}, {COLUMNS}{_operator_columns()} FROM {JOIN} WHERE p.id = %(id)s"
        cursor.execute(sql, {"id": payment_id})
        found = cursor.fetchone()
    if found is None:
        return None
    settled, *row = found
    shown = _shown(tuple(row), for_operator=True)
    account_id = shown["account_id"]
    facts = events.history_of(account_id, subject_id=payment_id)
    return {
        **shown,
        **settlement_document(tuple(row), settled),
        "arrived_late": any(fact.type == EventType.PAYMENT_ARRIVED_LATE for fact in facts),
        "history": _steps(facts),
    }


def history(account_id: UUID, *, payment_id: UUID) -> list[dict[str, Any]]:
    """A payment's changes of status, oldest first, read from the event log: there is no second record of them."""
    return _steps(events.history_of(account_id, subject_id=payment_id))


def _steps(facts: list[events.Fact]) -> list[dict[str, Any]]:
    kinds = (EventType.PAYMENT_SUBMITTED, EventType.PAYMENT_RECORDED, EventType.PAYMENT_STATUS_CHANGED)
    return [
        {
            "from": event.data.get("from"),
            "to": event.data["to"],
            "at": event.occurred_at,
            "actor_kind": event.actor_kind,
            "reason": event.data.get("reason", ""),
        }
        for event in facts
        if event.type in kinds
    ]


def _conditions(filters: PaymentFilters, *, for_operator: bool) -> tuple[str, dict[str, Any]]:
    parts: list[str] = []
    values: dict[str, Any] = {}
    for name, condition in CONDITIONS.items():
        value = getattr(filters, name)
        if value is not None:
            parts.append(condition)
            values[name] = value
    if filters.duplicate_reference is not None:
        parts.append(f"{_duplicate(for_operator=for_operator)} = %(duplicate_reference)s")
        values["duplicate_reference"] = filters.duplicate_reference
    if len(filters.statuses) == 1:
        parts.append("p.status = %(status)s")
        values["status"] = filters.statuses[0]
    elif filters.statuses:
        parts.append("p.status = ANY(%(statuses)s)")
        values["statuses"] = list(filters.statuses)
    return " AND ".join(parts) or "true", values


def _page_sql(filters: PaymentFilters, conditions: str, keyset: str, order: str, *, for_operator: bool) -> str:
    columns = COLUMNS + (_operator_columns() if for_operator else "")
    count = f"(SELECT count(*) FROM (SELECT 1 FROM billing_payment p WHERE {conditions} LIMIT %(count_limit)s) n)"
    if len(filters.statuses) < 2:
        return f"SELECT {columns}, {count} FROM {JOIN} WHERE {conditions}{keyset} ORDER BY {order} LIMIT %(limit)s"
    # One ordered read per status, merged: `= ANY` alone would sort every payment that has one of them.
    each = conditions.replace("p.status = ANY(%(statuses)s)", "p.status = s.status")
    return f"""SELECT {columns}, {count} FROM (
 SELECT q.id, q.account_id FROM unnest(%(statuses)s::text[]) s(status) CROSS JOIN LATERAL (
  SELECT p.id, p.account_id FROM billing_payment p WHERE {each}{keyset} ORDER BY {order} LIMIT %(limit)s) q
 ) found JOIN billing_payment p ON p.account_id = found.account_id AND p.id = found.id
 LEFT JOIN billing_invoice i ON i.account_id = p.account_id AND i.id = p.invoice_id
 ORDER BY {order} LIMIT %(limit)s"""


def _count(cursor: Any, conditions: str, values: dict[str, Any], *, empty: bool) -> int:
    """An empty first page means none at all; past the end of a list the count is asked for alone."""
    if empty:
        return 0
    cursor.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM billing_payment p WHERE {conditions} LIMIT %(count_limit)s) n", values
    )
    return int(cursor.fetchone()[0])


def _placeholders(columns: tuple[str, ...], key: tuple[int, ...], values: dict[str, Any]) -> str:
    names = [f"key_{index}" for index in range(len(key))]
    pairs = zip(columns, key, strict=True)
    typed = [_instant(number) if column == "p.created_at" else number for column, number in pairs]
    values |= dict(zip(names, typed, strict=True))
    return ", ".join(f"%({name})s" for name in names)


def _number(value: int | datetime) -> int:
    """A column of a key as the number a cursor holds: an instant in microseconds."""
    return value if isinstance(value, int) else (value - EPOCH) // MICROSECOND


def _instant(microseconds: int) -> datetime:
    """The instant of a cursor's number; one that nobody gave out may lie outside of time and is taken for its end."""
    return EPOCH + min(max(microseconds, FIRST), LAST) * MICROSECOND


def _duplicate(*, for_operator: bool) -> str:
    elsewhere = (
        "EXISTS (SELECT 1 FROM billing_paymentduplicate d WHERE d.account_id = p.account_id AND d.payment_id = p.id)"
    )
    return f"(p.duplicate_reference OR {elsewhere})" if for_operator else "p.duplicate_reference"


def _operator_columns() -> str:
    return f", p.account_id, {_duplicate(for_operator=True)}, {OPERATOR_COLUMNS}"


def _shown(row: tuple[Any, ...], *, for_operator: bool) -> dict[str, Any]:
    if not for_operator:
        return document(row)
    own, extra = tuple(row[: -len(OPERATOR_NAMES)]), dict(zip(OPERATOR_NAMES, row[-len(OPERATOR_NAMES) :], strict=True))
    return {**document(own), **operator_document(own, extra)}
