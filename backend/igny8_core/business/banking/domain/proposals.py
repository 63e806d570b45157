"""Evidence as presented to a person: parts, a score and reasons in words. Pure."""

from igny8_core.business.banking.domain.candidates import Part, Proposal, ReasonCode
from igny8_core.business.banking.domain.evidence import Evidence, LineFacts
from igny8_core.business.banking.domain.splits import Split

_SCORE_OF_CERTAIN = 100
_SCORE_OF_UNSURE = 95
_SCORE_TO_SHOW = 12
_CEILING = {ReasonCode.AMOUNT_DIFFERS: 72, ReasonCode.CURRENCY_DIFFERS: 45}
"""The highest score that other evidence can reach."""
_UNEXPECTED = 20
_NAMED_AND_EXACT, _LISTED_AND_EXACT, _NAMED, _EXACT = 92, 84, 74, 48
_SOME_NAMED, _PAYER_KNOWN, _NAME_SIMILAR = 10, 18, 10
"""The score of a split, by how clearly the text names its members and by the other evidence for them."""

_OF_EACH = frozenset(
    {
        ReasonCode.CREDITOR_REFERENCE,
        ReasonCode.INVOICE_NUMBER,
        ReasonCode.INVOICE_NUMBER_LIKELY,
        ReasonCode.SUBMITTED_REFERENCE,
        ReasonCode.SUBMITTED_REFERENCE_WEAK,
    }
)
_OF_SPLITS = _OF_EACH | {ReasonCode.PAYER_ACCOUNT_KNOWN, ReasonCode.NAME_SIMILAR}


def is_worth_proposing(evidence: Evidence) -> bool:
    """Whether a person should see it: a similar name alone, or a wrong amount, is not enough."""
    speaks = evidence.text or evidence.knows_payer or evidence.fits
    return bool(speaks) and evidence.score >= _SCORE_TO_SHOW


def propose(facts: LineFacts, evidence: Evidence, *, certain: bool = False, expected: bool = True) -> Proposal:
    """The whole line for one candidate."""
    score = evidence.score
    if not expected:
        score -= _UNEXPECTED
        evidence.add(ReasonCode.NOT_A_PAYMENT, "the bank does not describe it as this kind of movement")
    ceiling = next((_CEILING[code] for code in evidence.reasons if code in _CEILING), _SCORE_OF_UNSURE)
    reasons = evidence.strongest_first
    return Proposal(
        parts=(Part(evidence.candidate, facts.amount_minor),),
        score=_SCORE_OF_CERTAIN if certain else max(0, min(score, ceiling)),
        reasons=tuple(words for _, words in reasons),
        reason_codes=tuple(code for code, _ in reasons),
    )


def propose_split(facts: LineFacts, split: Split, *, certain: bool = False) -> Proposal:
    """The line split over several items of one account."""
    asked = sum(member.candidate.amount_minor for member in split.members)
    count = len(split.members)
    total = facts.money(asked, facts.line.currency)
    reasons = {ReasonCode.SEVERAL_INVOICES: f"{count} of this customer together ask for {total}"}
    if split.exact:
        reasons[ReasonCode.AMOUNT_EQUAL] = f"the amount is exactly {total}"
    else:
        by = facts.money(abs(facts.amount_minor - asked), facts.line.currency)
        reasons[ReasonCode.AMOUNT_DIFFERS] = f"the amount is {by} {'above' if facts.amount_minor > asked else 'below'}"
    for member in split.members:
        for code, words in member.strongest_first:
            if code in _OF_SPLITS:
                reasons[code] = f"{reasons[code]}, {words}" if code in _OF_EACH and code in reasons else words
    return Proposal(
        parts=tuple(Part(member.candidate, share) for member, share in zip(split.members, split.shares, strict=True)),
        score=_SCORE_OF_CERTAIN if certain else _split_score(split),
        reasons=tuple(reasons.values()),
        reason_codes=tuple(reasons),
    )


def _split_score(split: Split) -> int:
    if split.exact and split.listed:
        score = _NAMED_AND_EXACT if split.named else _LISTED_AND_EXACT
    else:
        score = _EXACT if split.exact else _NAMED
    if not split.listed and any(member.text for member in split.members):
        score += _SOME_NAMED
    if any(member.knows_payer for member in split.members):
        score += _PAYER_KNOWN
    if any(member.similar_name for member in split.members):
        score += _NAME_SIMILAR
    return min(score, _SCORE_OF_UNSURE)
