"""Money, dates, statuses and icons in the portal's templates, formatted for the page's `visit`."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from babel import Locale
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from igny8_core.portal import formatting, sentences

register = template.Library()

PILLS = {
    "invoice": {"pending": "open", "paid": "good", "void": "calm", "uncollectible": "bad", "draft": "calm"},
    "payment": {
        "pending": "calm",
        "pending_approval": "busy",
        "processing": "busy",
        "succeeded": "good",
        "failed": "bad",
        "refunded": "calm",
        "cancelled": "calm",
    },
}
WORDS = {
    "invoice": sentences.INVOICE_STATUS,
    "payment": sentences.PAYMENT_STATUS,
    "method": sentences.PAYMENT_METHOD,
    "pay_with": sentences.PAY_WITH,
    "role": sentences.ROLE,
    "operator_role": sentences.OPERATOR_ROLE,
    "role_meaning": sentences.ROLE_MEANING,
    "instruction": sentences.INSTRUCTION,
    "journal": sentences.JOURNAL,
}


def _locale(context: Any) -> Locale:
    locale: Locale = context["visit"].locale
    return locale


@register.simple_tag(takes_context=True)
def money(context: Any, amount: str, currency: str) -> str:
    """An amount with its currency."""
    return formatting.money(amount, currency, _locale(context))


@register.simple_tag(takes_context=True)
def number(context: Any, value: int) -> str:
    """A whole number."""
    return formatting.number(value, _locale(context))


@register.simple_tag(takes_context=True)
def day(context: Any, value: date | None) -> str:
    """A date; empty if there is none."""
    return "" if value is None else formatting.day(value, _locale(context))


@register.simple_tag(takes_context=True)
def instant(context: Any, value: datetime | None) -> str:
    """A moment in the account's time zone; empty if there is none."""
    if value is None:
        return ""
    return formatting.instant(value, _locale(context), context["visit"].account.time_zone)


@register.simple_tag(takes_context=True)
def ago(context: Any, value: datetime) -> str:
    """Approximate time since then."""
    return formatting.ago(value, _locale(context))


@register.simple_tag
def word(kind: str, value: str) -> str:
    """A status, method, role or field in the reader's language."""
    return str(WORDS[kind].get(value, value))


@register.simple_tag
def pill(kind: str, status: str) -> SafeString:
    """A status as a coloured word: the word carries the meaning, the colour only helps."""
    return format_html('<span class="pill pill-{}">{}</span>', PILLS[kind].get(status, "calm"), word(kind, status))


@register.simple_tag
def icon(name: str, css: str = "icon") -> SafeString:
    """A decorative picture, hidden from screen readers."""
    address = static("portal/icons.svg")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', css, address, name)


@register.simple_tag
def form_key() -> SafeString:
    """The hidden key that makes a form work only once, even if it is sent twice."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid4())
