"""What a line books: the parts of a decision, and whether they fit its amount. Pure; minor units throughout."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from igny8_core.business.banking.domain.candidates import CandidateKind
from igny8_core.business.banking.domain.line_errors import WrongDirection
from igny8_core.kit.errors import ValidationError

BANK_ID = UUID("00000000-0000-7000-8000-00000000ba4c")
"""The uploader of files imported from the command line without an operator; no operator ever has this id."""
MONEY_IN = frozenset({CandidateKind.PAYMENT, CandidateKind.INVOICE, CandidateKind.BALANCE})


@dataclass(frozen=True, slots=True)
class Booked:
    """One part of a line: `target_id` is a payment, a refund or an invoice, and None for `BALANCE`."""

    kind: CandidateKind
    account_id: UUID
    target_id: UUID | None
    amount_minor: int


@dataclass(frozen=True, slots=True)
class DecidedBy:
    """Who decides: an operator, or the matcher on behalf of whoever uploaded the file."""

    operator_id: UUID
    automatic: bool = False
    score: int | None = None
    reasons: tuple[str, ...] = ()


def ensure_direction(*, amount_minor: int, kinds: Iterable[CandidateKind]) -> None:
    """Refuse a target whose direction contradicts the line's signed amount; raises `WrongDirection`."""
    if any((amount_minor > 0) is not (kind in MONEY_IN) for kind in kinds):
        raise WrongDirection


def ensure_fits(*, amount_minor: int, parts: Sequence[Booked]) -> None:
    """Refuse parts that do not add up to the line or go in the wrong direction; raises `WrongDirection`,
    `ValidationError`.

    `amount_minor` is the line's signed amount.
    """
    ensure_direction(amount_minor=amount_minor, kinds=[part.kind for part in parts])
    if sum(part.amount_minor for part in parts) != abs(amount_minor):
        raise ValidationError(fields={"parts": ["The parts do not add up to the line's amount."]})
    targets = [(part.account_id, part.target_id) for part in parts]
    if len(set(targets)) < len(targets):
        raise ValidationError(fields={"parts": ["Name each invoice and each account only once."]})
