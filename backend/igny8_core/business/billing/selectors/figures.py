"""The figures on an operator's first page, across accounts: sums by age, by day and by method, in minor units.

Each is one aggregate over an index; none of them reads a tenant's text.
"""

from datetime import date
from typing import Any

from django.db import connection

AWAITING = """SELECT currency, CASE WHEN waited < interval '4 hours' THEN 0 WHEN waited < interval '1 day' THEN 1
  WHEN waited < interval '3 days' THEN 2 ELSE 3 END AS bucket, count(*), sum(amount_minor)
 FROM (SELECT currency, amount_minor, now() - submitted_at AS waited FROM billing_payment
  WHERE status = 'pending_approval') p GROUP BY 1, 2"""
COLLECTED = """SELECT currency, approved_at::date, payment_method, count(*), sum(amount_received_minor)
 FROM billing_payment WHERE approved_at >= %s GROUP BY 1, 2, 3"""
OVERDUE = """SELECT currency, CASE WHEN late <= 30 THEN 0 WHEN late <= 60 THEN 1 WHEN late <= 90 THEN 2 ELSE 3 END,
  count(*), sum(rest)
 FROM (SELECT currency, %s - due_date AS late, amount_total_minor - amount_settled_minor AS rest
  FROM billing_invoice WHERE status = 'pending' AND due_date < %s) i GROUP BY 1, 2"""
AWAITING_BUCKETS = ("under 4 hours", "4 to 24 hours", "1 to 3 days", "over 3 days")
OVERDUE_BUCKETS = ("1 to 30 days", "31 to 60 days", "61 to 90 days", "over 90 days")


def awaiting_by_age() -> list[tuple[str, int, int, int]]:
    """Currency, bucket of `AWAITING_BUCKETS`, number of payments that await a decision, and their sum."""
    return _rows(AWAITING)


def collected_by_day(*, since: date) -> list[tuple[str, date, str, int, int]]:
    """Currency, day, method, number of payments approved, and the sum received."""
    return _rows(COLLECTED, since)


def overdue_by_age(*, today: date) -> list[tuple[str, int, int, int]]:
    """Currency, bucket of `OVERDUE_BUCKETS`, number of overdue invoices, and their sum."""
    return _rows(OVERDUE, today, today)


def _rows(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
