"""Routes of the documents room, among those of billing."""

from django.urls import path

from igny8_core.business.documents.operator_views import OperatorDocumentViewSet
from igny8_core.business.documents.views import DocumentViewSet

_own, _any = DocumentViewSet, OperatorDocumentViewSet

account_urlpatterns = [
    path("invoices/<uuid:invoice_id>/pdf/", _own.as_view({"get": "invoice_pdf"}), name="invoice-pdf"),
    path("payments/<uuid:payment_id>/receipt/", _own.as_view({"get": "receipt"}), name="receipt"),
]

operator_urlpatterns = [
    path("invoices/<uuid:invoice_id>/pdf/", _any.as_view({"get": "invoice_pdf"}), name="any-invoice-pdf"),
    path("payments/<uuid:payment_id>/receipt/", _any.as_view({"get": "receipt"}), name="any-receipt"),
]
