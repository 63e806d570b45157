"""When a match needs no person: the text proves it, amount and currency are right, and it has no rival. Pure."""

from igny8_core.business.banking.domain.candidates import ReasonCode
from igny8_core.business.banking.domain.evidence import Evidence, LineFacts
from igny8_core.business.banking.domain.invoice_tokens import Strength
from igny8_core.business.banking.domain.splits import Split


def certain_single(facts: LineFacts, expected: list[Evidence]) -> Evidence | None:
    """The one candidate that the line certainly pays, if there is one; candidates blocked by a rival are marked."""
    proved = [
        evidence
        for evidence in expected
        if evidence.text == Strength.FULL and evidence.fits and ReasonCode.PAYMENT_AWAITS not in evidence.reasons
    ]
    named = [evidence for evidence in proved if evidence.names_itself]
    chosen = proved[0] if len(proved) == 1 else named[0] if len(named) == 1 else None
    if chosen is None:
        for evidence in proved:
            evidence.add(ReasonCode.RIVAL, "another fits as well")
        return None
    for other in expected:
        if other is not chosen and (code := _objection(facts, chosen, other)) is not None:
            words = (
                "the money comes from another customer" if code == ReasonCode.OTHER_PAYER else "another fits as well"
            )
            chosen.add(code, words)
            return None
    return chosen


def _objection(facts: LineFacts, chosen: Evidence, other: Evidence) -> ReasonCode | None:
    """The reason why `other` keeps `chosen` from being certain."""
    ours, theirs = chosen.candidate, other.candidate
    if ours.invoice_id == theirs.invoice_id is not None:
        as_good = other.names_itself or (other.fits and not chosen.names_itself)
        return ReasonCode.RIVAL if as_good else None
    if other.text == Strength.FULL or (other.text and other.fits) or _listed_together(facts, chosen, other):
        return ReasonCode.RIVAL
    return _other_payer([chosen], other)


def _listed_together(facts: LineFacts, chosen: Evidence, other: Evidence) -> bool:
    ours, theirs = chosen.candidate.invoice_number, other.candidate.invoice_number
    return any(ours in listing.numbers and theirs in listing.numbers for listing in facts.texts.listings)


def _other_payer(chosen: list[Evidence], other: Evidence) -> ReasonCode | None:
    """Whether the payer looks more like another account's customer."""
    if chosen[0].candidate.account_id == other.candidate.account_id:
        return None
    if other.knows_payer and not any(one.knows_payer for one in chosen):
        return ReasonCode.OTHER_PAYER
    if other.similar_name and other.fits and not any(one.points_to_payer for one in chosen):
        return ReasonCode.OTHER_PAYER
    return None


def certain_split(splits: list[Split], expected: list[Evidence]) -> Split | None:
    """The one set of candidates that the line certainly pays, each proved, to the last minor unit."""
    named = [split for split in splits if split.named]
    if len(named) != 1:
        return None
    members = list(named[0].members)
    for other in expected:
        if other in members:
            continue
        if other.text == Strength.FULL or (other.text and other.fits) or _other_payer(members, other) is not None:
            return None
    return named[0]
