"""The amounts of an invoice line. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from igny8_core.kit.errors import ValidationError
from igny8_core.kit.money import MAX_AMOUNT_MINOR, percent_of

_MAX_TAX_RATE = Decimal(100)


class LineKind(StrEnum):
    """What a line sells; the values are stored and appear in the API."""

    SUBSCRIPTION = "subscription"
    CREDIT_PACKAGE = "credit_package"
    ADDON = "addon"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """A line's net amount and its tax, in minor units."""

    amount_minor: int
    tax_minor: int


def line_amounts(*, quantity: int, unit_amount_minor: int, tax_rate: Decimal | None) -> LineAmounts:
    """Net and tax of a line (`tax_rate` in percent, rounded half up); raises ValidationError with fields."""
    fields: dict[str, list[str]] = {}
    if quantity < 1:
        fields["quantity"] = ["The quantity must be at least one."]
    if unit_amount_minor < 0:
        fields["unit_amount"] = ["The unit amount must not be negative."]
    if tax_rate is not None and not (tax_rate.is_finite() and 0 <= tax_rate <= _MAX_TAX_RATE):
        fields["tax_rate"] = ["The tax rate must be a percentage from 0 to 100."]
    if fields:
        raise ValidationError(fields=fields)
    amount_minor = quantity * unit_amount_minor
    if amount_minor > MAX_AMOUNT_MINOR:
        raise ValidationError(fields={"unit_amount": ["The line's amount is too large."]})
    tax_minor = 0 if tax_rate is None else percent_of(amount_minor, tax_rate)
    if amount_minor + tax_minor > MAX_AMOUNT_MINOR:
        raise ValidationError(fields={"unit_amount": ["The line's amount with its tax is too large."]})
    return LineAmounts(amount_minor=amount_minor, tax_minor=tax_minor)
