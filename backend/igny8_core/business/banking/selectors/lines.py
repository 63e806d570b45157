"""Reads of statement lines, for operators."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from igny8_core.business.banking.domain.line_states import QUEUE
from igny8_core.business.banking.models import LineMatch, StatementLine
from igny8_core.events.catalogue import EventType
from igny8_core.events.models import Event
from igny8_core.kit.errors import NotFound

LIKE = 5


HISTORY = sorted(
    kind.value
    for kind in (EventType.LINE_MATCHED, EventType.LINE_UNMATCHED, EventType.LINE_IGNORED, EventType.LINE_PARKED)
)
SHOWN_DECISIONS = 100


@dataclass(frozen=True, slots=True)
class LineFilters:
    """Filters of the list of lines; `account_id` selects lines currently matched with the account."""

    statuses: tuple[str, ...] | None = None
    import_id: UUID | None = None
    statement_id: UUID | None = None
    bank_account_id: UUID | None = None
    account_id: UUID | None = None
    direction: str | None = None
    booked_from: date | None = None
    booked_until: date | None = None


@dataclass(frozen=True, slots=True)
class LineDetail:
    """A line with its matches (including undone ones) and the events that record who decided what."""

    line: StatementLine
    matches: list[LineMatch]
    events: list[Event]


def find_lines(filters: LineFilters) -> QuerySet[StatementLine]:
    """Lines that pass the filters, without the raw text."""
    given = {
        "status__in": filters.statuses,
        "statement_import_id": filters.import_id,
        "statement_id": filters.statement_id,
        "bank_account_id": filters.bank_account_id,
        "booking_date__gte": filters.booked_from,
        "booking_date__lte": filters.booked_until,
    }
    rows = StatementLine.objects.filter(**{name: value for name, value in given.items() if value is not None})
    if filters.account_id is not None:
        of_account = LineMatch.objects.across_accounts().filter(account_id=filters.account_id, undone_at=None)
        rows = rows.filter(id__in=of_account.values("line_id"))
    if filters.direction is not None:
        rows = rows.filter(**{"amount_minor__gt" if filters.direction == "credit" else "amount_minor__lt": 0})
    return rows.defer("raw")


def line_detail(line: StatementLine) -> LineDetail:
    """The line with all its details."""
    matches = LineMatch.objects.across_accounts().filter(line=line).select_related("account").order_by("id")
    events = Event.objects.across_accounts().filter(subject_id=line.id, type__in=HISTORY).order_by("sequence")
    return LineDetail(line, list(matches), list(events[:SHOWN_DECISIONS]))


def get_line(line_id: UUID) -> StatementLine:
    """One line with its bank account. Raises `NotFound`."""
    line = StatementLine.objects.select_related("bank_account").filter(id=line_id).first()
    if line is None:
        raise NotFound
    return line


def lines_like(*, payment_id: UUID, amount_minor: int, currency: str) -> list[StatementLine]:
    """A few undecided lines, newest first, with a proposal for a payment or exactly its amount."""
    waiting = StatementLine.objects.filter(status__in=sorted(map(str, QUEUE)), currency=currency)
    proposed = Q(proposals__contains=[{"parts": [{"id": str(payment_id)}]}])
    fitting = Q(amount_minor=amount_minor)
    return list(waiting.filter(proposed | fitting).defer("raw").order_by("-sequence")[:LIKE])


def open_line_sums() -> list[tuple[str, int, int]]:
    """Currency, number of lines that wait for a person, and their signed total in minor units."""
    waiting = StatementLine.objects.filter(status__in=sorted(map(str, QUEUE)))
    rows = waiting.values("currency").annotate(lines=Count("id"), amount=Sum("amount_minor")).order_by("currency")
    return [(row["currency"], row["lines"], int(row["amount"] or 0)) for row in rows]
