"""Formats money and dates for an account: language and country decide the format, ISO 4217 the decimals. Pure."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from igny8_core.kit.currencies import CURRENCIES

LANGUAGES: dict[str, str] = {"en": "English", "de": "Deutsch", "ur": "اردو"}
"""The languages with a catalogue, each under its own name."""
DEFAULT_LANGUAGE = "en"
_LETTER_THEN_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")
# English is the language of business letters in Pakistan: Urdu has to be chosen.
_BY_COUNTRY = dict.fromkeys(("DE", "AT", "CH", "LI"), "de")


def default_language(country: str) -> str:
    """The language of an account that has not chosen one."""
    return _BY_COUNTRY.get(country, DEFAULT_LANGUAGE)


@lru_cache(maxsize=256)
def locale_of(language: str, country: str) -> Locale:
    """The CLDR locale of a language in a country; just the language if CLDR has no such pair."""
    language = language if language in LANGUAGES else default_language(country)
    try:
        return Locale.parse(f"{language}_{country}")
    except (UnknownLocaleError, ValueError):
        return Locale(language)


def is_right_to_left(language: str) -> bool:
    """Whether the language is written from right to left."""
    return Locale(language).text_direction == "rtl"


def format_money(amount_minor: int, currency: str, locale: Locale) -> str:
    """Minor units with symbol, grouping and exactly the currency's ISO 4217 decimals."""
    digits = CURRENCIES[currency]
    value = Decimal(amount_minor).scaleb(-digits)
    text = str(_money_pattern(locale, digits).apply(value, locale, currency=currency, currency_digits=False))
    return _LETTER_THEN_DIGIT.sub("\u00a0", text)  # CLDR's form for symbols that end in a letter: "Rs 4,500.00"


@lru_cache(maxsize=256)
def _money_pattern(locale: Locale, digits: int) -> NumberPattern:
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    return pattern


def format_number(value: Decimal | int, locale: Locale) -> str:
    """A plain number with the locale's grouping and decimal sign."""
    return str(format_decimal(value, locale=locale))


def format_percent(rate: Decimal, locale: Locale) -> str:
    """A rate in percent, such as 19 or 7.7, with its sign."""
    return f"{format_decimal(rate.normalize(), '#,##0.###', locale=locale)}\u00a0%"


def format_date(day: date, locale: Locale) -> str:
    """A date in the locale's medium form."""
    return str(babel_date(day, format="medium", locale=locale))
