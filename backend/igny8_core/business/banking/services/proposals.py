"""Matches lines in batches and stores the results with them."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from igny8_core.business.banking.domain.matching import decide
from igny8_core.business.banking.domain.stored_proposals import StoredProposal, key_of
from igny8_core.business.banking.models import LineMatch, StatementLine
from igny8_core.business.banking.selectors.candidates import QueuedLine, candidates_for, queued
from igny8_core.business.banking.services.line_status import MatchResult

KEPT = 5


def match_lines(lines: Sequence[QueuedLine]) -> list[MatchResult]:
    """Match lines.

    A line whose match a person has undone gets no certain proposal: it would be booked again immediately.
    """
    undone = _undone([line.id for line in lines])
    found: list[MatchResult] = []
    for line, candidates in zip(lines, candidates_for(lines), strict=True):
        decision = decide(line.facts, candidates)
        proposals = [one for one in decision.proposals if key_of(one) not in line.rejected][:KEPT]
        certain = decision.certain is not None and decision.certain in proposals and line.id not in undone
        found.append(MatchResult(line.id, [StoredProposal.of(one) for one in proposals], certain))
    return found


def match_rows(rows: Iterable[StatementLine]) -> list[MatchResult]:
    """The same for lines loaded as models."""
    return match_lines([queued(row) for row in rows])


def _undone(line_ids: Collection[UUID]) -> set[UUID]:
    rows = LineMatch.objects.across_accounts().filter(line_id__in=line_ids, undone_at__isnull=False)
    return set(rows.values_list("line_id", flat=True))
