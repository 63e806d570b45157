"""The approval limits, and the recount of everything."""

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.answers.limits import ApprovalLimitAnswer
from igny8_core.business.billing.answers.verification import VerdictAnswer
from igny8_core.business.billing.models import ApprovalLimit
from igny8_core.business.billing.operator_views.shapes import (
    LimitSerializer,
    VerifyQuerySerializer,
)
from igny8_core.business.billing.services.limits import set_limit
from igny8_core.business.billing.services.verification import verify_within_request
from igny8_core.business.platform.edge import WAITS, PendingChangeAnswer
from igny8_core.business.platform.public import PendingChange
from igny8_core.events import unit_of_work
from igny8_core.http import responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiView, OperatorAudience, actor_of, principal_of


class ApprovalLimitView(OperatorAudience, ApiView):
    """The amounts above which two operators have to approve; a list without pages."""

    paged = False

    roles: ClassVar = {"get": OperatorRole.SUPPORT, "put": OperatorRole.ADMIN}

    @extend_schema(responses={200: ListOf(ApprovalLimitAnswer)})
    def get(self, request: Request) -> HttpResponse:
        """Every limit that is set; in a currency without a limit every amount needs two operators."""
        query_of(request, StrictSerializer, paged=self.paged)
        rows = [ApprovalLimitAnswer.of(limit) for limit in ApprovalLimit.objects.order_by("currency")]
        return responses.every(rows)

    @extend_schema(request=LimitSerializer, responses={200: ApprovalLimitAnswer, 202: PendingChangeAnswer})
    def put(self, request: Request) -> HttpResponse:
        """Set a currency's limit, or remove it with null. A higher limit, or none, waits for a second admin."""
        told = LimitSerializer.checked(request.data)
        limit = set_limit(currency=told.currency, amount=told.amount)
        if isinstance(limit, PendingChange):
            return responses.one(PendingChangeAnswer.of(limit), status=202, message=WAITS)
        return responses.one(ApprovalLimitAnswer.of(limit))


class VerifyView(OperatorAudience, ApiView):
    """The recount, in its own snapshot."""

    roles: ClassVar = {"get": OperatorRole.SUPPORT}
    own_transactions = True

    @extend_schema(parameters=[VerifyQuerySerializer], responses={200: VerdictAnswer})
    def get(self, request: Request) -> HttpResponse:
        """Recount what is new since the last verified points in the ledger and the event chains, or everything."""
        query = query_of(request, VerifyQuerySerializer, paged=False)
        found = unit_of_work.run(
            lambda: verify_within_request(full=query.full == "true"),
            scope=self.scope(request),
            actor=actor_of(principal_of(request)),
            snapshot=True,
        )
        return responses.one(VerdictAnswer.of(found))
