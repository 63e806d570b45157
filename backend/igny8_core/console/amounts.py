"""How an amount looks on the console's pages."""

from decimal import Decimal

from igny8_core.kit.money import format_amount


def money(amount_minor: int | None, currency: str) -> str:
    """An amount in thousands with the currency; a dash where there is not an amount."""
    return "–" if amount_minor is None else grouped(format_amount(amount_minor, currency), currency)


def grouped(text: str, currency: str) -> str:
    """Decimal text in thousands, with the currency."""
    return f"{Decimal(text):,} {currency}"
