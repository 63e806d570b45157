"""Pay an invoice: choose a payment method, send the money, report the transfer."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.methods import ONLINE, PaymentMethod
from igny8_core.business.billing.edge import InvoiceAnswer
from igny8_core.business.billing.public import (
    MAX_BYTES,
    ManualPayment,
    PaymentService,
    invoices_of,
    saved_methods,
    submitted_minor,
)
from igny8_core.events import unit_of_work
from igny8_core.kit.errors import NotFound
from igny8_core.kit.money import format_amount
from igny8_core.portal import formatting, ways
from igny8_core.portal.forms import ClaimForm
from igny8_core.portal.views.base import AccountPage, Done

SHOWN_CARDS = 10
CLAIMED = ("transaction_reference", "notes", "amount", "paid_on", "proof")


class Pay(AccountPage):
    """The three steps on one page."""

    uploads: ClassVar = {"post": MAX_BYTES}
    roles = {"get": AccountRole.MEMBER, "post": AccountRole.MEMBER}  # noqa: RUF012

    def get(self, request: HttpRequest, invoice_id: UUID) -> HttpResponse:
        """The payment methods, and the form of the last step."""
        return self.page("portal/pay.html", lambda: self._document(invoice_id, None))

    def post(self, request: HttpRequest, invoice_id: UUID) -> HttpResponse:
        """Report a transfer: creates a payment that awaits approval."""
        form = ClaimForm(request.POST, request.FILES, visit=self.visit, currency=self._currency(invoice_id))

        def operation() -> Done:
            submission = ManualPayment(
                invoice_id=invoice_id,
                payment_method=PaymentMethod(self._method(request.POST.get("method", ""))),
                **{name: form.cleaned_data[name] for name in CLAIMED},
            )
            payment = PaymentService.create_manual_payment(account=self.visit.account, submission=submission)
            return Done(reverse("portal:payment", args=[payment.id]), "submitted")

        answer = self.submit(form, operation)
        return answer or self.page("portal/pay.html", lambda: self._document(invoice_id, form), status=400)

    def _method(self, name: str) -> str:
        return name if name in [*PaymentMethod] else PaymentMethod.BANK_TRANSFER.value

    def _currency(self, invoice_id: UUID) -> str:
        with unit_of_work.read(self.visit.scope):
            invoice = invoices_of(self.visit.account).filter(id=invoice_id).first()
        if invoice is None:
            raise NotFound
        return invoice.currency

    def _document(self, invoice_id: UUID, form: ClaimForm | None) -> dict[str, Any]:
        account = self.visit.account
        offered = PaymentService.get_available_payment_methods(account=account, invoice_id=invoice_id)
        invoice = offered.invoice
        if invoice is None or invoice.status == InvoiceStatus.DRAFT:
            raise NotFound
        submitted = submitted_minor(account, invoice_ids=[invoice.id]).get(invoice.id, 0)
        left = max(invoice.amount_total_minor - invoice.amount_settled_minor - submitted, 0)
        offers = ways.ways_of(offered, amount_minor=left)
        saved = offered.default_method
        default = None if saved is None else saved.payment_method
        requested = self.request.POST.get("way", "") or self.request.GET.get("way", "")
        amount = format_amount(left, invoice.currency)
        first = {"amount": amount, "paid_on": formatting.today(account.time_zone)}
        online = [config for config in offered.methods if config.payment_method in ONLINE]
        gateways = {config.payment_method for config in online}
        cards = saved_methods(account).filter(card__isnull=False, payment_method__in=sorted(gateways))
        return {
            "invoice": InvoiceAnswer.of(invoice, time_zone=account.time_zone),
            "payable": invoice.status == InvoiceStatus.PENDING and left > 0,
            "amount": amount,
            "submitted": format_amount(submitted, invoice.currency) if submitted else None,
            "ways": offers,
            "online": online,
            "cards": cards[:SHOWN_CARDS],
            "way": ways.chosen(offers, requested, default_method=default),
            "form": form or ClaimForm(initial=first, visit=self.visit, currency=invoice.currency),
        }
