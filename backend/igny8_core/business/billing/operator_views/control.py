"""The limits of four eyes, and the recount of everything."""

from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.models import ApprovalLimit
from igny8_core.business.billing.operator_views.shapes import LimitSerializer, LimitShownSerializer, VerdictSerializer
from igny8_core.business.billing.selectors.verification import verdict
from igny8_core.business.billing.services.limits import set_limit
from igny8_core.http import responses
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiView, OperatorAudience
from igny8_core.kit.money import format_amount


class ApprovalLimitView(OperatorAudience, ApiView):
    """Above how much two operators have to approve; a list without pages."""

    paged = False

    roles: ClassVar = {"get": OperatorRole.SUPPORT, "put": OperatorRole.ADMIN}

    @extend_schema(responses={200: LimitShownSerializer(many=True)})
    def get(self, request: Request) -> HttpResponse:
        """Every limit that is set; in a currency that is missing everything needs two operators."""
        query_of(request, StrictSerializer, paged=self.paged)
        rows = [_shown(limit) for limit in ApprovalLimit.objects.order_by("currency")]
        return responses.many(responses.Page(rows, len(rows), True, None, None))

    @extend_schema(request=LimitSerializer, responses={200: LimitShownSerializer})
    def put(self, request: Request) -> HttpResponse:
        """Set a currency's limit."""
        serializer = LimitSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return responses.one(_shown(set_limit(**serializer.validated_data)))


class VerifyView(OperatorAudience, ApiView):
    """The recount."""

    roles: ClassVar = {"get": OperatorRole.SUPPORT}

    @extend_schema(responses={200: VerdictSerializer})
    def get(self, request: Request) -> HttpResponse:
        """Recount the ledger and the event chains."""
        query_of(request, StrictSerializer)
        return responses.one(verdict())


def _shown(limit: ApprovalLimit) -> dict[str, object]:
    return {
        "currency": limit.currency,
        "amount": None if limit.amount_minor is None else format_amount(limit.amount_minor, limit.currency),
        "updated_at": limit.updated_at,
    }
