"""The account's payments, one of them with its history, and taking one back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.selectors.payments import PaymentFilters, get_payment, list_payments
from igny8_core.business.billing.services.cancelling import CANCELLABLE, cancel_payment
from igny8_core.kit.errors import NotFound
from igny8_core.portal import lists
from igny8_core.portal.views.base import AccountPage, Done

SHELVES = {
    "checking": ("pending", "pending_approval", "processing"),
    "received": ("succeeded", "refunded"),
    "failed": ("failed", "cancelled"),
}
SHELF_NAMES = {
    "": _("All"),
    "checking": _("Being checked"),
    "received": _("Received"),
    "failed": _("Not accepted or cancelled"),
}
HAS_RECEIPT = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED})
UNDECIDED = frozenset({PaymentStatus.PENDING_APPROVAL, PaymentStatus.PROCESSING})


class Payments(AccountPage):
    """Every payment, newest first, on shelves by status."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A page of the list."""
        return self.page("portal/payments.html", self._document)

    def _document(self) -> dict[str, Any]:
        shelf, start = self.request.GET.get("status", ""), lists.before(self.request)
        filters = PaymentFilters(account_id=self.visit.account.id, statuses=SHELVES.get(shelf, ()))
        after = None if start is None else (start,)
        rows = list_payments(filters=filters, ordering="-created_at", size=lists.SIZE, after=after, backwards=False)
        older = rows.keys[lists.SIZE - 1][0] if len(rows.documents) > lists.SIZE else None
        page = lists.Slice(rows.documents[: lists.SIZE], older, start is None)
        return {"page": page, **lists.shelves_document(shelf, SHELF_NAMES)}


class OnePayment(AccountPage):
    """A payment with its history; while it is being checked the page asks for news by itself."""

    def get(self, request: HttpRequest, payment_id: UUID) -> HttpResponse:
        """The payment."""
        return self.page("portal/payment.html", lambda: self._document(payment_id))

    def _document(self, payment_id: UUID) -> dict[str, Any]:
        payment = get_payment(self.visit.account, payment_id=payment_id)
        if payment is None:
            raise NotFound
        status = payment["status"]
        return {
            "payment": payment,
            "history": payment["history"][::-1],
            "has_receipt": status in HAS_RECEIPT,
            "undecided": status in UNDECIDED,
            "cancellable": self.visit.may_pay and status in CANCELLABLE,
            "can_retry": self.visit.may_pay and status in ("failed", "cancelled") and payment["invoice_id"],
        }


class CancelPayment(AccountPage):
    """Take back a payment nobody has decided on."""

    roles = {"post": AccountRole.MEMBER}  # noqa: RUF012

    def post(self, request: HttpRequest, payment_id: UUID) -> HttpResponse:
        """Cancel it and show it."""

        def operation() -> Done:
            cancel_payment(account=self.visit.account, payment_id=payment_id)
            return Done(reverse("portal:payment", args=[payment_id]), "cancelled")

        return self.act(operation)
