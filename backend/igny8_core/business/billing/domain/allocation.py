"""How much of an invoice a payment may cover, and how money that came is shared out. Pure; minor units throughout."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from igny8_core.business.billing.domain.errors import AmountExceedsDue
from igny8_core.kit.errors import ValidationError


def decide_amount(*, total_minor: int, settled_minor: int, open_minor: int, requested_minor: int | None) -> int:
    """The payment's amount in minor units: what was asked, or what is left; raises AmountExceedsDue."""
    left_minor = total_minor - settled_minor - open_minor
    if left_minor <= 0:
        raise AmountExceedsDue("Nothing is left to pay: the full amount is already paid or submitted.")
    if requested_minor is None:
        return left_minor
    if requested_minor <= 0:
        raise ValidationError(fields={"amount": ["The amount must be greater than zero."]})
    if requested_minor > left_minor:
        raise AmountExceedsDue
    return requested_minor


@dataclass(frozen=True, slots=True)
class Claim:
    """What an invoice may take of the money: what is due on it, at most `wanted_minor` where that was said."""

    invoice_id: UUID
    due_minor: int
    wanted_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What an invoice gets: `amount_minor` counts as settled, `charges_minor` of it never arrived."""

    invoice_id: UUID
    amount_minor: int
    charges_minor: int = 0

    @property
    def cash_minor(self) -> int:
        """What of the share is money."""
        return self.amount_minor - self.charges_minor


@dataclass(frozen=True, slots=True)
class Split:
    """Money that came, shared out: the shares' cash and the excess sum to what was received."""

    shares: tuple[Share, ...]
    excess_minor: int


def split(*, received_minor: int, claims: Sequence[Claim], tolerance_minor: int = 0) -> Split:
    """Share money out over invoices in their order; what none of them takes is the excess.

    A rest of at most `tolerance_minor` is let go as bank charges, but only where the money was all used up: who
    sent enough for the rest has not been charged for the transfer.
    """
    left = received_minor
    shares: list[Share] = []
    for claim in claims:
        cash = min(left, claim.due_minor, claim.due_minor if claim.wanted_minor is None else claim.wanted_minor)
        if cash <= 0:
            continue
        left -= cash
        rest = claim.due_minor - cash
        charges = rest if left == 0 and 0 < rest <= tolerance_minor else 0
        shares.append(Share(claim.invoice_id, cash + charges, charges))
    return Split(tuple(shares), left)
