"""`/api/v1/account/`: an owner's own people and API keys."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.platform.answers import IssuedKeyAnswer, KeyAnswer, UserAnswer
from igny8_core.business.platform.selectors.people import find_api_keys, find_users
from igny8_core.business.platform.serializers.people import (
    TeamFilterSerializer,
    TeamKeySerializer,
    TeamMemberChangeSerializer,
)
from igny8_core.business.platform.services.api_keys import issue_for_account, revoke_api_key
from igny8_core.business.platform.services.people import change_team_member
from igny8_core.http import responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import AccountAudience, ApiViewSet, account_of, principal_of
from igny8_core.kit.errors import NotFound

OWNER = AccountRole.OWNER


class TeamViewSet(AccountAudience, ApiViewSet):
    """The people of the caller's account; new ones are invited."""

    roles: ClassVar = {"list": OWNER, "retrieve": OWNER, "partial_update": OWNER}

    @extend_schema(parameters=[TeamFilterSerializer], responses={200: ListOf(UserAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """The account's people, newest first."""
        query = query_of(request, TeamFilterSerializer)
        found = find_users(account_id=account_of(request).id, role=query.role, status=query.status)
        return sequence_page(request, found, UserAnswer.of)

    @extend_schema(responses={200: UserAnswer})
    def retrieve(self, request: Request, user_id: UUID) -> HttpResponse:
        """One person."""
        user = find_users(account_id=account_of(request).id).filter(id=user_id).first()
        if user is None:
            raise NotFound
        return responses.one(UserAnswer.of(user))

    @extend_schema(request=TeamMemberChangeSerializer, responses={200: UserAnswer})
    def partial_update(self, request: Request, user_id: UUID) -> HttpResponse:
        """Change role or name; suspend or resume somebody. An account always keeps one active owner."""
        change = TeamMemberChangeSerializer.checked(request.data)
        by = principal_of(request).user_id
        user = change_team_member(account=account_of(request), user_id=user_id, change=change, by=by)
        return responses.one(UserAnswer.of(user))


class TeamKeyViewSet(AccountAudience, ApiViewSet):
    """The API keys of the caller's account."""

    roles: ClassVar = {"list": OWNER, "retrieve": OWNER, "create": OWNER, "revoke": OWNER}
    idempotent = frozenset({"revoke"})

    @extend_schema(responses={200: ListOf(KeyAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """The account's API keys, newest first, without their secrets."""
        query_of(request, StrictSerializer)
        return sequence_page(request, find_api_keys(account_id=account_of(request).id), KeyAnswer.of)

    @extend_schema(responses={200: KeyAnswer})
    def retrieve(self, request: Request, key_id: UUID) -> HttpResponse:
        """One API key."""
        key = find_api_keys(account_id=account_of(request).id).filter(id=key_id).first()
        if key is None:
            raise NotFound
        return responses.one(KeyAnswer.of(key))

    @extend_schema(request=TeamKeySerializer, responses={201: IssuedKeyAnswer})
    def create(self, request: Request) -> HttpResponse:
        """Issue a key; only this answer contains its `secret`."""
        new = TeamKeySerializer.checked(request.data)
        issued = issue_for_account(
            account_id=account_of(request).id, role=new.role, name=new.name, expires_at=new.expires_at
        )
        return responses.one(IssuedKeyAnswer.of(issued.key, secret=issued.secret), status=201)

    @extend_schema(request=None, responses={200: KeyAnswer})
    def revoke(self, request: Request, key_id: UUID) -> HttpResponse:
        """Revoke the key."""
        key = revoke_api_key(key_id=key_id, account_id=account_of(request).id)
        return responses.one(KeyAnswer.of(key), message="Revoked.")
