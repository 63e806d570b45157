"""Accounts: provisioning, changing, suspending."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.platform.answers import AccountAnswer, InvitationAnswer, ProvisionedAccountAnswer
from igny8_core.business.platform.selectors.people import find_accounts
from igny8_core.business.platform.serializers.people import (
    AccountChangeSerializer,
    AccountFilterSerializer,
    NewAccountSerializer,
)
from igny8_core.business.platform.services.accounts import change_account, provision_account
from igny8_core.http import responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience
from igny8_core.kit.errors import NotFound

ADMIN = OperatorRole.ADMIN


class AccountViewSet(OperatorAudience, ApiViewSet):
    """The platform's accounts."""

    roles: ClassVar = {"list": ADMIN, "retrieve": ADMIN, "create": ADMIN, "partial_update": ADMIN}

    @extend_schema(parameters=[AccountFilterSerializer], responses={200: ListOf(AccountAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """All accounts, newest first."""
        query = query_of(request, AccountFilterSerializer)
        return sequence_page(request, find_accounts(status=query.status, country=query.country), AccountAnswer.of)

    @extend_schema(responses={200: AccountAnswer})
    def retrieve(self, request: Request, account_id: UUID) -> HttpResponse:
        """One account."""
        account = find_accounts().filter(id=account_id).first()
        if account is None:
            raise NotFound
        return responses.one(AccountAnswer.of(account))

    @extend_schema(request=NewAccountSerializer, responses={201: ProvisionedAccountAnswer})
    def create(self, request: Request) -> HttpResponse:
        """Provision an account; its first owner, if given, is invited."""
        account, invitation = provision_account(NewAccountSerializer.checked(request.data))
        invited = None if invitation is None else InvitationAnswer.of(invitation)
        return responses.one(ProvisionedAccountAnswer.of(account, invitation=invited), status=201)

    @extend_schema(request=AccountChangeSerializer, responses={200: AccountAnswer})
    def partial_update(self, request: Request, account_id: UUID) -> HttpResponse:
        """Change name, time zone, language, address or tax number; suspend or resume the account."""
        account = change_account(account_id=account_id, change=AccountChangeSerializer.checked(request.data))
        return responses.one(AccountAnswer.of(account))
