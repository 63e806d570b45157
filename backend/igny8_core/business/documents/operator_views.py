"""Documents of every account, for operators."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.documents.serializers import InvoicePdfQuerySerializer
from igny8_core.business.documents.services.documents import invoice_pdf, receipt_pdf
from igny8_core.http.description import extend_schema
from igny8_core.http.downloads import PDF_ANSWER, download
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience


class OperatorDocumentViewSet(OperatorAudience, ApiViewSet):
    """Invoices and receipts as PDF, as their accounts see them."""

    roles: ClassVar = {"invoice_pdf": OperatorRole.SUPPORT, "receipt": OperatorRole.SUPPORT}
    conflicting: ClassVar = frozenset({"invoice_pdf", "receipt"})

    @extend_schema(parameters=[InvoicePdfQuerySerializer], responses=PDF_ANSWER)
    def invoice_pdf(self, request: Request, invoice_id: UUID) -> HttpResponse:
        """An invoice as PDF/A-3; `format=facturx` embeds its EN 16931 data (Factur-X, ZUGFeRD)."""
        asked = query_of(request, InvoicePdfQuerySerializer, paged=False)
        made = invoice_pdf(invoice_id=invoice_id, account_id=None, facturx=asked.format == "facturx")
        return download(made.content, name=made.name, content_type="application/pdf")

    @extend_schema(responses=PDF_ANSWER)
    def receipt(self, request: Request, payment_id: UUID) -> HttpResponse:
        """The receipt of a payment that has succeeded."""
        query_of(request, StrictSerializer, paged=False)
        made = receipt_pdf(payment_id=payment_id, account_id=None)
        return download(made.content, name=made.name, content_type="application/pdf")
