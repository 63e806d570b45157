"""Money: whole minor units and a currency, never a float. Pure."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.errors import ValidationError

MAX_AMOUNT_MINOR = 10**15 - 1
_DECIMAL = re.compile(r"(0|[1-9]\d{0,19})(?:\.(\d{1,4}))?\Z", re.ASCII)


class InvalidAmount(ValidationError):
    """A text that is not an amount in its currency."""

    default_message = "This is not an amount."


class UnknownCurrency(ValidationError):
    """A code that ISO 4217 does not list."""

    default_message = "This is not an ISO 4217 currency code."


def exponent(currency: str) -> int:
    """How many decimals the currency has; raises `UnknownCurrency`."""
    try:
        return CURRENCIES[currency]
    except KeyError as error:
        raise UnknownCurrency from error


def parse_amount(text: str, currency: str, *, field: str | None = None, allow_zero: bool = False) -> int:
    """Decimal text as minor units; fewer decimals than the currency's are accepted, more are refused.

    Raises `InvalidAmount` for signs, spaces, exponents, other digits, zero, and more than `MAX_AMOUNT_MINOR`; the error
    names the `field` of the request.
    """
    digits = exponent(currency)
    match = _DECIMAL.match(text)
    if match is None:
        raise _invalid('Send the amount as a decimal string such as "4500.00".', field)
    whole, decimals = match[1], match[2] or ""
    if len(decimals) > digits:
        raise _invalid(f"{currency} has {digits} decimals.", field)
    amount_minor = int(whole + decimals.ljust(digits, "0"))
    if amount_minor > MAX_AMOUNT_MINOR:
        raise _invalid("The amount is too large.", field)
    if amount_minor == 0 and not allow_zero:
        raise _invalid("The amount must be greater than zero.", field)
    return amount_minor


def parse_amounts(texts: Mapping[str, str], currency: str, *, allow_zero: Container[str] = ()) -> dict[str, int]:
    """Several texts, keyed by the fields of the request; those in `allow_zero` may be zero.

    Raises one `ValidationError` that names every wrong field.
    """
    amounts: dict[str, int] = {}
    faults: dict[str, Sequence[str]] = {}
    for field, text in texts.items():
        try:
            amounts[field] = parse_amount(text, currency, field=field, allow_zero=field in allow_zero)
        except InvalidAmount as error:
            faults |= error.fields
    if faults:
        raise ValidationError(fields=faults)
    return amounts


def _invalid(sentence: str, field: str | None) -> InvalidAmount:
    if field is None:
        return InvalidAmount(sentence)
    return InvalidAmount(ValidationError.default_message, fields={field: [sentence]})


def format_amount(amount_minor: int, currency: str) -> str:
    """Minor units as decimal text with exactly the currency's decimals."""
    digits = CURRENCIES[currency]
    if digits == 0:
        return str(amount_minor)
    text = str(abs(amount_minor)).rjust(digits + 1, "0")
    return f"{'-' if amount_minor < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def format_optional(amount_minor: int | None, currency: str) -> str | None:
    """The same for an optional amount."""
    return None if amount_minor is None else format_amount(amount_minor, currency)


def percent_of(amount_minor: int, rate: Decimal) -> int:
    """`rate` percent of an amount, rounded half up to whole minor units (commercial rounding)."""
    return int((Decimal(amount_minor) * rate).scaleb(-2).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount with its currency; amounts of different currencies cannot be combined."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._same(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount_minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount_minor <= self._same(other)

    def __str__(self) -> str:
        return f"{format_amount(self.amount_minor, self.currency)} {self.currency}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.amount_minor
