"""The text of each letter, in the active language. Sentences are complete, so that they can be translated."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.papers import InvoiceFacts, PaymentFacts
from igny8_core.business.billing.public import receipt_facts
from igny8_core.business.documents.domain.letters import LetterKind
from igny8_core.business.documents.services.documents import Document, typeset_invoice, typeset_receipt
from igny8_core.business.documents.services.wording import method_name
from igny8_core.kit.locales import format_date, format_money, is_right_to_left


@dataclass(frozen=True, slots=True)
class Text:
    """A letter without layout; `facts` are names and values, `link` a label and an address."""

    subject: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    link: tuple[str, str]
    attachment: Document | None = None


def invoice_text(kind: LetterKind, invoice: InvoiceFacts, account: Account) -> Text | None:
    """About an invoice: that it was issued, or that it is overdue; None if it is no longer to be paid."""
    if invoice.status not in (InvoiceStatus.PENDING, InvoiceStatus.PAID):
        return None
    paid = invoice.status == InvoiceStatus.PAID
    due_on = "" if invoice.due_on is None else format_date(invoice.due_on, account.locale)
    given = _isolated(account, number=invoice.number, seller=settings.ENV.seller.name, date=due_on)
    if kind is LetterKind.REMINDER:
        if paid:
            return None
        subject = _("Reminder: invoice %(number)s was due on %(date)s") % given
        paragraphs: tuple[str, ...] = (
            _("Invoice %(number)s was due on %(date)s, and we have not seen a payment yet.") % given,
            _(
                "If you have paid in the meantime, please tell us the reference of your transfer, and we will "
                "look for it."
            ),
        )
    else:
        subject = _("Invoice %(number)s from %(seller)s") % given
        thanks = _("Thank you for your business. Invoice %(number)s is attached.") % given
        paragraphs = (thanks, *((_("It is already paid; there is nothing left to do."),) if paid else ()))
    facts = (
        (_("Invoice no."), invoice.number),
        (_("Total"), format_money(invoice.total_minor, invoice.currency, account.locale)),
        (_("Left to pay"), "" if paid else format_money(invoice.due_minor, invoice.currency, account.locale)),
        (_("Due"), "" if paid else due_on),
        (_("Reference"), invoice.reference),
    )
    link = (
        (_("View the invoice"), _portal("invoice", invoice.id)) if paid else (_("Pay now"), _portal("pay", invoice.id))
    )
    said = tuple(fact for fact in facts if fact[1])
    return Text(subject, paragraphs, said, link, typeset_invoice(invoice, account))


def payment_text(kind: LetterKind, payment: PaymentFacts, account: Account) -> Text | None:
    """About a payment: that it is being checked, has arrived, was not found, or was returned."""
    amount_minor = payment.amount_minor
    if kind is LetterKind.PAYMENT_APPROVED:
        amount_minor = payment.received_minor or payment.amount_minor
    amount = format_money(amount_minor, payment.currency, account.locale)
    given = _isolated(account, amount=amount, number=payment.invoice_number, reason=payment.failure_reason)
    facts = (
        (_("Amount"), amount),
        (_("Method"), method_name(payment.method)),
        (_("Your reference"), payment.reference),
        (_("Invoice no."), payment.invoice_number),
    )
    subject, paragraphs = _payment_words(kind, given)
    receipt = None
    if kind is LetterKind.PAYMENT_APPROVED:
        facts_of_receipt = receipt_facts(payment_id=payment.id, account_id=account.id)
        if facts_of_receipt is None:
            return None
        receipt = typeset_receipt(facts_of_receipt, account)
        paragraphs = (*paragraphs, *_still_due(payment, account), *_kept(payment, account))
    again = kind in (LetterKind.PAYMENT_REJECTED, LetterKind.PAYMENT_RETURNED) and payment.invoice_id is not None
    link = (
        (_("Try again"), _portal("pay", payment.invoice_id))
        if again
        else (
            _("View the payment"),
            _portal("payment", payment.id),
        )
    )
    return Text(subject, paragraphs, tuple(fact for fact in facts if fact[1]), link, receipt)


def _payment_words(kind: LetterKind, given: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    reason = (_("The reason: %(reason)s") % given,) if given["reason"].strip("\u2068\u2069") else ()
    match kind:
        case LetterKind.PAYMENT_RECEIVED:
            return _("We are checking your payment of %(amount)s") % given, (
                _("Thank you for telling us about your payment of %(amount)s.") % given,
                _("We are now looking for it in our account and will write to you as soon as we have found it."),
            )
        case LetterKind.PAYMENT_APPROVED:
            return _("Your payment of %(amount)s has arrived") % given, (
                _("Thank you: we have received %(amount)s. Your receipt is attached.") % given,
            )
        case LetterKind.PAYMENT_RETURNED:
            return _("Your payment of %(amount)s was returned by the bank") % given, (
                _("The bank has returned your payment of %(amount)s, so what it had paid is due again.") % given,
                *reason,
            )
        case _other:
            return _("We could not confirm your payment of %(amount)s") % given, (
                _("We could not confirm your payment of %(amount)s.") % given,
                *reason,
                _("Please check the details and submit them again; nothing is lost."),
            )


def _still_due(payment: PaymentFacts, account: Account) -> tuple[str, ...]:
    if payment.invoice_due_minor == 0:
        return ()
    left = format_money(payment.invoice_due_minor, payment.currency, account.locale)
    given = _isolated(account, amount=left, number=payment.invoice_number)
    return (_("%(amount)s of invoice %(number)s is still to be paid.") % given,)


def _kept(payment: PaymentFacts, account: Account) -> tuple[str, ...]:
    if payment.kept_minor <= 0:
        return ()
    kept = format_money(payment.kept_minor, payment.currency, account.locale)
    given = _isolated(account, amount=kept)
    return (_("Nothing was left to pay with %(amount)s of it, so we keep that as your balance.") % given,)


def _isolated(account: Account, **values: str) -> dict[str, str]:
    """Values for a sentence; in right-to-left sentences each value keeps its own direction."""
    if not is_right_to_left(account.spoken_language):
        return values
    return {name: f"\u2068{value}\u2069" for name, value in values.items()}


def _portal(name: str, subject_id: object) -> str:
    return settings.ENV.base_url + reverse(f"portal:{name}", args=[subject_id])
