"""The documents: an invoice or a receipt as PDF. `account_id` None means every account, for operators."""

from dataclasses import dataclass
from uuid import UUID

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.papers import InvoiceFacts, ReceiptFacts
from igny8_core.business.billing.public import invoice_facts, payment_facts, receipt_facts
from igny8_core.business.documents.domain.errors import NoReceipt, NotFinal
from igny8_core.business.documents.services.facturx import with_xml
from igny8_core.business.documents.services.pages import invoice_page, receipt_page
from igny8_core.business.documents.services.typesetting import typeset


@dataclass(frozen=True, slots=True)
class Document:
    """A finished file."""

    name: str
    content: bytes


def invoice_pdf(*, invoice_id: UUID, account_id: UUID | None, facturx: bool = False) -> Document:
    """The invoice as PDF/A-3, on request with its EN 16931 data. Raises `NotFound`, `NotFinal`."""
    facts = invoice_facts(invoice_id=invoice_id, account_id=account_id)
    if facts.status == InvoiceStatus.DRAFT:
        raise NotFinal
    return typeset_invoice(facts, Account.objects.get(id=facts.account_id), facturx=facturx)


def receipt_pdf(*, payment_id: UUID, account_id: UUID | None) -> Document:
    """The receipt of a succeeded payment. Raises `NotFound`, `NoReceipt`."""
    facts = receipt_facts(payment_id=payment_id, account_id=account_id)
    if facts is None:
        raise NoReceipt(data={"status": payment_facts(payment_id=payment_id, account_id=account_id).status})
    return typeset_receipt(facts, Account.objects.get(id=facts.account_id))


def typeset_invoice(facts: InvoiceFacts, account: Account, *, facturx: bool = False) -> Document:
    """A finalised invoice as a PDF in the account's language."""
    page = invoice_page(facts, language=account.spoken_language, locale=account.locale)
    content = typeset("invoice", page, instant=facts.changed_at)
    if facturx:
        content = with_xml(content, facts, language=account.spoken_language)
    return Document(f"{facts.number}.pdf", content)


def typeset_receipt(facts: ReceiptFacts, account: Account) -> Document:
    """A receipt as a PDF in the account's language."""
    page = receipt_page(facts, language=account.spoken_language, locale=account.locale)
    return Document(f"{facts.number}.pdf", typeset("receipt", page, instant=facts.changed_at))
