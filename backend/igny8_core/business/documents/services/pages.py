"""Turns facts into a template's data: every amount and date in the account's format, every word in its language."""

from datetime import date
from typing import Any

from babel import Locale
from django.utils import translation
from django.utils.translation import gettext

from igny8_core.business.billing.domain.papers import InvoiceFacts, ReceiptFacts, WayToPay, tax_groups
from igny8_core.business.documents.services.qr_pictures import qr_svg
from igny8_core.business.documents.services.wording import instruction_labels, labels, method_name
from igny8_core.kit.locales import format_date, format_money, format_number, format_percent, is_right_to_left
from igny8_core.seller import Party

type Shown = dict[str, Any]


def invoice_page(facts: InvoiceFacts, *, language: str, locale: Locale) -> Shown:
    """The data of `invoice.typ`."""
    with translation.override(language):
        return {
            **_common(facts.seller, facts.buyer, language, locale),
            "title": f"{gettext('Invoice')} {facts.number}",
            "facts": _invoice_head(facts, locale),
            "lines": _lines(facts, locale),
            **_sums(facts, locale),
            "stamp": _stamp(facts, locale),
            "ways_to_pay": [_way(way) for way in facts.ways_to_pay],
            "note": _reminder(facts) if facts.ways_to_pay else "",
        }


def receipt_page(facts: ReceiptFacts, *, language: str, locale: Locale) -> Shown:
    """The data of `receipt.typ`."""

    def money(amount_minor: int) -> str:
        return format_money(amount_minor, facts.currency, locale)

    received_on = format_date(facts.received_on, locale)
    with translation.override(language):
        head = [
            (gettext("Receipt no."), facts.number),
            (gettext("Date"), received_on),
            (gettext("Method"), method_name(facts.method)),
            (gettext("Your reference"), facts.reference),
        ]
        refunded = gettext("%(amount)s of this payment was refunded.") % {"amount": money(facts.refunded_minor)}
        return {
            **_common(facts.seller, facts.buyer, language, locale),
            "title": f"{gettext('Receipt')} {facts.number}",
            "facts": [row for row in head if row[1]],
            "amount": money(facts.received_minor),
            "received_on": gettext("Received on %(date)s") % {"date": received_on},
            "stamp": {"word": gettext("PAID")},
            "allocations": _applied(facts, locale),
            "note": refunded if facts.refunded_minor else "",
        }


def _common(seller: Party, buyer: Party, language: str, locale: Locale) -> Shown:
    contact = [seller.email, seller.website, seller.phone]
    company = [seller.name, seller.registration]
    tax_id = f"{gettext('Tax ID')} {seller.tax_id}" if seller.tax_id else ""
    return {
        "labels": labels(),
        "language": language,
        "direction": "rtl" if is_right_to_left(language) else "ltr",
        "seller": {
            **_party(seller, locale),
            "footer": [line for line in (_dotted(company), _dotted([tax_id, *contact])) if line],
        },
        "buyer": _party(buyer, locale),
    }


def _dotted(texts: list[str]) -> str:
    return " · ".join(f"\u2068{text}\u2069" for text in texts if text)  # isolated: each value keeps its own direction


def _party(party: Party, locale: Locale) -> Shown:
    town = " ".join(text for text in (party.post_code, party.city) if text)
    country = locale.territories.get(party.country, party.country)
    tax_id = f"{gettext('Tax ID')} {party.tax_id}" if party.tax_id else ""
    lines = [*(line.strip() for line in party.address.splitlines()), town, country, tax_id]
    return {"name": party.name, "lines": [line for line in lines if line]}


def _invoice_head(facts: InvoiceFacts, locale: Locale) -> list[tuple[str, str]]:
    return [
        (gettext("Invoice no."), facts.number),
        (gettext("Date"), format_date(facts.issued_on, locale)),
        *([(gettext("Due"), format_date(facts.due_on, locale))] if facts.due_on else []),
        (gettext("Reference"), facts.reference),
    ]


def _lines(facts: InvoiceFacts, locale: Locale) -> list[dict[str, str]]:
    return [
        {
            "description": line.description,
            "quantity": format_number(line.quantity, locale),
            "unit_price": format_money(line.unit_minor, facts.currency, locale),
            "tax": "–" if line.tax_rate is None else format_percent(line.tax_rate, locale),
            "amount": format_money(line.amount_minor, facts.currency, locale),
        }
        for line in facts.lines
    ]


def _sums(facts: InvoiceFacts, locale: Locale) -> Shown:
    def row(name: str, amount_minor: int) -> dict[str, str]:
        return {"name": name, "amount": format_money(amount_minor, facts.currency, locale)}

    taxed = [
        row(gettext("Tax %(rate)s") % {"rate": format_percent(group.rate, locale)}, group.tax_minor)
        for group in tax_groups(facts.lines)
        if group.rate
    ]
    total = row(gettext("Total (%(currency)s)") % {"currency": facts.currency}, facts.total_minor)
    partly = facts.settled_minor and facts.due_minor
    return {
        "totals": [row(gettext("Subtotal"), facts.total_minor - facts.tax_minor), *taxed],
        "total": total,
        "after_total": [
            row(gettext("Already paid"), -facts.settled_minor),
            row(gettext("Left to pay"), facts.due_minor),
        ]
        if partly
        else [],
    }


def _stamp(facts: InvoiceFacts, locale: Locale) -> Shown | None:
    if facts.status == "paid":
        return {"word": gettext("PAID"), "good": True, "note": _maybe_date(facts.paid_on, locale)}
    if facts.status == "void":
        return {"word": gettext("VOID"), "good": False, "note": ""}
    return None


def _maybe_date(day: date | None, locale: Locale) -> str:
    return "" if day is None else format_date(day, locale)


def _way(way: WayToPay) -> Shown:
    known = instruction_labels()
    given = way.instructions
    if "iban" in given:
        given = {**given, "iban": _in_fours(given["iban"])}
    fields = [(name, given[key]) for key, name in known.items() if given.get(key)]
    return {
        "name": way.name,
        "fields": fields,
        "note": given.get("note", ""),
        "qr": None if way.qr is None else qr_svg(way.qr),
        "qr_alt": gettext("QR code that pays this invoice"),
    }


def _in_fours(iban: str) -> str:
    """The print format of ISO 13616."""
    plain = iban.replace(" ", "")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def _reminder(facts: InvoiceFacts) -> str:
    return gettext("Please quote %(reference)s, so that we recognise your payment.") % {"reference": facts.reference}


def _applied(facts: ReceiptFacts, locale: Locale) -> list[dict[str, str]]:
    settled = sum(one.amount_minor - one.charges_minor for one in facts.applied)
    rows = [(gettext("Invoice %(number)s") % {"number": one.invoice_number}, one.amount_minor) for one in facts.applied]
    charges = sum(one.charges_minor for one in facts.applied)
    if charges:
        rows.append((gettext("Bank charges, which we have borne"), -charges))
    if facts.received_minor > settled:
        rows.append((gettext("Kept as your balance"), facts.received_minor - settled))
    return [{"name": name, "amount": format_money(amount, facts.currency, locale)} for name, amount in rows]
