"""Payments across accounts."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.selectors.payments import get_payment_across_accounts
from igny8_core.business.billing.serializers import (
    OperatorPaymentFilterSerializer,
    PaymentSerializer,
    payment_filters,
)
from igny8_core.business.billing.views import payments_page
from igny8_core.http import responses
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience
from igny8_core.kit.errors import NotFound

SUPPORT = OperatorRole.SUPPORT


class OperatorPaymentViewSet(OperatorAudience, ApiViewSet):
    """Payments of every account."""

    roles: ClassVar = {"list": SUPPORT, "retrieve": SUPPORT}

    @extend_schema(parameters=[OperatorPaymentFilterSerializer], responses={200: PaymentSerializer(many=True)})
    def list(self, request: Request) -> HttpResponse:
        """Payments across accounts; what awaits approval comes oldest first."""
        query = query_of(request, OperatorPaymentFilterSerializer)
        return payments_page(request, query, payment_filters(query), for_operator=True)

    @extend_schema(responses={200: PaymentSerializer})
    def retrieve(self, request: Request, payment_id: UUID) -> HttpResponse:
        """One payment with the history of its status."""
        payment = get_payment_across_accounts(payment_id=payment_id)
        if payment is None:
            raise NotFound
        return responses.one(payment)
