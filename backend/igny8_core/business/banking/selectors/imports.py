"""Reads of imports: their lines by status, the statements of a file, the last day covered."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from igny8_core.business.banking.models import BankAccount, Statement, StatementImport, StatementLine


def last_statement_on(account: BankAccount) -> date | None:
    """The last day that a statement of the account covers."""
    last: date | None = Statement.objects.filter(bank_account=account).aggregate(date=Max("last_date"))["date"]
    return last


def statements_of(import_ids: Collection[UUID]) -> QuerySet[Statement]:
    """The statements of imports, in the order of their files."""
    return Statement.objects.filter(statement_import_id__in=import_ids).order_by("statement_import_id", "position")


def line_counts(import_ids: Collection[UUID]) -> Mapping[UUID, Mapping[str, int]]:
    """Number of lines of each import by status, and as `certain` those about to be booked."""
    rows = (
        StatementLine.objects.filter(statement_import_id__in=import_ids)
        .values("statement_import_id", "status")
        .annotate(lines=Count("id"), certain_lines=Count("id", filter=Q(certain=True)))
        .order_by()
    )
    counts: dict[UUID, dict[str, int]] = defaultdict(dict)
    for row in rows:
        of_import = counts[row["statement_import_id"]]
        of_import[row["status"]] = row["lines"]
        of_import["certain"] = of_import.get("certain", 0) + row["certain_lines"]
    return counts


def newest_imports(at_most: int) -> list[StatementImport]:
    """The most recent imports, newest first."""
    return list(StatementImport.objects.order_by("-sequence")[:at_most])
