"""How much of an invoice a payment may cover, and how received money is allocated. Pure; minor units throughout."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from igny8_core.business.billing.domain.errors import AmountExceedsDue
from igny8_core.kit.errors import ValidationError


def decide_amount(*, total_minor: int, settled_minor: int, open_minor: int, requested_minor: int | None) -> int:
    """The payment's amount in minor units: the requested amount, or everything that is left; raises
    AmountExceedsDue.
    """
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
    """How much of the money an invoice may take: its amount due, at most `wanted_minor` if given."""

    invoice_id: UUID
    due_minor: int
    wanted_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """An invoice's share: `amount_minor` counts as settled, of which `charges_minor` never arrived."""

    invoice_id: UUID
    amount_minor: int
    charges_minor: int = 0

    @property
    def cash_minor(self) -> int:
        """The part of the share that is money."""
        return self.amount_minor - self.charges_minor


@dataclass(frozen=True, slots=True)
class Split:
    """Received money, allocated: the shares' cash and the excess add up to what was received."""

    shares: tuple[Share, ...]
    excess_minor: int


def split(*, received_minor: int, claims: Sequence[Claim], tolerance_minor: int = 0) -> Split:
    """Allocate money to invoices in their order; what none of them takes is the excess.

    A remainder of at most `tolerance_minor` is written off as bank charges, but only if the money is used up: if more
    money is left, the bank did not deduct charges.
    """
    left = received_minor
    shares: list[Share] = []
    for claim in claims:
        cash = min(left, claim.due_minor, claim.due_minor if claim.wanted_minor is None else claim.wanted_minor)
        if cash <= 0:
            continue
        left -= cash
        rest = claim.due_minor - cash
        charges = rest if left == 0 and rest <= tolerance_minor else 0
        shares.append(Share(claim.invoice_id, cash + charges, charges))
    return Split(tuple(shares), left)
