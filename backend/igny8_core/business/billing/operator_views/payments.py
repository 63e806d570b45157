"""Payments across accounts, and what operators decide on them."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.models import Account
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.answers.payments import (
    BulkResultAnswer,
    BulkResultsAnswer,
    OperatorPaymentAnswer,
    OperatorPaymentDetailAnswer,
)
from igny8_core.business.billing.answers.refunds import RefundAnswer, RefundedPaymentAnswer
from igny8_core.business.billing.domain.refunds import RefundStatus
from igny8_core.business.billing.models import Refund
from igny8_core.business.billing.operator_views.sending import TOLD, sent
from igny8_core.business.billing.operator_views.shapes import (
    ApproveSerializer,
    BulkApproveSerializer,
    ReasonSerializer,
    RecordSerializer,
    RefundRequestSerializer,
)
from igny8_core.business.billing.selectors.payments import OperatorPaymentDetail, get_payment_across_accounts
from igny8_core.business.billing.selectors.refunds import find_refund
from igny8_core.business.billing.serializers import OperatorPaymentFilterSerializer
from igny8_core.business.billing.services import approvals, refunds
from igny8_core.business.billing.services.asking import Heard, ask, heard_or, question
from igny8_core.business.billing.services.recording import record_payment
from igny8_core.business.billing.views import operator_payments_page
from igny8_core.http import responses
from igny8_core.http.answering import CallsOut
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience, operator_of, run_each_in_own_transaction
from igny8_core.kit.errors import NotFound

TOLD_LATE = "The invoice no longer accepts payments, so the late money was added to the account's balance."
SUPPORT, APPROVER, FINANCE = OperatorRole.SUPPORT, OperatorRole.APPROVER, OperatorRole.FINANCE


class OperatorPaymentViewSet(OperatorAudience, ApiViewSet):
    """Payments of every account."""

    roles: ClassVar = {
        "list": SUPPORT,
        "retrieve": SUPPORT,
        "approve": APPROVER,
        "reject": APPROVER,
        "refresh": APPROVER,
        "refund": FINANCE,
        "bounce": FINANCE,
        "record": FINANCE,
    }

    @extend_schema(parameters=[OperatorPaymentFilterSerializer], responses={200: ListOf(OperatorPaymentAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """Payments across accounts; those awaiting approval are listed oldest first."""
        return operator_payments_page(request, query_of(request, OperatorPaymentFilterSerializer))

    @extend_schema(responses={200: OperatorPaymentDetailAnswer})
    def retrieve(self, request: Request, payment_id: UUID) -> HttpResponse:
        """One payment with the history of its status, its approvals and what it settled."""
        return _answer(payment_id)

    @extend_schema(request=ApproveSerializer, responses={200: OperatorPaymentDetailAnswer})
    def approve(self, request: Request, payment_id: UUID) -> HttpResponse:
        """Approve a payment; the last required approval settles its invoice."""
        decision = ApproveSerializer.checked(request.data, operator_id=operator_of(request))
        approvals.approve_payment(payment_id=payment_id, decision=decision)
        return _answer(payment_id)

    @extend_schema(request=ReasonSerializer, responses={200: OperatorPaymentDetailAnswer})
    def reject(self, request: Request, payment_id: UUID) -> HttpResponse:
        """Reject a payment; its invoice can be paid again."""
        approvals.reject_payment(payment_id=payment_id, reason=_reason(request))
        return _answer(payment_id)

    @extend_schema(request=ReasonSerializer, responses={200: OperatorPaymentDetailAnswer})
    def bounce(self, request: Request, payment_id: UUID) -> HttpResponse:
        """Record that the bank has returned a succeeded payment's transfer: what it settled is due again."""
        approvals.bounce_payment(payment_id=payment_id, reason=_reason(request))
        return _answer(payment_id)

    @extend_schema(request=None, responses={200: OperatorPaymentDetailAnswer})
    def refresh(self, request: Request, payment_id: UUID) -> CallsOut[Heard, HttpResponse]:
        """Ask the gateway now how a payment stands."""
        asked = question(account_id=None, payment_id=payment_id)
        return CallsOut(payment_id, lambda: ask(asked), lambda heard: heard_or(asked, heard) or _answer(payment_id))

    @extend_schema(request=RefundRequestSerializer, responses={200: RefundedPaymentAnswer})
    def refund(self, request: Request, payment_id: UUID) -> HttpResponse | CallsOut[Heard, HttpResponse]:
        """Refund a succeeded payment: to the account's balance, by transfer, or through its gateway."""
        asked = RefundRequestSerializer.checked(request.data, operator_id=operator_of(request))

        def answer(refund: Refund) -> HttpResponse:
            shown = RefundedPaymentAnswer.of_operator_detail(_found(payment_id), refund=RefundAnswer.of(refund))
            return responses.one(shown, message=TOLD.get(RefundStatus(refund.status)))

        if self.resumed:
            return sent(find_refund(self.resumed), answer)
        return sent(refunds.refund_payment(payment_id=payment_id, request=asked), answer)

    @extend_schema(request=RecordSerializer, responses={201: OperatorPaymentDetailAnswer})
    def record(self, request: Request) -> HttpResponse:
        """Record money that nobody submitted, and what it pays."""
        told = RecordSerializer.checked(request.data)
        account = Account.objects.filter(id=told.account_id).first()
        if account is None:
            raise NotFound
        payment = record_payment(account=account, money=told.of(account), operator_id=operator_of(request))
        return _answer(payment.id, status=201)


class BulkApproveView(OperatorAudience, ApiViewSet):
    """Bulk approval, each payment in its own transaction: a retry reports which ones have already succeeded."""

    roles: ClassVar = {"approve_all": APPROVER}
    idempotent = False
    own_transactions = True

    @extend_schema(request=BulkApproveSerializer, responses={200: BulkResultsAnswer})
    def approve_all(self, request: Request) -> HttpResponse:
        """Approve up to 100 payments as they were submitted."""
        chosen, operator_id = BulkApproveSerializer.checked(request.data), operator_of(request)
        outcomes = run_each_in_own_transaction(
            self,
            request,
            dict.fromkeys(chosen.ids),
            lambda payment_id: approvals.approve_idempotently(payment_id=payment_id, operator_id=operator_id),
        )
        return responses.one(BulkResultsAnswer(results=[BulkResultAnswer.of(*outcome) for outcome in outcomes]))


def _answer(payment_id: UUID, *, status: int = 200) -> HttpResponse:
    detail = _found(payment_id)
    message = TOLD_LATE if detail.arrived_late else None
    return responses.one(OperatorPaymentDetailAnswer.of_operator_detail(detail), status=status, message=message)


def _found(payment_id: UUID) -> OperatorPaymentDetail:
    detail = get_payment_across_accounts(payment_id=payment_id)
    if detail is None:
        raise NotFound
    return detail


def _reason(request: Request) -> str:
    return ReasonSerializer.checked(request.data).reason
