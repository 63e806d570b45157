"""Amounts as PayPal writes them: texts in units of the currency, with two decimals or none.

Source: developer.paypal.com/api/rest/reference/currency-codes, read in November 2026. HUF and TWD take no decimals
there, though ISO 4217 gives them two. BRL, CNY and MYR are left out: they are for accounts of their own country alone.
"""

import re
from decimal import Decimal

from msgspec import Struct

from igny8_core.business.billing.gateways.base import NotTaken
from igny8_core.kit.money import exponent

WITHOUT_DECIMALS = frozenset({"HUF", "JPY", "TWD"})
CURRENCIES = WITHOUT_DECIMALS | {
    *("AUD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "HKD", "ILS"),
    *("MXN", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "USD"),
}
_WRITTEN = re.compile(r"[0-9]{1,15}(\.[0-9]{1,3})?")


def to_wire(amount_minor: int, currency: str) -> str:
    """Minor units of ISO 4217 as PayPal's text. Raises `NotTaken` where PayPal cannot write the amount."""
    if currency not in CURRENCIES:
        raise NotTaken(f"PayPal does not take {currency}.")
    if amount_minor <= 0:
        raise NotTaken("PayPal takes amounts above zero alone.")
    whole, rest = divmod(amount_minor, 10 ** exponent(currency))
    if currency not in WITHOUT_DECIMALS:
        return f"{whole}.{rest:02}"
    if rest:
        raise NotTaken(f"PayPal takes whole amounts of {currency} alone.")
    return str(whole)


def from_wire(amount: str, currency: str) -> int:
    """PayPal's text as minor units of ISO 4217. Raises `ValueError` where that is no whole number."""
    if currency not in CURRENCIES:
        raise ValueError(f"PayPal's decimals of {currency!r} are not known.")
    if not _WRITTEN.fullmatch(amount):
        raise ValueError(f"{amount!r} is no amount of PayPal's.")
    minor = Decimal(amount).scaleb(exponent(currency))
    if minor != int(minor):
        raise ValueError(f"{amount} {currency} is no whole number of its smallest unit.")
    return int(minor)


class Money(Struct):
    """An amount with its currency, as PayPal's answers hold it."""

    currency_code: str
    value: str

    def minor(self) -> int:
        """In minor units of ISO 4217. Raises `ValueError`."""
        return from_wire(self.value, self.currency_code)
