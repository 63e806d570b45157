"""Answers of the routes for bank accounts, statements and lines."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

import msgspec

from igny8_core.business.banking.domain.candidates import CandidateKind, ReasonCode
from igny8_core.business.banking.domain.line_states import ImportStatus, LineStatus
from igny8_core.business.banking.domain.lines import StatementKind, UnreadableLine
from igny8_core.business.banking.domain.lines import StatementLine as FileLine
from igny8_core.business.banking.domain.stored_proposals import StoredPart, StoredProposal, stored_proposals
from igny8_core.business.banking.formats.registry import Preview
from igny8_core.business.banking.models import (
    BankAccount,
    LineMatch,
    SavedCsvProfile,
    Statement,
    StatementImport,
    StatementLine,
)
from igny8_core.business.banking.selectors.imports import last_statement_on, line_counts, statements_of
from igny8_core.business.banking.selectors.lines import LineDetail
from igny8_core.events.models import Event
from igny8_core.http.answers import Answer, Instant, same_names
from igny8_core.kit.money import format_amount, format_optional


class BankAccountAnswer(Answer):
    """One of our bank accounts, and the last day that its statements cover."""

    id: UUID
    name: str
    number: str
    currency: str
    payment_method: str
    created_at: Instant
    updated_at: Instant
    last_statement_on: date | None

    @classmethod
    def of(cls, account: BankAccount) -> Self:
        """The account."""
        return cls(**same_names(cls, account), last_statement_on=last_statement_on(account))


class ProfileAnswer(Answer):
    """A saved profile: how one bank's tables are read."""

    id: UUID
    name: str
    definition: Mapping[str, Any]
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, profile: SavedCsvProfile) -> Self:
        """The profile."""
        return cls(**same_names(cls, profile))


class PreviewLineAnswer(Answer):
    """What a definition reads from a row: a line, or what is wrong with it."""

    position: int
    amount: str | None
    currency: str
    booking_date: date | None = None
    value_date: date | None = None
    counterparty_name: str = ""
    counterparty_account: str = ""
    remittance: str = ""
    bank_reference: str = ""
    problem: str = ""

    @classmethod
    def of(cls, item: FileLine | UnreadableLine) -> Self:
        """The row as it would be read."""
        if isinstance(item, UnreadableLine):
            return cls(position=item.position, amount=None, currency="", problem=item.problem)
        return cls(
            position=item.position,
            amount=format_amount(item.amount_minor, item.currency),
            currency=item.currency,
            booking_date=item.booking_date,
            value_date=item.value_date,
            counterparty_name=item.counterparty_name,
            counterparty_account=item.counterparty_account,
            remittance=item.remittance,
            bank_reference=item.bank_reference,
        )


class PreviewAnswer(Answer):
    """The first rows of a table, raw and as they would be read."""

    header: list[str]
    rows: list[list[str]]
    lines: list[PreviewLineAnswer]

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """What a definition reads from a table's first rows."""
        read = [item for item in preview.items if isinstance(item, FileLine | UnreadableLine)]
        lines = [PreviewLineAnswer.of(item) for item in read]
        return cls(header=list(preview.header), rows=[list(row) for row in preview.rows], lines=lines)


class UnreadableAnswer(Answer):
    """A line that could not be read."""

    statement: int
    position: int
    problem: str
    raw: str


class ProgressAnswer(Answer):
    """Progress of an import, in lines; `left` counts lines not matched yet, or certain but not booked yet."""

    lines_read: int
    lines_imported: int
    lines_duplicate: int
    lines_unreadable: int
    unmatched: int
    proposed: int
    matched: int
    ignored: int
    parked: int
    left: int

    @classmethod
    def of(cls, found: StatementImport, counts: Mapping[str, int]) -> Self:
        """The import's counters, and the number of its lines in each status."""
        return cls(
            lines_read=found.lines_read,
            lines_imported=found.lines_imported,
            lines_duplicate=found.lines_duplicate,
            lines_unreadable=found.lines_unreadable,
            unmatched=counts.get(LineStatus.UNMATCHED, 0),
            proposed=counts.get(LineStatus.PROPOSED, 0),
            matched=counts.get(LineStatus.MATCHED, 0),
            ignored=counts.get(LineStatus.IGNORED, 0),
            parked=counts.get(LineStatus.PARKED, 0),
            left=counts.get(LineStatus.NEW, 0) + counts.get("certain", 0),
        )


class StatementAnswer(Answer):
    """A statement of a file; `lines_not_booked` are pending entries, which the bank sends again once
    they are booked.
    """

    id: UUID
    bank_account_id: UUID
    kind: StatementKind
    identification: str
    currency: str
    balances_agree: bool | None
    first_date: date | None
    last_date: date | None
    lines_imported: int
    lines_duplicate: int
    lines_not_booked: int
    opening: str | None
    closing: str | None
    sum: str

    @classmethod
    def of(cls, statement: Statement) -> Self:
        """The statement."""
        return cls(
            **same_names(cls, statement),
            opening=format_optional(statement.opening_minor, statement.currency),
            closing=format_optional(statement.closing_minor, statement.currency),
            sum=format_amount(statement.sum_minor, statement.currency),
        )


class ImportAnswer(Answer):
    """A file and its import."""

    id: UUID
    file_name: str
    size_bytes: int
    sha256: str
    format: str
    status: ImportStatus
    bank_account_id: UUID | None
    csv_profile_id: UUID | None
    uploaded_by_id: UUID | None
    problem: str
    problem_code: str
    unreadable_lines: list[UnreadableAnswer]
    created_at: Instant
    confirmed_at: Instant | None
    finished_at: Instant | None
    progress: ProgressAnswer
    statements: list[StatementAnswer]

    @classmethod
    def of(cls, found: StatementImport) -> Self:
        """One import."""
        return cls.of_all([found])[0]

    @classmethod
    def of_all(cls, found: Sequence[StatementImport]) -> list[Self]:
        """Imports with their progress and statements, counted for all of them at once."""
        ids = [one.id for one in found]
        counts, statements = line_counts(ids), defaultdict(list)
        for statement in statements_of(ids):
            statements[statement.statement_import_id].append(StatementAnswer.of(statement))
        return [
            cls(
                **same_names(cls, one) | {"unreadable_lines": _unreadable(one)},
                progress=ProgressAnswer.of(one, counts.get(one.id, {})),
                statements=statements[one.id],
            )
            for one in found
        ]


def _unreadable(found: StatementImport) -> list[UnreadableAnswer]:
    return msgspec.convert(found.unreadable_lines, list[UnreadableAnswer])


class ProposalPartAnswer(Answer):
    """The target of one part of a line."""

    kind: CandidateKind
    id: UUID
    amount: str
    amount_due: str
    currency: str
    invoice_number: str
    reference: str

    @classmethod
    def of(cls, part: StoredPart, currency: str) -> Self:
        """The part; its amount is in the line's currency."""
        return cls(
            kind=part.kind,
            id=part.id,
            amount=format_amount(part.amount_minor, currency),
            amount_due=format_amount(part.due_minor, part.currency),
            currency=part.currency,
            invoice_number=part.invoice_number,
            reference=part.reference,
        )


class ProposalAnswer(Answer):
    """What a line may pay, and why."""

    id: UUID
    account_id: UUID
    account_name: str
    score: int
    reasons: list[str]
    reason_codes: list[ReasonCode]
    parts: list[ProposalPartAnswer]

    @classmethod
    def of(cls, proposal: StoredProposal, currency: str) -> Self:
        """The proposal for a line in this currency."""
        return cls(
            id=proposal.id,
            account_id=proposal.account_id,
            account_name=proposal.account_name,
            score=proposal.score,
            reasons=proposal.reasons,
            reason_codes=[ReasonCode(code) for code in proposal.reason_codes],
            parts=[ProposalPartAnswer.of(part, currency) for part in proposal.parts],
        )


class CandidatesAnswer(Answer):
    """The matcher's current result for a line."""

    certain: bool
    proposals: list[ProposalAnswer]


class LineAnswer(Answer):
    """A line as listed in the queue."""

    id: UUID
    statement_id: UUID
    bank_account_id: UUID
    position: int
    currency: str
    booking_date: date | None
    value_date: date | None
    counterparty_name: str
    counterparty_account: str
    end_to_end_id: str
    structured_reference: str
    remittance: str
    bank_reference: str
    is_return: bool
    status: LineStatus
    note: str
    decided_at: Instant | None
    import_id: UUID
    amount: str | None
    proposals: list[ProposalAnswer]
    certain: bool

    @classmethod
    def of(cls, line: StatementLine, **more: Any) -> Self:
        """The line, and what a subclass has `more`."""
        proposals = stored_proposals(line.proposals)
        return cls(
            **same_names(cls, line)
            | {"proposals": [ProposalAnswer.of(proposal, line.currency) for proposal in proposals]},
            import_id=line.statement_import_id,
            amount=format_optional(line.amount_minor, line.currency),
            **more,
        )


class MatchAnswer(Answer):
    """What a line was matched with, including undone matches."""

    id: UUID
    kind: CandidateKind
    account_id: UUID
    payment_id: UUID | None
    refund_id: UUID | None
    automatic: bool
    awaits_approval: bool
    decided_by_id: UUID | None
    score: int | None
    reasons: list[str]
    created_at: Instant
    undone_at: Instant | None
    undone_by_id: UUID | None
    account_name: str
    amount: str

    @classmethod
    def of(cls, match_: LineMatch, currency: str) -> Self:
        """The match of a line in this currency."""
        amount = format_amount(match_.amount_minor, currency)
        return cls(**same_names(cls, match_), account_name=match_.account.name, amount=amount)


class LineHistoryAnswer(Answer):
    """One decision."""

    type: str
    at: Instant
    actor_kind: str
    actor_id: UUID | None
    before: str | None = msgspec.field(name="from")
    to: str | None

    @classmethod
    def of(cls, event: Event) -> Self:
        """The decision that an event records."""
        return cls(
            type=event.type,
            at=event.occurred_at,
            actor_kind=event.actor_kind,
            actor_id=event.actor_id,
            before=event.data.get("from"),
            to=event.data.get("to"),
        )


class LineDetailAnswer(LineAnswer):
    """A line with the file's text, its matches and decisions."""

    raw: str
    matches: list[MatchAnswer]
    history: list[LineHistoryAnswer]

    @classmethod
    def of_detail(cls, detail: LineDetail) -> Self:
        """The complete line."""
        line = detail.line
        return cls.of(
            line,
            matches=[MatchAnswer.of(match_, line.currency) for match_ in detail.matches],
            history=[LineHistoryAnswer.of(event) for event in detail.events],
        )


class RequestedAnswer(Answer):
    """Confirms that the request was handed to a worker."""

    requested: bool
