"""Amounts as Stripe writes them, which is not as ISO 4217 does.

Source: docs.stripe.com/currencies, "Zero-decimal currencies", "Three-decimal currencies" and "Special cases", read in
November 2026. Where the list of zero-decimal currencies and the special cases differ (UGX), the special cases hold.
"""

from igny8_core.business.billing.gateways.base import NotTaken
from igny8_core.kit.money import exponent

_WHOLE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD JOD KWD OMR TND"
# ISK and UGX have no decimals in ISO 4217 and two on the wire, which are always 00.
_HUNDREDTHS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE CZK DKK DOP
DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD KES KGS KHR KYD KZT LAK LBP LKR LRD
LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD SAR SBD
SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU UZS WST XCD YER ZAR ZMW
"""
DECIMALS = {
    code: decimals for decimals, codes in ((0, _WHOLE), (2, _HUNDREDTHS), (3, _THOUSANDTHS)) for code in codes.split()
}
CURRENCIES = frozenset(DECIMALS)
THOUSANDTHS = frozenset(code for code, decimals in DECIMALS.items() if decimals == 3)
"""Sent in thousandths whose last digit is 0."""
LARGEST = 99_999_999


def to_wire(amount_minor: int, currency: str) -> int:
    """Minor units of ISO 4217 as Stripe's. Raises `NotTaken` where Stripe cannot write the amount."""
    if currency not in CURRENCIES:
        raise NotTaken(f"Stripe does not take {currency}.")
    wire, rest = _shifted(amount_minor, DECIMALS[currency] - exponent(currency))
    if rest:
        raise NotTaken(f"Stripe takes whole amounts of {currency} alone.")
    if currency in THOUSANDTHS and wire % 10:
        raise NotTaken(f"Stripe takes amounts of {currency} in steps of 0.010.")
    if not 0 < wire <= LARGEST:
        raise NotTaken(f"Stripe takes at most {LARGEST} of {currency} in its smallest unit.")
    return wire


def from_wire(wire: int, currency: str) -> int:
    """Stripe's units as minor units of ISO 4217. Raises `ValueError` where that is no whole number."""
    if currency not in CURRENCIES:
        raise ValueError(f"Stripe's decimals of {currency!r} are not known.")
    amount, rest = _shifted(wire, exponent(currency) - DECIMALS[currency])
    if rest:
        raise ValueError(f"{wire} of {currency} is no whole number of its smallest unit.")
    return amount


def _shifted(amount: int, digits: int) -> tuple[int, int]:
    """An amount with so many more decimals, and what that leaves over where they are fewer."""
    factor: int = 10 ** abs(digits)
    return (amount * factor, 0) if digits >= 0 else divmod(amount, factor)
