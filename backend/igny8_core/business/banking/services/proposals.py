"""What the matcher says of lines, kept beside them: proposals as stored, and lines looked at in batches."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from igny8_core.business.banking.domain.matching import Proposal, decide
from igny8_core.business.banking.models import LineMatch, StatementLine
from igny8_core.business.banking.selectors.candidates import QueuedLine, candidates_for, queued
from igny8_core.business.banking.services.line_status import Looked
from igny8_core.kit.ids import uuid7

KEPT = 5


def look_at(lines: Sequence[QueuedLine]) -> list[Looked]:
    """Let the matcher look at lines.

    Nothing is certain of a line whose match a person has undone: it would be taken again at once.
    """
    undone = _undone([line.id for line in lines])
    found: list[Looked] = []
    for line, candidates in zip(lines, candidates_for(lines), strict=True):
        decision = decide(line.facts, candidates)
        proposals = [one for one in decision.proposals if key_of(one) not in line.rejected][:KEPT]
        certain = decision.certain is not None and decision.certain in proposals and line.id not in undone
        found.append(Looked(line.id, [stored(one) for one in proposals], certain))
    return found


def look_at_rows(rows: Iterable[StatementLine]) -> list[Looked]:
    """The same for lines that were loaded as models."""
    return look_at([queued(row) for row in rows])


def stored(proposal: Proposal) -> dict[str, Any]:
    """A proposal as it stands beside its line; amounts in minor units."""
    return {
        "id": str(uuid7()),
        "key": key_of(proposal),
        "account_id": str(proposal.account_id),
        "account_name": proposal.parts[0].candidate.account_name,
        "score": proposal.score,
        "reasons": list(proposal.reasons),
        "reason_codes": [str(code) for code in proposal.reason_codes],
        "parts": [
            {
                "kind": part.candidate.kind.value,
                "id": str(part.candidate.id),
                "amount_minor": part.amount_minor,
                "due_minor": part.candidate.amount_minor,
                "currency": part.candidate.currency,
                "invoice_number": part.candidate.invoice_number,
                "reference": part.candidate.reference,
            }
            for part in proposal.parts
        ],
    }


def key_of(proposal: Proposal) -> str:
    """What makes two proposals the same one: what they pay."""
    return "+".join(sorted(f"{part.candidate.kind.value}:{part.candidate.id}" for part in proposal.parts))


def _undone(line_ids: Collection[UUID]) -> set[UUID]:
    rows = LineMatch.objects.across_accounts().filter(line_id__in=line_ids, undone_at__isnull=False)
    return set(rows.values_list("line_id", flat=True))
