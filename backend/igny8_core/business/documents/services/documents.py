"""The documents themselves: an invoice, a receipt, as PDF."""

from dataclasses import dataclass

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.models import Invoice, Payment
from igny8_core.business.documents.domain.errors import NoReceipt, NotFinal
from igny8_core.business.documents.selectors.facts import invoice_facts, receipt_facts
from igny8_core.business.documents.services.facturx import with_xml
from igny8_core.business.documents.services.pages import invoice_page, receipt_page
from igny8_core.business.documents.services.typesetting import typeset


@dataclass(frozen=True, slots=True)
class Document:
    """A finished file."""

    name: str
    content: bytes


def invoice_document(invoice: Invoice, account: Account, *, facturx: bool = False) -> Document:
    """The invoice as PDF/A-3, with its EN 16931 data inside where that is asked. Raises `NotFinal`."""
    if invoice.status == InvoiceStatus.DRAFT:
        raise NotFinal
    facts = invoice_facts(invoice, account)
    page = invoice_page(facts, language=account.spoken_language, locale=account.locale)
    content = typeset("invoice", page, instant=invoice.updated_at)
    if facturx:
        content = with_xml(content, facts, language=account.spoken_language)
    return Document(f"{invoice.number}.pdf", content)


def receipt_document(payment: Payment, account: Account) -> Document:
    """The receipt of a payment that succeeded. Raises `NoReceipt`."""
    facts = receipt_facts(payment, account)
    if facts is None:
        raise NoReceipt(data={"status": payment.status})
    page = receipt_page(facts, language=account.spoken_language, locale=account.locale)
    return Document(f"{facts.number}.pdf", typeset("receipt", page, instant=payment.updated_at))
