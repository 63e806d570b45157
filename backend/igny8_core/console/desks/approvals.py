"""The approvals desk: the queue on one side; on the other the claim with everything for and against it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST
from rest_framework.serializers import ValidationError

from igny8_core.accounts.roles import OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.banking.public import lines_like
from igny8_core.business.billing.edge import (
    ApproveSerializer,
    BulkApproveSerializer,
    OperatorPaymentAnswer,
    OperatorPaymentDetailAnswer,
    ReasonSerializer,
    proof_file,
)
from igny8_core.business.billing.public import (
    PaymentFilters,
    Span,
    approvals,
    claim_of,
    get_payment_across_accounts,
    list_payments_across_accounts,
    proofs_across_accounts,
)
from igny8_core.business.platform.public import account_names
from igny8_core.console.desks.frame import chosen_id, decide, desk, render_desk
from igny8_core.console.operators import operator_of
from igny8_core.events import unit_of_work
from igny8_core.kit.errors import NotFound

PAGE = 50
AWAITING = PaymentFilters(statuses=("pending_approval",))


class QueuedPayment(OperatorPaymentAnswer):
    """A payment in the desk's queue."""

    account_name: str


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice above the claim: the result of a decision."""

    text: str
    good: bool


@desk(OperatorRole.SUPPORT)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The desk with the requested claim, or the one that has waited longest."""
    asked = chosen_id(request.GET.get("payment", ""))
    return render_desk(request, "console/approvals.html", lambda: _desk(asked))


@desk(OperatorRole.SUPPORT)
@require_GET
def claim(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """One claim, for the right side of the desk."""
    return render_desk(request, "console/parts/claim.html", lambda: _claim(payment_id))


@desk(OperatorRole.SUPPORT)
@require_GET
def proof(request: HttpRequest, payment_id: UUID, proof_id: UUID) -> HttpResponse:
    """A file from the payer, delivered as by the API: an attachment that none of our pages executes."""
    with unit_of_work.read(Scope.operators()):
        return proof_file(proofs_across_accounts(payment_id=payment_id), proof_id)


@desk(OperatorRole.APPROVER)
@require_POST
def approve(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Approve the claim as submitted, or with the amount received."""
    filled = {name: value for name, value in _form(request).items() if value}
    return _decided(request, payment_id, "Approved.", lambda: _approve(request, payment_id, filled))


@desk(OperatorRole.APPROVER)
@require_POST
def reject(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Reject the claim; the payer reads the reason."""
    return _decided(request, payment_id, "Rejected.", lambda: _reject(payment_id, _form(request)))


@desk(OperatorRole.APPROVER)
@require_POST
def approve_chosen(request: HttpRequest) -> HttpResponse:
    """Approve the selected payments, each in a separate unit of work."""
    try:
        chosen = BulkApproveSerializer.checked({"ids": request.POST.getlist("ids")})
    except ValidationError:
        notice = Notice("Select the payments that you want to approve first.", good=False)
        return render_desk(request, "console/parts/desk.html", lambda: {**_desk(None), "notice": notice})
    operator_id = operator_of(request).id
    outcomes = [_outcome(request, payment_id, operator_id) for payment_id in dict.fromkeys(chosen.ids)]
    notice = Notice(_summary(outcomes), good=all(outcome == "" for outcome in outcomes))
    return render_desk(request, "console/parts/desk.html", lambda: {**_desk(None), "notice": notice})


def _outcome(request: HttpRequest, payment_id: UUID, operator_id: UUID) -> str:
    return decide(request, lambda: approvals.approve_idempotently(payment_id=payment_id, operator_id=operator_id))


def _summary(outcomes: list[str]) -> str:
    done = sum(outcome == "" for outcome in outcomes)
    refused = sorted({outcome for outcome in outcomes if outcome})
    return " ".join([f"{done} of {len(outcomes)} approved.", *refused])


def _decided(request: HttpRequest, payment_id: UUID, done: str, operation: Any) -> HttpResponse:
    """The desk after a decision: the next claim on success, otherwise the same one with the reason."""
    refused = decide(request, operation)

    def collect() -> dict[str, Any]:
        desk_now = _desk(payment_id if refused else None, after=payment_id)
        return {**desk_now, "notice": Notice(refused or done, good=not refused)}

    return render_desk(request, "console/parts/desk.html", collect)


def _approve(request: HttpRequest, payment_id: UUID, filled: dict[str, str]) -> None:
    decision = ApproveSerializer.checked(filled, operator_id=operator_of(request).id)
    approvals.approve_payment(payment_id=payment_id, decision=decision)


def _reject(payment_id: UUID, form: dict[str, str]) -> None:
    reason = ReasonSerializer.checked({"reason": form.get("reason", "")}).reason
    approvals.reject_payment(payment_id=payment_id, reason=reason)


def _form(request: HttpRequest) -> dict[str, str]:
    ours = ("amount_received", "value_date", "note", "reason")
    return {name: request.POST[name].strip() for name in ours if name in request.POST}


def _desk(payment_id: UUID | None, *, after: UUID | None = None) -> dict[str, Any]:
    """The queue, oldest first, and the open claim."""
    rows = list_payments_across_accounts(filters=AWAITING, span=Span("created_at", PAGE))
    waiting = rows.rows[:PAGE]
    ids = {row.payment.account_id for row in waiting}
    names = account_names(ids)
    queued = [QueuedPayment.of_operator(row, account_name=names[row.payment.account_id]) for row in waiting]
    chosen = payment_id or (queued[0].id if queued else None)
    document = {"queue": queued, "queue_count": rows.count, "more": rows.count > PAGE}
    return {**document, **(_claim(chosen) if chosen else {})}


def _claim(payment_id: UUID) -> dict[str, Any]:
    detail = get_payment_across_accounts(payment_id=payment_id)
    if detail is None:
        raise NotFound
    payment = detail.row.payment
    return {
        "payment": OperatorPaymentDetailAnswer.of_operator_detail(detail),
        "claim": claim_of(payment_id=payment_id, account_id=payment.account_id),
        "proofs": list(proofs_across_accounts(payment_id=payment_id)),
        "bank_lines": lines_like(payment_id=payment_id, amount_minor=payment.amount_minor, currency=payment.currency),
    }
