"""People: the users of every account, and the operators."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.platform.answers import WAITS, PendingChangeAnswer, UserAnswer
from igny8_core.business.platform.selectors.people import find_users
from igny8_core.business.platform.serializers.people import (
    UserChangeSerializer,
    UserFilterSerializer,
)
from igny8_core.business.platform.services.credentials import require_new_password
from igny8_core.business.platform.services.people import change_user
from igny8_core.http import responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience, principal_of
from igny8_core.kit.errors import NotFound

ADMIN = OperatorRole.ADMIN


class UserViewSet(OperatorAudience, ApiViewSet):
    """Everybody who can sign in; new people are invited."""

    roles: ClassVar = {"list": ADMIN, "retrieve": ADMIN, "partial_update": ADMIN, "reset_password": ADMIN}

    @extend_schema(parameters=[UserFilterSerializer], responses={200: ListOf(UserAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """People, newest first."""
        query = query_of(request, UserFilterSerializer)
        found = find_users(account_id=query.account_id, role=query.role, status=query.status, kind=query.kind)
        return sequence_page(request, found, UserAnswer.of)

    @extend_schema(responses={200: UserAnswer})
    def retrieve(self, request: Request, user_id: UUID) -> HttpResponse:
        """One person."""
        user = find_users().filter(id=user_id).first()
        if user is None:
            raise NotFound
        return responses.one(UserAnswer.of(user))

    @extend_schema(request=UserChangeSerializer, responses={200: UserAnswer, 202: PendingChangeAnswer})
    def partial_update(self, request: Request, user_id: UUID) -> HttpResponse:
        """Change role, name or status. Giving an operator more authority waits for a second admin."""
        change = UserChangeSerializer.checked(request.data)
        user, waiting = change_user(user_id=user_id, change=change, by=principal_of(request).user_id)
        if waiting is not None:
            return responses.one(PendingChangeAnswer.of(waiting), status=202, message=WAITS)
        return responses.one(UserAnswer.of(user))

    @extend_schema(request=None, responses={200: UserAnswer})
    def reset_password(self, request: Request, user_id: UUID) -> HttpResponse:
        """Invalidate the person's password, end their sessions, and mail them a link to set a new one."""
        return responses.one(UserAnswer.of(require_new_password(user_id=user_id)))
