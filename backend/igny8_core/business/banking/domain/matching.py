"""Which open thing a line of a statement pays: the matcher's one door. Pure.

`lookup_keys(line)` says what to ask the database for and `decide(line, candidates)` weighs what it answers.
"""

from igny8_core.business.banking.domain.candidates import (
    Candidate,
    CandidateKind,
    Decision,
    LookupKeys,
    Part,
    Proposal,
    ReasonCode,
)

__all__ = ["Candidate", "CandidateKind", "Decision", "LookupKeys", "Part", "Proposal", "ReasonCode"]
