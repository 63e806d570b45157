"""How bank accounts, imports, statements and lines are answered."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q

from igny8_core.business.banking.domain.line_states import LineStatus
from igny8_core.business.banking.domain.lines import StatementLine as FileLine
from igny8_core.business.banking.domain.lines import UnreadableLine
from igny8_core.business.banking.formats.registry import Preview
from igny8_core.business.banking.models import (
    BankAccount,
    LineMatch,
    SavedCsvProfile,
    Statement,
    StatementImport,
    StatementLine,
)
from igny8_core.events.catalogue import EventType
from igny8_core.events.models import Event
from igny8_core.kit.money import format_amount

HISTORY = sorted(
    kind.value
    for kind in (EventType.LINE_MATCHED, EventType.LINE_UNMATCHED, EventType.LINE_IGNORED, EventType.LINE_PARKED)
)


def money(amount_minor: int | None, currency: str) -> str | None:
    """Minor units as decimal text."""
    return None if amount_minor is None else format_amount(amount_minor, currency)


def bank_account_document(account: BankAccount) -> dict[str, Any]:
    """An account of ours, with how far its statements reach."""
    names = ("id", "name", "number", "currency", "payment_method", "created_at", "updated_at")
    last = Statement.objects.filter(bank_account=account).aggregate(date=Max("last_date"))["date"]
    return {**{name: getattr(account, name) for name in names}, "last_statement_on": last}


def profile_document(profile: SavedCsvProfile) -> dict[str, Any]:
    """A saved profile."""
    return {name: getattr(profile, name) for name in ("id", "name", "definition", "created_at", "updated_at")}


def preview_document(preview: Preview) -> dict[str, Any]:
    """What a definition makes of a table's first rows."""
    shown = [item for item in preview.items if isinstance(item, FileLine | UnreadableLine)]
    return {"header": preview.header, "rows": preview.rows, "lines": [_previewed(item) for item in shown]}


def _previewed(item: FileLine | UnreadableLine) -> dict[str, Any]:
    names = (
        "booking_date", "value_date", "counterparty_name", "counterparty_account", "remittance", "bank_reference",
    )  # fmt: skip
    if isinstance(item, UnreadableLine):
        empty: dict[str, Any] = {**dict.fromkeys(names, ""), "booking_date": None, "value_date": None}
        return {"position": item.position, "amount": None, "currency": "", **empty, "problem": item.problem}
    return {
        "position": item.position,
        "amount": money(item.amount_minor, item.currency),
        "currency": item.currency,
        **{name: getattr(item, name) for name in names},
        "problem": "",
    }


def import_documents(found: Sequence[StatementImport]) -> list[dict[str, Any]]:
    """Imports with their progress and statements, counted for all of them at once."""
    ids = [one.id for one in found]
    counts = _progress(ids)
    statements: dict[UUID, list[Statement]] = defaultdict(list)
    for row in Statement.objects.filter(statement_import_id__in=ids).order_by("statement_import_id", "position"):
        statements[row.statement_import_id].append(row)
    return [_import_document(one, counts.get(one.id, {}), statements[one.id]) for one in found]


def import_document(found: StatementImport) -> dict[str, Any]:
    """One import."""
    return import_documents([found])[0]


def line_document(line: StatementLine) -> dict[str, Any]:
    """A line as the queue shows it."""
    names = (
        "id", "statement_id", "bank_account_id", "position", "currency", "booking_date", "value_date",
        "counterparty_name", "counterparty_account", "end_to_end_id", "structured_reference", "remittance",
        "bank_reference", "is_return", "status", "note", "decided_at",
    )  # fmt: skip
    return {
        **{name: getattr(line, name) for name in names},
        "import_id": line.statement_import_id,
        "amount": money(line.amount_minor, line.currency),
        "proposals": [proposal_document(one, line.currency) for one in line.proposals],
        "certain": line.certain,
    }


def proposal_document(proposal: dict[str, Any], currency: str) -> dict[str, Any]:
    """A stored proposal, amounts as decimal text."""
    names = ("id", "account_id", "account_name", "score", "reasons", "reason_codes")
    return {
        **{name: proposal[name] for name in names},
        "parts": [
            {
                "kind": part["kind"],
                "id": part["id"],
                "amount": format_amount(part["amount_minor"], currency),
                "amount_due": format_amount(part["due_minor"], part["currency"]),
                "currency": part["currency"],
                "invoice_number": part["invoice_number"],
                "reference": part["reference"],
            }
            for part in proposal["parts"]
        ],
    }


def line_detail(line: StatementLine) -> dict[str, Any]:
    """A line with the text of the file, its matches (undone ones too) and who decided what."""
    matches = LineMatch.objects.across_accounts().filter(line=line).select_related("account").order_by("id")
    events = Event.objects.across_accounts().filter(subject_id=line.id, type__in=HISTORY).order_by("sequence")
    return {
        **line_document(line),
        "raw": line.raw,
        "matches": [_match_document(one, line.currency) for one in matches],
        "history": [
            {
                "type": event.type,
                "at": event.occurred_at,
                "actor_kind": event.actor_kind,
                "actor_id": event.actor_id,
                "from": event.data.get("from"),
                "to": event.data.get("to"),
            }
            for event in events[:100]
        ],
    }


def _match_document(match_: LineMatch, currency: str) -> dict[str, Any]:
    names = (
        "id", "kind", "account_id", "payment_id", "refund_id", "automatic", "awaits_approval", "decided_by_id", "score",
        "reasons", "created_at", "undone_at", "undone_by_id",
    )  # fmt: skip
    return {
        **{name: getattr(match_, name) for name in names},
        "account_name": match_.account.name,
        "amount": format_amount(match_.amount_minor, currency),
    }


def _progress(import_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
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


def _import_document(found: StatementImport, counts: dict[str, int], statements: list[Statement]) -> dict[str, Any]:
    names = (
        "id", "file_name", "size_bytes", "sha256", "format", "status", "bank_account_id", "csv_profile_id",
        "uploaded_by_id", "problem", "problem_code", "unreadable_lines", "created_at", "confirmed_at", "finished_at",
    )  # fmt: skip
    shown = (status for status in LineStatus if status is not LineStatus.NEW)
    return {
        **{name: getattr(found, name) for name in names},
        "progress": {
            "lines_read": found.lines_read,
            "lines_imported": found.lines_imported,
            "lines_duplicate": found.lines_duplicate,
            "lines_unreadable": found.lines_unreadable,
            **{status.value: counts.get(status.value, 0) for status in shown if status is not LineStatus.UNREADABLE},
            "left": counts.get(LineStatus.NEW.value, 0) + counts.get("certain", 0),
        },
        "statements": [_statement_document(one) for one in statements],
    }


def _statement_document(statement: Statement) -> dict[str, Any]:
    names = (
        "id", "bank_account_id", "kind", "identification", "currency", "balances_agree", "first_date", "last_date",
        "lines_imported", "lines_duplicate", "lines_not_booked",
    )  # fmt: skip
    currency = statement.currency
    return {
        **{name: getattr(statement, name) for name in names},
        "opening": money(statement.opening_minor, currency),
        "closing": money(statement.closing_minor, currency),
        "sum": money(statement.sum_minor, currency),
    }
