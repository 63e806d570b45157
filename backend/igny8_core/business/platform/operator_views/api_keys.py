"""API keys of accounts and operators."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.answers import WAITS, PendingKeyAnswer
from igny8_core.business.platform.selectors.people import find_api_keys, key_document
from igny8_core.business.platform.serializers.people import (
    IssuedKeySerializer,
    KeyFilterSerializer,
    KeySerializer,
    NewKeySerializer,
)
from igny8_core.business.platform.services.api_keys import (
    AskedKey,
    issue_for_account,
    issue_for_operator,
    revoke_api_key,
)
from igny8_core.http import responses
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

    @extend_schema(parameters=[KeyFilterSerializer], responses={200: KeySerializer(many=True)})
    def list(self, request: Request) -> HttpResponse:
        """API keys, newest first, without their secrets."""
        query = query_of(request, KeyFilterSerializer)
        return sequence_page(request, find_api_keys(**query), key_document)

    @extend_schema(responses={200: KeySerializer})
    def retrieve(self, request: Request, key_id: UUID) -> HttpResponse:
        """One API key."""
        key = find_api_keys().filter(id=key_id).first()
        if key is None:
            raise NotFound
        return responses.one(key_document(key))

    @extend_schema(request=NewKeySerializer, responses={201: IssuedKeySerializer, 202: PendingKeyAnswer})
    def create(self, request: Request) -> HttpResponse:
        """Issue a key; `secret` is shown in this answer and never again.

        One for another operator opens nothing until a second admin has confirmed it.
        """
        serializer = NewKeySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(serializer.validated_data)
        if "user_id" in values:
            issued = issue_for_operator(**values)
            if isinstance(issued, AskedKey):
                asked = PendingKeyAnswer.of(issued.request, key_id=issued.key_id, secret=issued.secret)
                return responses.one(asked, status=202, message=WAITS)
        else:
            issued = issue_for_account(role=AccountRole(values.pop("role")), **values)
        return responses.one({**key_document(issued.key), "secret": issued.secret}, status=201)

    @extend_schema(request=None, responses={200: KeySerializer})
    def revoke(self, request: Request, key_id: UUID) -> HttpResponse:
        """Refuse the key from now on."""
        return responses.one(key_document(revoke_api_key(key_id=key_id)), message="Revoked.")
