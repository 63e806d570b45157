"""Formats amounts on the console's pages."""

from decimal import Decimal

from igny8_core.kit.money import format_amount


def money(amount_minor: int | None, currency: str) -> str:
    """An amount with thousands separators and its currency; a dash for anything else."""
    return "–" if amount_minor is None else grouped(format_amount(amount_minor, currency), currency)


def grouped(text: str, currency: str) -> str:
    """Decimal text with thousands separators and its currency."""
    return f"{Decimal(text):,} {currency}"
