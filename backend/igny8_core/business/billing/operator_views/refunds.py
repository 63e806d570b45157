"""Refunds: which wait, which transfers are to be sent, as files for a bank, and which were sent."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.answers.refunds import RefundAnswer
from igny8_core.business.billing.domain.refunds import RefundStatus
from igny8_core.business.billing.models import Refund
from igny8_core.business.billing.operator_views.sending import TOLD, sent
from igny8_core.business.billing.operator_views.shapes import (
    ApproveRefundSerializer,
    ExportQuerySerializer,
    RefundQuerySerializer,
)
from igny8_core.business.billing.selectors.refunds import find_refund, find_refunds
from igny8_core.business.billing.services import refunds
from igny8_core.business.billing.services.asking import Heard
from igny8_core.business.billing.services.refund_files import refund_file
from igny8_core.http import responses
from igny8_core.http.answering import CallsOut
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience, operator_of

SUPPORT, FINANCE = OperatorRole.SUPPORT, OperatorRole.FINANCE


class RefundViewSet(OperatorAudience, ApiViewSet):
    """Refunds of every account."""

    conflicting = frozenset({"export"})
    roles: ClassVar = {
        "list": SUPPORT,
        "retrieve": SUPPORT,
        "approve": OperatorRole.APPROVER,
        "mark_paid": FINANCE,
        "cancel": FINANCE,
        "export": FINANCE,
    }

    @extend_schema(parameters=[RefundQuerySerializer], responses={200: ListOf(RefundAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """Refunds across accounts, newest first."""
        filters = query_of(request, RefundQuerySerializer)
        return sequence_page(request, find_refunds(filters), RefundAnswer.of)

    @extend_schema(responses={200: RefundAnswer})
    def retrieve(self, request: Request, refund_id: UUID) -> HttpResponse:
        """One refund."""
        return responses.one(RefundAnswer.of(find_refund(refund_id)))

    @extend_schema(request=ApproveRefundSerializer, responses={200: RefundAnswer})
    def approve(self, request: Request, refund_id: UUID) -> HttpResponse | CallsOut[Heard, HttpResponse]:
        """Approve a refund that is waiting for a second operator."""
        note = ApproveRefundSerializer.checked(request.data).note

        def answer(refund: Refund) -> HttpResponse:
            return responses.one(RefundAnswer.of(refund), message=TOLD.get(RefundStatus(refund.status)))

        if self.resumed:
            return sent(find_refund(self.resumed), answer)
        refund = refunds.approve_refund(refund_id=refund_id, operator_id=operator_of(request), note=note)
        return sent(refund, answer)

    @extend_schema(request=None, responses={200: RefundAnswer})
    def mark_paid(self, request: Request, refund_id: UUID) -> HttpResponse:
        """Record that the transfer was sent."""
        return responses.one(RefundAnswer.of(refunds.mark_refund_paid(refund_id=refund_id)))

    @extend_schema(request=None, responses={200: RefundAnswer})
    def cancel(self, request: Request, refund_id: UUID) -> HttpResponse:
        """Cancel a refund that has not been paid out, or reject one that is waiting for approval."""
        return responses.one(RefundAnswer.of(refunds.cancel_refund(refund_id=refund_id)))

    @extend_schema(
        parameters=[ExportQuerySerializer], responses={(200, "text/csv"): bytes, (200, "application/xml"): bytes}
    )
    def export(self, request: Request) -> HttpResponse:
        """Pending transfers as a file: CSV, or SEPA credit transfers (ISO 20022 pain.001) for those with an IBAN."""
        query = query_of(request, ExportQuerySerializer)
        file = refund_file(format=query.format, currency=query.currency)
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
        return HttpResponse(file.content, content_type=file.content_type, headers=headers)
