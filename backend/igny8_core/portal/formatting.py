"""Formats money, numbers and dates on pages, using `kit.locales`, and parses amounts that people type."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import NumberFormatError, format_decimal, parse_decimal

from igny8_core.kit import clock
from igny8_core.kit.currencies import CURRENCIES
from igny8_core.kit.locales import format_money
from igny8_core.kit.texts import bare

# Amounts in Arabic script read right to left around Latin digits; an isolate keeps sign and symbol in place.
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def money(amount: str, currency: str, locale: Locale) -> str:
    """Decimal text as an amount of money with its currency."""
    amount_minor = int(Decimal(amount).scaleb(CURRENCIES[currency]))
    return f"{FIRST_STRONG_ISOLATE}{format_money(amount_minor, currency, locale)}{POP_ISOLATE}"


def number(value: int, locale: Locale) -> str:
    """A whole number with the locale's grouping."""
    return format_decimal(value, locale=locale)


def day(value: date, locale: Locale) -> str:
    """A date without its time."""
    return format_date(value, format="medium", locale=locale)


def instant(value: datetime, locale: Locale, time_zone: str) -> str:
    """A moment in the account's time zone."""
    local = value.astimezone(ZoneInfo(time_zone))
    joined = str(locale.datetime_formats["medium"]).replace("'", "")
    time = format_time(local, format="short", locale=locale)
    return joined.replace("{1}", format_date(local, format="medium", locale=locale)).replace("{0}", time)


def ago(value: datetime, locale: Locale) -> str:
    """Approximate time since then."""
    return format_timedelta(value - clock.now(), add_direction=True, locale=locale)


def today(time_zone: str) -> date:
    """Today's date in the account's time zone."""
    return clock.now().astimezone(ZoneInfo(time_zone)).date()


def typed_amount(text: str, currency: str, locale: Locale) -> str | None:
    """An amount that a person typed in their locale's notation, as decimal text; None if it is not an amount."""
    plain = "".join(bare(text).split())
    if any(character.isalpha() or character == "_" for character in plain):
        return None  # Python's own notations are excluded: an exponent could ask for a million digits
    try:
        value = Decimal(plain) if plain.isascii() and _is_plain(plain) else parse_decimal(plain, locale, strict=True)
        rounded = round(value, CURRENCIES[currency])
    except (NumberFormatError, ArithmeticError):
        return None
    return str(rounded) if rounded == value else None


def _is_plain(text: str) -> bool:
    """Digits with a point before exactly one or two more: the same amount in every locale."""
    whole, point, decimals = text.partition(".")
    return whole.isdigit() and (not point or (decimals.isdigit() and len(decimals) in (1, 2)))
