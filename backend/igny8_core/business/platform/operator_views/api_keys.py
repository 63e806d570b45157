"""API keys of accounts and operators."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.platform.answers import WAITS, IssuedKeyAnswer, KeyAnswer, PendingKeyAnswer
from igny8_core.business.platform.selectors.people import find_api_keys
from igny8_core.business.platform.serializers.people import (
    KeyFilterSerializer,
    NewKeySerializer,
)
from igny8_core.business.platform.services.api_keys import (
    AskedKey,
    issue_for_account,
    issue_for_operator,
    revoke_api_key,
)
from igny8_core.http import responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience
from igny8_core.kit.errors import NotFound

ADMIN = OperatorRole.ADMIN


class ApiKeyViewSet(OperatorAudience, ApiViewSet):
    """Every API key."""

    roles: ClassVar = {"list": ADMIN, "retrieve": ADMIN, "create": ADMIN, "revoke": ADMIN}
    idempotent = frozenset({"revoke"})

    @extend_schema(parameters=[KeyFilterSerializer], responses={200: ListOf(KeyAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """API keys, newest first, without their secrets."""
        query = query_of(request, KeyFilterSerializer)
        found = find_api_keys(account_id=query.account_id, user_id=query.user_id)
        return sequence_page(request, found, KeyAnswer.of)

    @extend_schema(responses={200: KeyAnswer})
    def retrieve(self, request: Request, key_id: UUID) -> HttpResponse:
        """One API key."""
        key = find_api_keys().filter(id=key_id).first()
        if key is None:
            raise NotFound
        return responses.one(KeyAnswer.of(key))

    @extend_schema(request=NewKeySerializer, responses={201: IssuedKeyAnswer, 202: PendingKeyAnswer})
    def create(self, request: Request) -> HttpResponse:
        """Issue a key; only this answer contains its `secret`.

        A key for another operator is not valid until a second admin has confirmed it.
        """
        new = NewKeySerializer.checked(request.data)
        if new.user_id is not None:
            issued = issue_for_operator(user_id=new.user_id, name=new.name, expires_at=new.expires_at)
            if isinstance(issued, AskedKey):
                asked = PendingKeyAnswer.of(issued.request, key_id=issued.key_id, secret=issued.secret)
                return responses.one(asked, status=202, message=WAITS)
        else:
            assert new.account_id is not None and new.role is not None, "a key has an operator, or account and role"
            issued = issue_for_account(
                account_id=new.account_id, role=new.role, name=new.name, expires_at=new.expires_at
            )
        return responses.one(IssuedKeyAnswer.of(issued.key, secret=issued.secret), status=201)

    @extend_schema(request=None, responses={200: KeyAnswer})
    def revoke(self, request: Request, key_id: UUID) -> HttpResponse:
        """Revoke the key."""
        return responses.one(KeyAnswer.of(revoke_api_key(key_id=key_id)), message="Revoked.")
