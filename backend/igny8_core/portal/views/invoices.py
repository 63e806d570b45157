"""The account's invoices, and single invoices."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.edge import InvoiceDetailAnswer, covered_invoices
from igny8_core.business.billing.public import invoice_detail, invoices_of, submitted_minor
from igny8_core.kit.errors import NotFound
from igny8_core.kit.money import format_amount
from igny8_core.portal import lists
from igny8_core.portal.views.base import AccountPage

TABS_BY_STATUS = {
    "to-pay": (InvoiceStatus.PENDING.value,),
    "paid": (InvoiceStatus.PAID.value,),
    "closed": (InvoiceStatus.VOID.value, InvoiceStatus.UNCOLLECTIBLE.value),
}
TAB_NAMES = {"": _("All"), "to-pay": _("To pay"), "paid": _("Paid"), "closed": _("Closed")}


class Invoices(AccountPage):
    """Every invoice, newest first, with tabs by status."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A page of the list."""
        return self.page("portal/invoices.html", self._document)

    def _document(self) -> dict[str, Any]:
        account, tab = self.visit.account, self.request.GET.get("status", "")
        rows = invoices_of(account)
        if tab in TABS_BY_STATUS:
            rows = rows.filter(status__in=TABS_BY_STATUS[tab])
        page = lists.newest_first(self.request, rows)
        return {
            "invoices": covered_invoices(account, page.rows),
            "page": page,
            **lists.tabs_of(tab, TAB_NAMES),
        }


class OneInvoice(AccountPage):
    """An invoice with lines, payments and what is left to pay."""

    def get(self, request: HttpRequest, invoice_id: UUID) -> HttpResponse:
        """The invoice."""
        return self.page("portal/invoice.html", lambda: self._document(invoice_id))

    def _document(self, invoice_id: UUID) -> dict[str, Any]:
        account = self.visit.account
        invoice = invoices_of(account).filter(id=invoice_id).first()
        if invoice is None:
            raise NotFound
        submitted = submitted_minor(account, invoice_ids=[invoice.id]).get(invoice.id, 0)
        left = invoice.amount_total_minor - invoice.amount_settled_minor - submitted
        return {
            "invoice": InvoiceDetailAnswer.of_detail(invoice_detail(invoice), time_zone=account.time_zone),
            "submitted": format_amount(submitted, invoice.currency) if submitted else None,
            "payable": invoice.status == InvoiceStatus.PENDING and left > 0,
            "net": format_amount(invoice.amount_total_minor - invoice.amount_tax_minor, invoice.currency),
        }
