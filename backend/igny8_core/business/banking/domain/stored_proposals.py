"""A proposal as stored with its line in the database; amounts in minor units. Pure."""

from uuid import UUID

import msgspec

from igny8_core.business.banking.domain.candidates import CandidateKind, Proposal
from igny8_core.kit.ids import uuid7


class StoredPart(msgspec.Struct, frozen=True):
    """The target of one part of a line; `due_minor` is in `currency`, which may differ from the line's."""

    kind: CandidateKind
    id: UUID
    amount_minor: int
    due_minor: int
    currency: str
    invoice_number: str
    reference: str


class StoredProposal(msgspec.Struct, frozen=True):
    """What a line may pay, and why. Proposals that pay the same have the same `key`."""

    id: UUID
    key: str
    account_id: UUID
    account_name: str
    score: int
    reasons: list[str]
    reason_codes: list[str]
    parts: list[StoredPart]

    @classmethod
    def of(cls, proposal: Proposal) -> "StoredProposal":
        """The matcher's proposal, under a new id."""
        return cls(
            id=uuid7(),
            key=key_of(proposal),
            account_id=proposal.account_id,
            account_name=proposal.parts[0].candidate.account_name,
            score=proposal.score,
            reasons=list(proposal.reasons),
            reason_codes=[str(code) for code in proposal.reason_codes],
            parts=[
                StoredPart(
                    kind=part.candidate.kind,
                    id=part.candidate.id,
                    amount_minor=part.amount_minor,
                    due_minor=part.candidate.amount_minor,
                    currency=part.candidate.currency,
                    invoice_number=part.candidate.invoice_number,
                    reference=part.candidate.reference,
                )
                for part in proposal.parts
            ],
        )


def key_of(proposal: Proposal) -> str:
    """The identity of a proposal: what it pays."""
    return "+".join(sorted(f"{part.candidate.kind.value}:{part.candidate.id}" for part in proposal.parts))


def stored_proposals(column: object) -> list[StoredProposal]:
    """The content of the line's column, best first."""
    return msgspec.convert(column, list[StoredProposal])
