"""The account's payments, single payments with their history, and cancelling."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.domain.methods import ONLINE
from igny8_core.business.billing.domain.payment_states import OPEN, PaymentStatus
from igny8_core.business.billing.edge import PaymentAnswer, PaymentDetailAnswer
from igny8_core.business.billing.public import (
    CANCELLABLE,
    CONTENT_TYPES,
    MAX_BYTES,
    Heard,
    PaymentFilters,
    Span,
    add_proof,
    ask,
    cancel_payment,
    cancelled_or,
    checkout_to_cancel,
    get_payment,
    list_payments,
    open_action,
    proofs_of,
)
from igny8_core.events import unit_of_work
from igny8_core.http.answering import CallsOut
from igny8_core.http.downloads import download
from igny8_core.kit.errors import NotFound
from igny8_core.portal import lists
from igny8_core.portal.forms import ProofForm
from igny8_core.portal.sessions import Visit
from igny8_core.portal.views.base import AccountPage, Done

TABS_BY_STATUS = {
    "checking": ("pending", "pending_approval", "processing"),
    "received": ("succeeded", "refunded"),
    "failed": ("failed", "cancelled"),
}
TAB_NAMES = {
    "": _("All"),
    "checking": _("Being checked"),
    "received": _("Received"),
    "failed": _("Not accepted or cancelled"),
}
HAS_RECEIPT = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED})
UNDECIDED = frozenset({PaymentStatus.PENDING, PaymentStatus.PENDING_APPROVAL, PaymentStatus.PROCESSING})


class Payments(AccountPage):
    """Every payment, newest first, with tabs by status."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A page of the list."""
        return self.page("portal/payments.html", self._document)

    def _document(self) -> dict[str, Any]:
        tab, start = self.request.GET.get("status", ""), lists.before(self.request)
        filters = PaymentFilters(account_id=self.visit.account.id, statuses=TABS_BY_STATUS.get(tab, ()))
        after = None if start is None else (start,)
        found = list_payments(filters=filters, span=Span("-created_at", lists.SIZE, after))
        older = found.keys[lists.SIZE - 1][0] if len(found.rows) > lists.SIZE else None
        page = lists.Slice([PaymentAnswer.of(row) for row in found.rows[: lists.SIZE]], older, start is None)
        return {"page": page, **lists.tabs_of(tab, TAB_NAMES)}


class OnePayment(AccountPage):
    """A payment with its history; while it is being checked the page refreshes itself."""

    def get(self, request: HttpRequest, payment_id: UUID) -> HttpResponse:
        """The payment."""
        return self.page(
            "portal/payment.html", lambda: payment_page(self.visit, payment_id, ProofForm(visit=self.visit))
        )


def payment_page(visit: Visit, payment_id: UUID, form: ProofForm) -> dict[str, Any]:
    """The content of a payment's page. Raises `NotFound`."""
    detail = get_payment(visit.account, payment_id=payment_id)
    if detail is None:
        raise NotFound
    payment = PaymentDetailAnswer.of_detail(detail)
    status, online = payment.status, payment.payment_method in ONLINE
    can_go_on = online and visit.may_pay and open_action(account_id=visit.account.id, payment_id=payment_id)
    return {
        "payment": payment,
        "history": payment.history[::-1],
        "has_receipt": status in HAS_RECEIPT,
        "undecided": status in UNDECIDED,
        "online": online,
        "can_go_on": bool(can_go_on),
        "cancellable": visit.may_pay and status in CANCELLABLE,
        "can_retry": visit.may_pay and status in ("failed", "cancelled") and payment.invoice_id,
        "proofs": proofs_of(visit.account, payment_id=payment_id),
        "form": form if visit.may_pay and status in OPEN and not online else None,
    }


class AddProof(AccountPage):
    """Attach a file to an undecided payment."""

    roles = {"post": AccountRole.MEMBER}  # noqa: RUF012
    uploads: ClassVar = {"post": MAX_BYTES}

    def post(self, request: HttpRequest, payment_id: UUID) -> HttpResponse:
        """Store it, and show the payment."""
        form = ProofForm(request.POST, request.FILES, visit=self.visit)

        def operation() -> Done:
            add_proof(account=self.visit.account, payment_id=payment_id, file=form.cleaned_data["proof"])
            return Done(reverse("portal:payment", args=[payment_id]), "proof")

        answer = self.submit(form, operation)
        return answer or self.page(
            "portal/payment.html", lambda: payment_page(self.visit, payment_id, form), status=400
        )


class Proof(AccountPage):
    """One of a payment's files."""

    def get(self, request: HttpRequest, payment_id: UUID, proof_id: UUID) -> HttpResponse:
        """The file, as a download."""
        with unit_of_work.read(self.visit.scope):
            rows = proofs_of(self.visit.account, payment_id=payment_id)
            proof = rows.defer(None).filter(id=proof_id).first()
        if proof is None:
            raise NotFound
        name = f"proof-{proof.id}.{proof.kind}"
        return download(bytes(proof.content), name=name, content_type=CONTENT_TYPES[proof.kind])


class CancelPayment(AccountPage):
    """Cancel an undecided payment."""

    roles = {"post": AccountRole.MEMBER}  # noqa: RUF012

    def post(self, request: HttpRequest, payment_id: UUID) -> HttpResponse:
        """Cancel it and show it."""

        def operation() -> Done | CallsOut[Heard, Done]:
            account, done = self.visit.account, Done(reverse("portal:payment", args=[payment_id]), "cancelled")
            asked = checkout_to_cancel(account=account, payment_id=payment_id)
            if asked is not None:
                return CallsOut(payment_id, lambda: ask(asked), lambda heard: cancelled_or(asked, heard) or done)
            cancel_payment(account=account, payment_id=payment_id)
            return done

        return self.act(operation)
