"""Invoices across accounts: drafting, finalizing, voiding."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.models import Account
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.answers.invoices import InvoiceAnswer, InvoiceDetailAnswer
from igny8_core.business.billing.models import Invoice
from igny8_core.business.billing.operator_views.shapes import FinalizeSerializer
from igny8_core.business.billing.selectors.invoices import invoice_detail, invoices_across_accounts
from igny8_core.business.billing.serializers import DraftInvoiceSerializer
from igny8_core.business.billing.services import invoicing
from igny8_core.http import responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience
from igny8_core.kit.errors import NotFound

SUPPORT, FINANCE = OperatorRole.SUPPORT, OperatorRole.FINANCE


class OperatorInvoiceViewSet(OperatorAudience, ApiViewSet):
    """Invoices of every account."""

    roles: ClassVar = {
        "list": SUPPORT,
        "retrieve": SUPPORT,
        "create": FINANCE,
        "finalize": FINANCE,
        "void": FINANCE,
        "mark_uncollectible": FINANCE,
        "apply_balance": FINANCE,
    }

    @extend_schema(responses={200: ListOf(InvoiceAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """Invoices across accounts, newest first."""
        query_of(request, StrictSerializer)
        rows = invoices_across_accounts().select_related("account")
        return sequence_page(
            request, rows, lambda invoice: InvoiceAnswer.of(invoice, time_zone=invoice.account.time_zone)
        )

    @extend_schema(responses={200: InvoiceDetailAnswer})
    def retrieve(self, request: Request, invoice_id: UUID) -> HttpResponse:
        """One invoice with lines and payments."""
        invoice = invoices_across_accounts().select_related("account").filter(id=invoice_id).first()
        if invoice is None:
            raise NotFound
        return _answer(invoice)

    @extend_schema(request=DraftInvoiceSerializer, responses={201: InvoiceDetailAnswer})
    def create(self, request: Request) -> HttpResponse:
        """Draft an invoice for an account."""
        draft = DraftInvoiceSerializer.checked(request.data)
        account = Account.objects.filter(id=draft.account_id).first()
        if account is None:
            raise NotFound
        invoice = invoicing.create_invoice(
            account=account, currency=draft.currency, due_date=draft.due_date, lines=draft.lines
        )
        return _answer(invoice, status=201)

    @extend_schema(request=FinalizeSerializer, responses={200: InvoiceDetailAnswer})
    def finalize(self, request: Request, invoice_id: UUID) -> HttpResponse:
        """Finalize a draft: it gets its number and can be paid, on request immediately from the account's balance."""
        apply_balance = FinalizeSerializer.checked(request.data).apply_balance
        return _answer(invoicing.finalize_invoice(invoice_id=invoice_id, apply_balance=apply_balance))

    @extend_schema(request=None, responses={200: InvoiceDetailAnswer})
    def apply_balance(self, request: Request, invoice_id: UUID) -> HttpResponse:
        """Pay the invoice from the account's balance, as far as the balance goes."""
        return _answer(invoicing.apply_balance(invoice_id=invoice_id))

    @extend_schema(request=None, responses={200: InvoiceDetailAnswer})
    def void(self, request: Request, invoice_id: UUID) -> HttpResponse:
        """Void the invoice."""
        return _answer(invoicing.void_invoice(invoice_id=invoice_id))

    @extend_schema(request=None, responses={200: InvoiceDetailAnswer})
    def mark_uncollectible(self, request: Request, invoice_id: UUID) -> HttpResponse:
        """Write off the invoice as uncollectible."""
        return _answer(invoicing.mark_uncollectible(invoice_id=invoice_id))


def _answer(invoice: Invoice, *, status: int = 200) -> HttpResponse:
    answer = InvoiceDetailAnswer.of_detail(invoice_detail(invoice), time_zone=invoice.account.time_zone)
    return responses.one(answer, status=status)
