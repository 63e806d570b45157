"""Invoices and receipts as PDF."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from igny8_core.business.documents.public import Document, invoice_pdf, receipt_pdf
from igny8_core.events import unit_of_work
from igny8_core.http.downloads import download
from igny8_core.portal.views.base import AccountPage

PDF = "application/pdf"


class InvoicePdf(AccountPage):
    """An invoice as PDF."""

    def get(self, request: HttpRequest, invoice_id: UUID) -> HttpResponse:
        """The file."""
        with unit_of_work.read(self.visit.scope):
            return _file(invoice_pdf(invoice_id=invoice_id, account_id=self.visit.account.id))


class ReceiptPdf(AccountPage):
    """The receipt of a payment that has arrived."""

    def get(self, request: HttpRequest, payment_id: UUID) -> HttpResponse:
        """The file."""
        with unit_of_work.read(self.visit.scope):
            return _file(receipt_pdf(payment_id=payment_id, account_id=self.visit.account.id))


def _file(document: Document) -> HttpResponse:
    return download(document.content, name=document.name, content_type=PDF)
