"""Invoices and receipts as PDF, to keep and to print."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from igny8_core.accounts.models import Account
from igny8_core.business.billing.models import Payment
from igny8_core.business.billing.selectors.invoices import invoices_of
from igny8_core.business.documents.services.documents import Document, invoice_document, receipt_document
from igny8_core.events import unit_of_work
from igny8_core.http.downloads import download
from igny8_core.kit.errors import NotFound
from igny8_core.portal.views.base import AccountPage

PDF = "application/pdf"


class InvoicePdf(AccountPage):
    """An invoice on paper."""

    def get(self, request: HttpRequest, invoice_id: UUID) -> HttpResponse:
        """The file."""
        with unit_of_work.read(self.visit.scope):
            invoice = invoices_of(self.visit.account).filter(id=invoice_id).first()
            if invoice is None:
                raise NotFound
            return _file(invoice_document(invoice, self._whole_account()))

    def _whole_account(self) -> Account:
        """With what documents say of it; the visit's has what every page needs."""
        return Account.objects.get(id=self.visit.account.id)


class ReceiptPdf(InvoicePdf):
    """The receipt of a payment that has arrived."""

    def get(self, request: HttpRequest, payment_id: UUID) -> HttpResponse:  # type: ignore[override]
        """The file."""
        with unit_of_work.read(self.visit.scope):
            payments = Payment.objects.for_account(self.visit.account).select_related("invoice")
            payment = payments.filter(id=payment_id).first()
            if payment is None:
                raise NotFound
            return _file(receipt_document(payment, self._whole_account()))


def _file(document: Document) -> HttpResponse:
    return download(document.content, name=document.name, content_type=PDF)
