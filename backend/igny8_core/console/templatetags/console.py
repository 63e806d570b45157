"""Formats money and words on the console's pages."""

from typing import Protocol

from django import template

from igny8_core.accounts.roles import OperatorRole
from igny8_core.console.amounts import grouped, money
from igny8_core.console.operators import Operator

register = template.Library()


class Owed(Protocol):
    """Something with a total and a settled amount, in minor units."""

    @property
    def amount_total_minor(self) -> int: ...
    @property
    def amount_settled_minor(self) -> int: ...
    @property
    def currency(self) -> str: ...


@register.filter
def amount(amount_minor: int, currency: str) -> str:
    """Minor units as text with the currency."""
    return money(amount_minor, currency)


register.filter("grouped", grouped)


@register.filter
def words(name: str) -> str:
    """`pending_approval` as words."""
    return name.replace("_", " ")


@register.filter
def waited(seconds: int) -> str:
    """How long something has waited, in the largest suitable unit."""
    for size, name in ((86400, "d"), (3600, "h")):
        if seconds >= size:
            return f"{seconds // size} {name}"
    return f"{max(seconds // 60, 1)} min"


@register.filter
def left_to_pay(invoice: Owed) -> str:
    """The unsettled amount of an invoice."""
    return money(invoice.amount_total_minor - invoice.amount_settled_minor, invoice.currency)


@register.filter
def may(operator: Operator, role: str) -> bool:
    """Whether the operator's role is at least this."""
    return operator.may(OperatorRole(role))
