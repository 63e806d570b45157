"""The event log, and the audit trail, which is a part of it."""

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.platform.answers import EventAnswer
from igny8_core.business.platform.selectors.events import EventFilters, find_audit, find_events
from igny8_core.business.platform.serializers.events import (
    AuditFilterSerializer,
    EventFilterSerializer,
)
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience


class EventViewSet(OperatorAudience, ApiViewSet):
    """What happened, newest first."""

    roles: ClassVar = {"list": OperatorRole.SUPPORT, "audit": OperatorRole.SUPPORT}

    @extend_schema(parameters=[EventFilterSerializer], responses={200: ListOf(EventAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """Events of every account, including the platform's own."""
        filters = query_of(request, EventFilterSerializer)
        return sequence_page(request, find_events(filters), EventAnswer.of, by=_order(filters))

    @extend_schema(parameters=[AuditFilterSerializer], responses={200: ListOf(EventAnswer)})
    def audit(self, request: Request) -> HttpResponse:
        """Events caused by a user, an API key or an operator."""
        filters = query_of(request, AuditFilterSerializer)
        return sequence_page(request, find_audit(filters), EventAnswer.of, by=_order(filters))


def _order(filters: EventFilters) -> str:
    """One account's events are ordered by its chain, whose indexes lead with the account."""
    return "sequence" if filters.account_id is None else "seq"
