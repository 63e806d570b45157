"""Lists of payments, and single payments. Hand-written SQL: the list is the product's most frequent read.

Every list is ordered by `sequence` (or amount, then sequence), every page starts where the last one ended, and every
filter has an index that leads with the account. A list for a time span is ordered by time; otherwise, finding the end
of the span would read every later payment.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from igny8_core.business.billing.selectors.operator_rows import (
    DUPLICATE_ANYWHERE,
    OPERATOR_COLUMNS,
    SETTLED_COLUMN,
    OperatorPaymentRow,
    SettledRow,
    operator_row,
    settled_rows,
)
from igny8_core.business.billing.selectors.payment_rows import COLUMNS, JOIN, PaymentRow
from igny8_core.events import selectors as events
from igny8_core.events.catalogue import EventType
from igny8_core.kit.models import HasId

type Values = dict[str, int | str | UUID | datetime | list[str]]
"""What replaces the names in a statement."""

COUNT_LIMIT = 1001
WIDTH = len(PaymentRow._fields)
SEQUENCE = ("sequence",)
AMOUNT = ("amount_minor", "sequence")
TIME = ("created_at", "sequence")
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
FIRST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
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
    """The filters of the list; `reference` is already normalised, and empty `statuses` means all."""

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
class Rows[Row]:
    """Up to one row more than the page holds, in the list's order, with their keys and the bounded count."""

    rows: list[Row]
    keys: list[tuple[int, ...]]
    count: int


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the list: up to `size + 1` rows `after` a key, or (backwards) before it."""

    ordering: str
    size: int
    after: tuple[int, ...] | None = None
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One step of a payment's history."""

    before: str | None
    to: str
    at: datetime
    actor_kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class PaymentDetail:
    """One payment of an account with its history, oldest first."""

    payment: PaymentRow
    history: list[StatusChange]


@dataclass(frozen=True, slots=True)
class OperatorPaymentDetail:
    """A payment for operators; `arrived_late` means that an invoice it was meant for could no longer take any of it."""

    row: OperatorPaymentRow
    settled: list[SettledRow]
    arrived_late: bool
    history: list[StatusChange]


def list_payments(*, filters: PaymentFilters, span: Span) -> Rows[PaymentRow]:
    """A part of the list of an account's payments; `filters.account_id` is the tenant."""
    if filters.account_id is None:
        raise ValueError("a list of payments names its account")
    found, keys, count = _page(filters, span, for_operator=False)
    return Rows([PaymentRow._make(row[:WIDTH]) for row in found], keys, count)


def list_payments_across_accounts(*, filters: PaymentFilters, span: Span) -> Rows[OperatorPaymentRow]:
    """A part of the list of all accounts' payments, for operators."""
    found, keys, count = _page(filters, span, for_operator=True)
    return Rows([operator_row(row[:WIDTH], row[WIDTH:-1]) for row in found], keys, count)


def order_columns(filters: PaymentFilters, ordering: str) -> tuple[str, ...]:
    """The columns that order the list; a page's key has as many numbers."""
    columns, _ = ORDERINGS[ordering]
    spanned = filters.created_after is not None or filters.created_before is not None
    return TIME if spanned and columns is SEQUENCE else columns


def get_payment(account: HasId, *, payment_id: UUID) -> PaymentDetail | None:
    """A payment of the account with its history; None if the account has no such payment."""
    with connection.cursor() as cursor:
        sql = f"SELECT {COLUMNS} FROM {JOIN} WHERE p.account_id = %(account_id)s AND p.id = %(id)s"
        cursor.execute(sql, {"account_id": account.id, "id": payment_id})
        row = cursor.fetchone()
    if row is None:
        return None
    return PaymentDetail(PaymentRow._make(row), _steps(events.history_of(account.id, subject_id=payment_id)))


def get_payment_across_accounts(*, payment_id: UUID) -> OperatorPaymentDetail | None:
    """One payment of any account, for operators."""
    with connection.cursor() as cursor:
        sql = f"SELECT {COLUMNS}, {OPERATOR_COLUMNS}, {SETTLED_COLUMN} FROM {JOIN} WHERE p.id = %(id)s"
        cursor.execute(sql, {"id": payment_id})
        found = cursor.fetchone()
    if found is None:
        return None
    row = operator_row(found[:WIDTH], found[WIDTH:-1])
    facts = events.history_of(row.payment.account_id, subject_id=payment_id)
    return OperatorPaymentDetail(
        row=row,
        settled=settled_rows(found[-1]),
        arrived_late=any(fact.type == EventType.PAYMENT_ARRIVED_LATE for fact in facts),
        history=_steps(facts),
    )


def _steps(facts: list[events.Fact]) -> list[StatusChange]:
    """The status changes, read from the event log: they are recorded nowhere else."""
    kinds = (EventType.PAYMENT_SUBMITTED, EventType.PAYMENT_RECORDED, EventType.PAYMENT_STATUS_CHANGED)
    return [
        StatusChange(
            before=fact.data.get("from"),
            to=fact.data["to"],
            at=fact.occurred_at,
            actor_kind=fact.actor_kind,
            reason=fact.data.get("reason", ""),
        )
        for fact in facts
        if fact.type in kinds
    ]


def _page(
    filters: PaymentFilters, span: Span, *, for_operator: bool
) -> tuple[list[tuple[Any, ...]], list[tuple[int, ...]], int]:
    """The rows of a part of a list, each with the list's count as its last column, their keys, and that count."""
    columns, descending = order_columns(filters, span.ordering), ORDERINGS[span.ordering][1]
    conditions, values = _conditions(filters, for_operator=for_operator)
    downwards = descending is not span.backwards
    values |= {"limit": span.size + 1, "count_limit": COUNT_LIMIT}
    named = [f"p.{column}" for column in columns]
    keyset = ""
    if span.after is not None:
        key = _placeholders(columns, span.after, values)
        keyset = f" AND ({', '.join(named)}) {'<' if downwards else '>'} ({key})"
    order = ", ".join(f"{column} {'DESC' if downwards else 'ASC'}" for column in named)
    with connection.cursor() as cursor:
        cursor.execute(_page_sql(filters, conditions, keyset, order, for_operator=for_operator), values)
        rows = cursor.fetchall()
        count = rows[0][-1] if rows else _count(cursor, conditions, values, empty=span.after is None)
    if span.backwards:
        rows.reverse()
    places = [PaymentRow._fields.index(column) for column in columns]
    return rows, [tuple([_number(row[place]) for place in places]) for row in rows], count


def _conditions(filters: PaymentFilters, *, for_operator: bool) -> tuple[str, Values]:
    parts: list[str] = []
    values: Values = {}
    for name, condition in CONDITIONS.items():
        value = getattr(filters, name)
        if value is not None:
            parts.append(condition)
            values[name] = value
    if filters.duplicate_reference is not None:
        duplicate = DUPLICATE_ANYWHERE if for_operator else "p.duplicate_reference"
        parts.append(f"{duplicate} = %(duplicate_reference)s")
        values["duplicate_reference"] = filters.duplicate_reference
    if len(filters.statuses) == 1:
        parts.append("p.status = %(status)s")
        values["status"] = filters.statuses[0]
    elif filters.statuses:
        parts.append("p.status = ANY(%(statuses)s)")
        values["statuses"] = list(filters.statuses)
    return " AND ".join(parts) or "true", values


def _page_sql(filters: PaymentFilters, conditions: str, keyset: str, order: str, *, for_operator: bool) -> str:
    columns = f"{COLUMNS}, {OPERATOR_COLUMNS}" if for_operator else COLUMNS
    count = f"(SELECT count(*) FROM (SELECT 1 FROM billing_payment p WHERE {conditions} LIMIT %(count_limit)s) n)"
    if len(filters.statuses) < 2:
        return f"SELECT {columns}, {count} FROM {JOIN} WHERE {conditions}{keyset} ORDER BY {order} LIMIT %(limit)s"
    # One ordered read per status, then merged: `= ANY` alone would sort every payment with one of the statuses.
    each = conditions.replace("p.status = ANY(%(statuses)s)", "p.status = s.status")
    return f"""SELECT {columns}, {count} FROM (
 SELECT q.id, q.account_id FROM unnest(%(statuses)s::text[]) s(status) CROSS JOIN LATERAL (
  SELECT p.id, p.account_id FROM billing_payment p WHERE {each}{keyset} ORDER BY {order} LIMIT %(limit)s) q
 ) found JOIN billing_payment p ON p.account_id = found.account_id AND p.id = found.id
 LEFT JOIN billing_invoice i ON i.account_id = p.account_id AND i.id = p.invoice_id
 ORDER BY {order} LIMIT %(limit)s"""


def _count(cursor: Any, conditions: str, values: Values, *, empty: bool) -> int:
    """An empty first page means an empty list; beyond the end of a list the count needs a separate query."""
    if empty:
        return 0
    cursor.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM billing_payment p WHERE {conditions} LIMIT %(count_limit)s) n", values
    )
    return int(cursor.fetchone()[0])


def _placeholders(columns: tuple[str, ...], key: tuple[int, ...], values: Values) -> str:
    names = [f"key_{index}" for index in range(len(key))]
    pairs = zip(columns, key, strict=True)
    typed = [_instant(number) if column == "created_at" else number for column, number in pairs]
    values |= dict(zip(names, typed, strict=True))
    return ", ".join(f"%({name})s" for name in names)


def _number(value: int | datetime) -> int:
    """A key's column as the number in a cursor: an instant in microseconds."""
    return value if isinstance(value, int) else (value - EPOCH) // MICROSECOND


def _instant(microseconds: int) -> datetime:
    """The instant of a cursor's number; a forged one may be out of range and is clamped."""
    return EPOCH + min(max(microseconds, FIRST), LAST) * MICROSECOND
