"""The page of what waits for a second person: changes and refunds are decided here, payments at the approvals desk."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.edge import RefundAnswer, WaitingAnswer
from igny8_core.business.billing.public import confirm_change, list_waiting, refunds, refunds_across_accounts
from igny8_core.business.platform.public import account_names, emails_of, second_admin
from igny8_core.console.desks.frame import decide, desk, render_desk
from igny8_core.console.operators import Operator, operator_of

PAGE = 100
MONEY = ("payment", "refund")
OWN = {
    "payment": "You recorded or approved this payment, so somebody else must approve it.",
    "refund": "You requested this refund, so somebody else must approve it.",
}


class WaitingItem(WaitingAnswer):
    """An item that waits, with display names; `why_not` says why the reader may not confirm it."""

    account_name: str
    asked_by_email: str
    email: str
    refund: RefundAnswer | None
    why_not: str
    may_reject: bool


@desk(OperatorRole.SUPPORT)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The waiting items, newest first."""
    return render_desk(request, "console/waiting.html", lambda: _document(operator_of(request)))


@desk(OperatorRole.ADMIN)
@require_POST
def confirm(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Confirm a change that another admin requested."""
    return _decided(request, "Confirmed.", lambda: confirm_change(change_id=change_id))


@desk(OperatorRole.ADMIN)
@require_POST
def reject(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Reject a change, or withdraw your own."""
    return _decided(request, "The request is closed.", lambda: second_admin.reject(change_id=change_id))


@desk(OperatorRole.APPROVER)
@require_POST
def approve_refund(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """Approve a refund that somebody else requested."""
    operator_id = operator_of(request).id
    done = "The refund is approved."
    return _decided(request, done, lambda: refunds.approve_refund(refund_id=refund_id, operator_id=operator_id))


@desk(OperatorRole.FINANCE)
@require_POST
def cancel_refund(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """Reject a refund, or withdraw your own: its money stays with the payment."""
    return _decided(request, "The refund is cancelled.", lambda: refunds.cancel_refund(refund_id=refund_id))


def _decided(request: HttpRequest, done: str, operation: Any) -> HttpResponse:
    """Return to the page, with a notice of the result or the refusal."""
    refused = decide(request, operation)
    messages.add_message(request, messages.ERROR if refused else messages.SUCCESS, refused or done)
    return HttpResponseRedirect(reverse("admin:waiting"))


def _document(operator: Operator) -> dict[str, Any]:
    rows, count = list_waiting(size=PAGE)
    answers = [WaitingAnswer.of(row) for row in rows[:PAGE]]
    people = {id_ for one in answers for id_ in (one.asked_by, one.user_id) if id_ is not None}
    emails = emails_of(people)
    accounts = {one.account_id for one in answers if one.account_id is not None}
    names = account_names(accounts)
    refund_ids = [one.id for one in answers if one.kind == "refund"]
    refund_of = {row.id: RefundAnswer.of(row) for row in refunds_across_accounts().filter(id__in=refund_ids)}
    waiting = [
        WaitingItem(
            **{name: getattr(one, name) for name in WaitingAnswer.__struct_fields__},
            account_name="" if one.account_id is None else names[one.account_id],
            asked_by_email="" if one.asked_by is None else emails.get(one.asked_by, str(one.asked_by)),
            email="" if one.user_id is None else emails.get(one.user_id, str(one.user_id)),
            refund=refund_of.get(one.id),
            why_not=_why_not(one, operator),
            may_reject=_may_reject(one, operator),
        )
        for one in answers
    ]
    return {"title": "Waiting for a second person", "waiting": waiting, "more": count > PAGE}


def _why_not(one: WaitingAnswer, operator: Operator) -> str:
    """Why the operator may not confirm it, by the services' rules; empty if they may."""
    if not operator.may(OperatorRole.APPROVER if one.kind in MONEY else OperatorRole.ADMIN):
        return "An approver must approve this." if one.kind in MONEY else "An admin must confirm this."
    if one.asked_by == operator.id:
        return OWN.get(one.kind, "You requested this, so another admin must confirm it.")
    if one.kind == "role" and one.user_id == operator.id:
        return "This is your own role, so another admin must confirm it."
    return ""


def _may_reject(one: WaitingAnswer, operator: Operator) -> bool:
    """Payments are rejected at the approvals desk, which requires a reason."""
    if one.kind == "payment":
        return False
    return operator.may(OperatorRole.FINANCE if one.kind == "refund" else OperatorRole.ADMIN)
