"""Amounts as PayPal writes them: texts with two decimals, or none where its own table has none (not ISO's)."""

import re
from decimal import ROUND_HALF_UP, Decimal

from fake_gateway.paypal_api.errors import malformed, refused
from fake_gateway.records import Record

NO_DECIMALS = frozenset({"HUF", "JPY", "TWD"})
IN_COUNTRY = frozenset({"BRL", "CNY", "MYR"})
CURRENCIES = NO_DECIMALS | frozenset(
    [
        "AUD",
        "CAD",
        "CHF",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "ILS",
        "MXN",
        "NOK",
        "NZD",
        "PHP",
        "PLN",
        "SEK",
        "SGD",
        "THB",
        "USD",
    ]
)
VALUE = re.compile(r"\d{1,12}(?:\.\d{1,20})?")
MOST = Decimal(10_000_000)
FEE_PERCENT = Decimal("3.49")
FEE_FIXED = {0: Decimal(49), 2: Decimal("0.49")}


def decimals(currency: str) -> int:
    """Decimals of a currency."""
    return 0 if currency in NO_DECIMALS else 2


def checked(amount: Record, field: str) -> Decimal:
    """The value of `{currency_code, value}`; raises `PayPalError`."""
    currency, value = amount["currency_code"], amount["value"]
    if currency in IN_COUNTRY:
        raise refused(
            "CURRENCY_NOT_SUPPORTED_FOR_COUNTRY", f"{currency} is for accounts of its country alone.", field=field
        )
    if currency not in CURRENCIES:
        raise refused("CURRENCY_NOT_SUPPORTED", f"Currency code {currency} is not supported.", field=field)
    if VALUE.fullmatch(value) is None:
        raise malformed(
            "INVALID_PARAMETER_SYNTAX", f"{field}/value", "The value of a field does not conform to the format."
        )
    if currency in NO_DECIMALS and "." in value:
        raise refused("DECIMALS_NOT_SUPPORTED", f"Currency {currency} does not support decimals.", field=field)
    if len(value.partition(".")[2]) > 2:
        raise refused("DECIMAL_PRECISION", "The value has more than two decimals.", field=field)
    number = Decimal(value)
    if number <= 0:
        raise refused("CANNOT_BE_ZERO_OR_NEGATIVE", "Must be greater than zero.", field=field)
    if number > MOST:
        raise refused("MAX_VALUE_EXCEEDED", "Should be less than or equal to 10,000,000.", field=field)
    return number


def written(value: Decimal, currency: str) -> Record:
    """`{currency_code, value}` of a number."""
    step = Decimal(1).scaleb(-decimals(currency))
    return {"currency_code": currency, "value": str(value.quantize(step, ROUND_HALF_UP))}


def fee_of(value: Decimal, currency: str) -> Decimal:
    """3.49 % and 0.49 of a unit (49 units where there are no decimals), rounded half up."""
    fee = value * FEE_PERCENT / 100 + FEE_FIXED[decimals(currency)]
    return fee.quantize(Decimal(1).scaleb(-decimals(currency)), ROUND_HALF_UP)


def number_of(amount: Record) -> Decimal:
    """The number of an amount that we wrote ourselves."""
    return Decimal(amount["value"])
