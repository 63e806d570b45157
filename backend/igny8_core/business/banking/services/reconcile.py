"""A person's decisions on a line: accept, reject, assign, split, ignore, park, undo. Each is one unit of work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.business.banking.domain.booking import MONEY_IN, Booked, DecidedBy, ensure_direction
from igny8_core.business.banking.domain.candidates import CandidateKind
from igny8_core.business.banking.domain.line_errors import CannotUndo, LineNotOpen, ProposalGone
from igny8_core.business.banking.domain.line_states import LineStatus
from igny8_core.business.banking.domain.stored_proposals import StoredProposal, stored_proposals
from igny8_core.business.banking.models import LineMatch, StatementImport, StatementLine
from igny8_core.business.banking.services import line_status
from igny8_core.business.banking.services.booking import book
from igny8_core.business.banking.services.line_status import MatchResult, lock_line
from igny8_core.business.banking.services.proposals import match_rows
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.public import (
    account_id_of_invoice,
    approvals,
    bookable_payment,
    bookable_refund,
)
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.errors import NotFound
from igny8_core.kit.money import parse_amounts

EVERY_IMPORT = UUID(int=0)
"""The event subject of a request to match the lines of all imports again."""
SETTLES = frozenset(kind.value for kind in MONEY_IN)


def _account_of_payment(payment_id: UUID) -> UUID:
    return bookable_payment(payment_id).account_id


def _account_of_refund(refund_id: UUID) -> UUID:
    return bookable_refund(refund_id).account_id


NAMED: dict[str, tuple[CandidateKind, Callable[[UUID], UUID]]] = {
    "invoice_id": (CandidateKind.INVOICE, account_id_of_invoice),
    "payment_id": (CandidateKind.PAYMENT, _account_of_payment),
    "refund_id": (CandidateKind.REFUND, _account_of_refund),
    "bounced_payment_id": (CandidateKind.BOUNCE, _account_of_payment),
}
"""The target kind of each id, and the selector of its account."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a person assigns a line to: one of the ids, and the amount in minor units if the line is split."""

    invoice_id: UUID | None = None
    payment_id: UUID | None = None
    refund_id: UUID | None = None
    bounced_payment_id: UUID | None = None
    account_id: UUID | None = None
    amount_minor: int | None = None


@dataclass(frozen=True, slots=True)
class SplitPart:
    """Part of a line: an invoice or an account's balance, and the amount as decimal text in the line's currency."""

    amount: str
    invoice_id: UUID | None = None
    account_id: UUID | None = None


def accept(*, line_id: UUID, proposal_id: UUID, operator_id: UUID) -> StatementLine:
    """Accept a proposal. Raises `NotFound`, `LineNotOpen`, `ProposalGone`, and the errors of billing's services."""
    line = lock_line(line_id)
    line_status.ensure_open(line)
    proposal = _proposal(line, proposal_id)
    decided_by = DecidedBy(operator_id, score=proposal.score, reasons=tuple(proposal.reasons))
    book(line, parts_of(proposal), decided_by)
    return line


def reject(*, line_id: UUID, proposal_id: UUID) -> StatementLine:
    """Reject a proposal: it will not be made again. Raises `NotFound`, `LineNotOpen`, `ProposalGone`."""
    line = lock_line(line_id)
    line_status.ensure_open(line)
    rejected = _proposal(line, proposal_id).key
    line.rejected = [*line.rejected, rejected]
    StatementLine.objects.filter(id=line.id).update(rejected=line.rejected)
    left = [one for one in stored_proposals(line.proposals) if one.key != rejected]
    if line.status in (LineStatus.PROPOSED, LineStatus.UNMATCHED):
        line_status.store_match_results([MatchResult(line.id, left, certain=False)])
    line.refresh_from_db()
    return line


def assign(*, line_id: UUID, targets: Sequence[Target], operator_id: UUID) -> StatementLine:
    """Assign a line's money to one target, or to several whose amounts add up to it.

    Raises `NotFound`, `LineNotOpen`, `WrongDirection`, `ValidationError`, and the errors of billing's services.
    """
    line = lock_line(line_id)
    line_status.ensure_open(line)
    whole = abs(line.amount_minor or 0)
    ensure_direction(amount_minor=line.amount_minor or 0, kinds=map(_kind_of, targets))
    parts = [_booked(one, whole if one.amount_minor is None else one.amount_minor) for one in targets]
    book(line, parts, DecidedBy(operator_id))
    return line


def split(*, line_id: UUID, parts: Sequence[SplitPart], operator_id: UUID) -> StatementLine:
    """Split a line over invoices and balances. Raises what `assign` raises."""
    line = lock_line(line_id)
    line_status.ensure_open(line)
    texts = {f"parts.{index}.amount": part.amount for index, part in enumerate(parts)}
    amounts = parse_amounts(texts, line.currency).values()
    targets = [
        Target(part.invoice_id, account_id=part.account_id, amount_minor=amount_minor)
        for part, amount_minor in zip(parts, amounts, strict=True)
    ]
    return assign(line_id=line_id, targets=targets, operator_id=operator_id)


def ignore(*, line_id: UUID, reason: str) -> StatementLine:
    """Ignore a line that is not a customer's money. Raises `NotFound`, `LineNotOpen`."""
    line = lock_line(line_id)
    line_status.apply(line, to=LineStatus.IGNORED, note=reason)
    return line


def park(*, line_id: UUID, reason: str) -> StatementLine:
    """Park an unknown payer's money until it is assigned. Raises `NotFound`, `LineNotOpen`."""
    line = lock_line(line_id)
    line_status.apply(line, to=LineStatus.PARKED, note=reason)
    return line


def undo(*, line_id: UUID, reason: str, operator_id: UUID | None) -> StatementLine:
    """Undo a decision; the service that booked its money reverses it.

    Raises `NotFound`, `LineNotOpen`, `CannotUndo`, and `InvalidTransition` if billing cannot reverse it.
    """
    line, originals = _locked_with_originals(line_id)
    if line.amount_minor is None or line.status not in (LineStatus.MATCHED, LineStatus.IGNORED, LineStatus.PARKED):
        raise LineNotOpen(f"This line is {line.status}, so there is nothing to undo.", data={"status": line.status})
    if line.status == LineStatus.MATCHED:
        for match_ in active_matches(line.id):
            _take_back(match_, reason)
            _close(match_, operator_id)
    line_status.apply(line, to=LineStatus.UNMATCHED, note=reason, undone=True)
    for original in originals:
        for match_ in active_matches(original.id):
            _close(match_, operator_id)
        line_status.apply(original, to=LineStatus.UNMATCHED, note=reason, undone=True)
    _look_again([line, *originals])
    line.refresh_from_db()
    return line


def release(*, line_id: UUID) -> bool:
    """Open a line again whose payment was rejected while awaiting approval; returns whether it was."""
    line = lock_line(line_id)
    matches = active_matches(line.id)
    waiting = [one for one in matches if one.awaits_approval and one.payment is not None]
    statuses = {one.payment.status for one in waiting if one.payment is not None}
    if not statuses or PaymentStatus.PENDING_APPROVAL in statuses:
        return False
    if not statuses <= {PaymentStatus.FAILED.value, PaymentStatus.CANCELLED.value}:
        LineMatch.objects.across_accounts().filter(id__in=[one.id for one in waiting]).update(awaits_approval=False)
        return False
    undo(line_id=line_id, reason="The payment was rejected.", operator_id=None)
    return True


def request_match(*, import_id: UUID | None) -> None:
    """Ask the worker to match undecided lines again, of one import or of all. Raises `NotFound`."""
    if import_id is not None and not StatementImport.objects.filter(id=import_id).exists():
        raise NotFound
    record(
        EventType.STATEMENT_MATCH_REQUESTED,
        account_id=PLATFORM_ID,
        subject_type="statement",
        subject_id=import_id or EVERY_IMPORT,
    )


def parts_of(proposal: StoredProposal) -> list[Booked]:
    """The parts that a stored proposal books."""
    return [Booked(part.kind, proposal.account_id, part.id, part.amount_minor) for part in proposal.parts]


def active_matches(line_id: UUID) -> list[LineMatch]:
    """The current matches of a line."""
    rows = LineMatch.objects.across_accounts().filter(line_id=line_id, undone_at=None)
    return list(rows.select_related("payment").order_by("id"))


def _proposal(line: StatementLine, proposal_id: UUID) -> StoredProposal:
    for proposal in stored_proposals(line.proposals):
        if proposal.id == proposal_id:
            return proposal
    raise ProposalGone


def _booked(target: Target, amount_minor: int) -> Booked:
    """A target with its account; operators may name payments and invoices of every account."""
    for name, (kind, account_of) in NAMED.items():
        target_id = getattr(target, name)
        if target_id is not None:
            return Booked(kind, account_of(target_id), target_id, amount_minor)
    assert target.account_id is not None, "the edge refuses a target without an id"
    return Booked(CandidateKind.BALANCE, target.account_id, None, amount_minor)


def _kind_of(target: Target) -> CandidateKind:
    kinds = (kind for name, (kind, _) in NAMED.items() if getattr(target, name) is not None)
    return next(kinds, CandidateKind.BALANCE)


def _locked_with_originals(line_id: UUID) -> tuple[StatementLine, list[StatementLine]]:
    """The line, and the lines whose payments it reversed: undoing makes them available again."""
    bounced = LineMatch.objects.across_accounts().filter(
        line_id=line_id, undone_at=None, kind=CandidateKind.BOUNCE.value
    )
    originals = LineMatch.objects.across_accounts().filter(
        payment_id__in=bounced.values("payment_id"), undone_at=None, kind__in=SETTLES
    )
    rows = line_status.lock_lines([line_id, *originals.values_list("line_id", flat=True)])
    line = next((row for row in rows if row.id == line_id), None)
    if line is None:
        raise NotFound
    return line, [row for row in rows if row.id != line_id and row.status == LineStatus.MATCHED]


def _take_back(match_: LineMatch, reason: str) -> None:
    """A payment is un-settled. A refund stays paid, because the bank has sent it. A bounce stays, and late money pays
    again.
    """
    if match_.kind not in SETTLES or match_.payment is None:
        return
    match match_.payment.status:
        case PaymentStatus.SUCCEEDED | PaymentStatus.REFUNDED:
            approvals.bounce_payment(payment_id=match_.payment.id, reason=reason)
        case PaymentStatus.PENDING_APPROVAL:
            raise CannotUndo("The payment is waiting for another approval. Reject it to free the line.")


def _close(match_: LineMatch, operator_id: UUID | None) -> None:
    LineMatch.objects.across_accounts().filter(id=match_.id, undone_at=None).update(
        undone_at=clock.now(), undone_by_id=operator_id, awaits_approval=False
    )


def _look_again(lines: Sequence[StatementLine]) -> None:
    line_status.store_match_results(match_rows(lines))
