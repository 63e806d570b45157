"""The account's documents under `/api/v1/billing/`."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.documents.serializers import InvoicePdfQuerySerializer
from igny8_core.business.documents.services.documents import invoice_pdf, receipt_pdf
from igny8_core.http.description import extend_schema
from igny8_core.http.downloads import PDF_ANSWER, download
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.queries import query_of
from igny8_core.http.views import AccountAudience, ApiViewSet, account_of


class DocumentViewSet(AccountAudience, ApiViewSet):
    """Invoices and receipts as PDF."""

    roles: ClassVar = {"invoice_pdf": AccountRole.VIEWER, "receipt": AccountRole.VIEWER}
    conflicting: ClassVar = frozenset({"invoice_pdf", "receipt"})

    @extend_schema(parameters=[InvoicePdfQuerySerializer], responses=PDF_ANSWER)
    def invoice_pdf(self, request: Request, invoice_id: UUID) -> HttpResponse:
        """The invoice as PDF/A-3; `format=facturx` embeds its EN 16931 data (Factur-X, ZUGFeRD)."""
        asked = query_of(request, InvoicePdfQuerySerializer, paged=False)
        facturx = asked.format == "facturx"
        made = invoice_pdf(invoice_id=invoice_id, account_id=account_of(request).id, facturx=facturx)
        return download(made.content, name=made.name, content_type="application/pdf")

    @extend_schema(responses=PDF_ANSWER)
    def receipt(self, request: Request, payment_id: UUID) -> HttpResponse:
        """The receipt of a payment that has succeeded."""
        query_of(request, StrictSerializer, paged=False)
        made = receipt_pdf(payment_id=payment_id, account_id=account_of(request).id)
        return download(made.content, name=made.name, content_type="application/pdf")
