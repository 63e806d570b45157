"""Money and dates in the account's form, with the decimals of ISO 4217 and never CLDR's."""

from datetime import date
from decimal import Decimal

import pytest
from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.locales import (
    default_language,
    format_date,
    format_money,
    format_number,
    format_percent,
    is_right_to_left,
    locale_of,
)

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("language", "country", "amount_minor", "currency", "text"),
    [
        ("en", "PK", 450000, "PKR", f"Rs{NBSP}4,500.00"),
        ("de", "DE", 123456, "EUR", f"1.234,56{NBSP}€"),
        ("de", "CH", 123456, "CHF", f"CHF{NBSP}1’234.56"),
        ("en", "JP", 4500, "JPY", "¥4,500"),
        ("en", "KW", 4500, "KWD", f"KWD{NBSP}4.500"),
        ("en", "IN", 123456789, "INR", "₹12,34,567.89"),
        ("en", "IQ", 1500, "IQD", f"IQD{NBSP}1.500"),
        ("en", "US", -5, "USD", "-$0.05"),
        ("ur", "PK", 450000, "PKR", f"Rs{NBSP}4,500.00"),
    ],
)
def test_money(language: str, country: str, amount_minor: int, currency: str, text: str) -> None:
    assert format_money(amount_minor, currency, locale_of(language, country)) == text


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_every_currency_shows_all_its_decimals(currency: str) -> None:
    digits = CURRENCIES[currency]
    shown = format_money(10**digits + 1, currency, locale_of("en", "US"))
    assert shown.endswith("2" if digits == 0 else f"1.{'1'.rjust(digits, '0')}")


def test_dates_rates_and_numbers() -> None:
    german, urdu = locale_of("de", "DE"), locale_of("ur", "PK")
    assert format_date(date(2026, 11, 5), german) == "05.11.2026"
    assert format_date(date(2026, 11, 5), urdu) == "5 نومبر، 2026"
    assert format_percent(Decimal("7.700"), german) == f"7,7{NBSP}%"
    assert format_percent(Decimal("19.000"), german) == f"19{NBSP}%"
    assert format_number(1234567, german) == "1.234.567"


def test_an_unknown_pair_falls_back_to_the_language_and_no_language_to_the_country() -> None:
    assert (str(locale_of("en", "XK")), str(locale_of("", "AT")), str(locale_of("xx", "PK"))) == (
        "en",
        "de_AT",
        "en_PK",
    )
    assert [default_language(country) for country in ("DE", "PK", "BR")] == ["de", "en", "en"]
    assert [is_right_to_left(language) for language in ("en", "de", "ur")] == [False, False, True]
