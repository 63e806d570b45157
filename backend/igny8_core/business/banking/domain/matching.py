"""Which open item a statement line pays: the matcher's entry point. Pure.

`lookup_keys(line)` says what to look up in the database, and `decide(line, candidates)` compares what was found.
Besides the keys, weak look-ups add proposals: open items of the accounts that the payer's bank account or name
(`names.NameIndex`) points to, and items with the line's amount and currency, each with a small limit. A rival that was
not loaded cannot prevent a match, so every key and all weak look-ups have to be queried.

A match is booked without a person only if the text proves it (an ISO 11649 reference, a full invoice number, a
distinctive submitted reference), currency and amount are right, and no rival fits equally well.
"""

from collections.abc import Sequence
from uuid import UUID

from igny8_core.business.banking.domain.candidates import (
    Candidate,
    CandidateKind,
    Decision,
    LookupKeys,
    Part,
    Proposal,
    ReasonCode,
)
from igny8_core.business.banking.domain.certainty import certain_single, certain_split
from igny8_core.business.banking.domain.evidence import Evidence, LineFacts, mark_unique_amount, weigh
from igny8_core.business.banking.domain.line_texts import lookup_keys, read_texts
from igny8_core.business.banking.domain.lines import StatementLine
from igny8_core.business.banking.domain.names import plain_name
from igny8_core.business.banking.domain.proposals import is_worth_proposing, propose, propose_split
from igny8_core.business.banking.domain.splits import splits_of

__all__ = [
    "Candidate",
    "CandidateKind",
    "Decision",
    "LookupKeys",
    "Part",
    "Proposal",
    "ReasonCode",
    "decide",
    "lookup_keys",
]

_PROPOSALS_AT_MOST = 6
_MONEY_IN = frozenset({CandidateKind.PAYMENT, CandidateKind.INVOICE})
_MONEY_OUT = frozenset({CandidateKind.REFUND, CandidateKind.BOUNCE})


def decide(line: StatementLine, candidates: Sequence[Candidate]) -> Decision:
    """What the line pays, if that is certain, and what it may pay, best first."""
    if line.amount_minor == 0:
        return Decision(None, ())
    texts = read_texts(line)
    facts = LineFacts(line, texts, abs(line.amount_minor), plain_name(line.counterparty_name))
    possible, expected_kinds = _kinds(line)
    distinct = {(candidate.kind, candidate.id): candidate for candidate in candidates if candidate.kind in possible}
    evidences = _one_thing_each([weigh(facts, candidate) for candidate in distinct.values()])
    mark_unique_amount(evidences)
    expected = [evidence for evidence in evidences if evidence.candidate.kind in expected_kinds]
    certain = certain_single(facts, expected)
    first: list[Proposal] = []
    if certain is not None:
        first = [propose(facts, certain, certain=True)]
        evidences.remove(certain)
        splits = []
    else:
        splits = splits_of(facts, expected) if line.amount_minor > 0 else []
        split = certain_split(splits, expected)
        if split is not None:
            first = [propose_split(facts, split, certain=True)]
            splits.remove(split)
    others = [propose_split(facts, split) for split in splits]
    best = sorted(filter(is_worth_proposing, evidences), key=lambda evidence: evidence.score, reverse=True)
    others += [propose(facts, one, expected=one in expected) for one in best[:_PROPOSALS_AT_MOST]]
    others.sort(key=lambda proposal: proposal.score, reverse=True)
    return Decision(first[0] if first else None, tuple([*first, *others][:_PROPOSALS_AT_MOST]))


def _kinds(line: StatementLine) -> tuple[frozenset[CandidateKind], frozenset[CandidateKind]]:
    """The kinds that a person may choose for the line, and those that may be certain."""
    if line.amount_minor > 0:
        # Money of ours that comes back pays no invoice, whatever its text says.
        return _MONEY_IN, frozenset() if line.is_return else _MONEY_IN
    return _MONEY_OUT, frozenset({CandidateKind.BOUNCE if line.is_return else CandidateKind.REFUND})


def _one_thing_each(evidences: list[Evidence]) -> list[Evidence]:
    """A payment awaiting approval replaces its invoice, unless the amount matches the invoice and not the payment."""
    payments: dict[UUID | None, list[Evidence]] = {}
    for evidence in evidences:
        if evidence.candidate.kind == CandidateKind.PAYMENT:
            payments.setdefault(evidence.candidate.invoice_id, []).append(evidence)
    kept = []
    for evidence in evidences:
        waiting = (
            payments.get(evidence.candidate.invoice_id, []) if evidence.candidate.kind == CandidateKind.INVOICE else []
        )
        if waiting and (not evidence.fits or any(payment.fits for payment in waiting)):
            continue
        if waiting:
            evidence.add(ReasonCode.PAYMENT_AWAITS, "a payment of another amount awaits approval for this invoice")
        kept.append(evidence)
    return kept
