"""What waits for a second person, and a second admin's decision on changes that loosen a control."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.answers.waiting import WaitingAnswer
from igny8_core.business.billing.selectors.waiting import list_waiting
from igny8_core.business.billing.services.pending_changes import confirm_change
from igny8_core.business.platform.edge import PendingChangeAnswer
from igny8_core.business.platform.public import second_admin
from igny8_core.http import pagination, responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience

ORDERING = "-id"
PARTS, PART_BITS = 3, 43
"""An id as the numbers of a page's key, each of which fits a bigint."""


class WaitingViewSet(OperatorAudience, ApiViewSet):
    """Everything that one operator or admin may not decide alone."""

    roles: ClassVar = {"list": OperatorRole.SUPPORT, "confirm": OperatorRole.ADMIN, "reject": OperatorRole.ADMIN}

    @extend_schema(responses={200: ListOf(WaitingAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """Payments, refunds and changes of controls that wait for a second person, newest first."""
        query_of(request, StrictSerializer)
        asked = pagination.page_request(request, ordering=ORDERING, width=PARTS)
        cursor = asked.cursor
        rows, count = list_waiting(
            size=asked.size,
            after=None if cursor is None else _id_of(cursor.key),
            backwards=cursor is not None and cursor.backwards,
        )
        answers = [WaitingAnswer.of(row) for row in rows]
        keys = [_key_of(row.id) for row in rows]
        return responses.many(
            pagination.build(request, asked=asked, ordering=ORDERING, rows=answers, keys=keys, count=count)
        )

    @extend_schema(request=None, responses={200: PendingChangeAnswer})
    def confirm(self, request: Request, change_id: UUID) -> HttpResponse:
        """Confirm a change that another admin requested; it takes effect immediately."""
        return responses.one(PendingChangeAnswer.of(confirm_change(change_id=change_id)), message="Confirmed.")

    @extend_schema(request=None, responses={200: PendingChangeAnswer})
    def reject(self, request: Request, change_id: UUID) -> HttpResponse:
        """Reject a change that another admin requested, or withdraw your own."""
        return responses.one(PendingChangeAnswer.of(second_admin.reject(change_id=change_id)))


def _key_of(row_id: UUID) -> tuple[int, ...]:
    mask = (1 << PART_BITS) - 1
    return tuple(row_id.int >> PART_BITS * place & mask for place in reversed(range(PARTS)))


def _id_of(key: tuple[int, ...]) -> UUID:
    """Any numbers make some id: a forged cursor starts at an arbitrary place, as it does in other lists."""
    number = 0
    for part in key:
        number = number << PART_BITS | part & ((1 << PART_BITS) - 1)
    return UUID(int=number & ((1 << 128) - 1))
