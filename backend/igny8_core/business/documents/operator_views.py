"""Documents of every account, for operators."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.models import Payment
from igny8_core.business.billing.selectors.invoices import invoices_across_accounts
from igny8_core.business.documents.serializers import InvoicePdfQuerySerializer
from igny8_core.business.documents.services.documents import invoice_document, receipt_document
from igny8_core.http.description import extend_schema
from igny8_core.http.downloads import PDF_ANSWER, download
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience
from igny8_core.kit.errors import NotFound


class OperatorDocumentViewSet(OperatorAudience, ApiViewSet):
    """Invoices and receipts as PDF, as their accounts see them."""

    roles: ClassVar = {"invoice_pdf": OperatorRole.SUPPORT, "receipt": OperatorRole.SUPPORT}
    conflicting: ClassVar = frozenset({"invoice_pdf", "receipt"})

    @extend_schema(parameters=[InvoicePdfQuerySerializer], responses=PDF_ANSWER)
    def invoice_pdf(self, request: Request, invoice_id: UUID) -> HttpResponse:
        """An invoice as PDF/A-3; `format=facturx` puts its EN 16931 data inside (Factur-X, ZUGFeRD)."""
        asked = query_of(request, InvoicePdfQuerySerializer, paged=False)
        invoice = invoices_across_accounts().select_related("account").filter(id=invoice_id).first()
        if invoice is None:
            raise NotFound
        made = invoice_document(invoice, invoice.account, facturx=asked.get("format") == "facturx")
        return download(made.content, name=made.name, content_type="application/pdf")

    @extend_schema(responses=PDF_ANSWER)
    def receipt(self, request: Request, payment_id: UUID) -> HttpResponse:
        """The receipt of a payment that has succeeded."""
        query_of(request, StrictSerializer, paged=False)
        rows = Payment.objects.across_accounts().select_related("invoice", "account")
        payment = rows.filter(id=payment_id).first()
        if payment is None:
            raise NotFound
        made = receipt_document(payment, payment.account)
        return download(made.content, name=made.name, content_type="application/pdf")
