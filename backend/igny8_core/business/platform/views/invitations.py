"""Invitations to the caller's own account, and what these views share with the operators'."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.platform.answers import InvitationAnswer
from igny8_core.business.platform.selectors.people import find_invitations
from igny8_core.business.platform.serializers.invitations import InvitationFilterSerializer, InvitationSerializer
from igny8_core.business.platform.services import invitations
from igny8_core.http import responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.throttling import throttle
from igny8_core.http.views import AccountAudience, ApiViewSet, account_of, principal_of
from igny8_core.kit.errors import NotFound

OWNER = AccountRole.OWNER


class InvitationBase(ApiViewSet):
    """Actions on an invitation, for owners and operators; mails are counted per account or operator."""

    def authorise(self, request: Request) -> None:
        """Count the mail before the transaction begins."""
        super().authorise(request)
        if self.action_name(request) in ("create", "send_again"):
            principal = principal_of(request)
            throttle("invitation", str(principal.owner_id if principal.is_operator else principal.account_id))

    def own_account(self, request: Request) -> UUID | None:
        """The account whose invitations the caller may change; None for all accounts."""
        raise NotImplementedError

    @extend_schema(responses={200: InvitationAnswer})
    def retrieve(self, request: Request, invitation_id: UUID) -> HttpResponse:
        """One invitation."""
        invitation = find_invitations(account_id=self.own_account(request)).filter(id=invitation_id).first()
        if invitation is None:
            raise NotFound
        return responses.one(InvitationAnswer.of(invitation))

    @extend_schema(request=None, responses={200: InvitationAnswer})
    def send_again(self, request: Request, invitation_id: UUID) -> HttpResponse:
        """Mail a new link, valid for seven days; the older one stops working."""
        invitation = invitations.send_again(invitation_id=invitation_id, account_id=self.own_account(request))
        return responses.one(InvitationAnswer.of(invitation))

    @extend_schema(request=None, responses={200: InvitationAnswer})
    def revoke(self, request: Request, invitation_id: UUID) -> HttpResponse:
        """Revoke the mailed link."""
        invitation = invitations.revoke(invitation_id=invitation_id, account_id=self.own_account(request))
        return responses.one(InvitationAnswer.of(invitation), message="Revoked.")


class TeamInvitationViewSet(AccountAudience, InvitationBase):
    """Invitations to the caller's account."""

    roles: ClassVar = {"list": OWNER, "retrieve": OWNER, "create": OWNER, "send_again": OWNER, "revoke": OWNER}

    def own_account(self, request: Request) -> UUID | None:
        """The caller's."""
        return account_of(request).id

    @extend_schema(parameters=[InvitationFilterSerializer], responses={200: ListOf(InvitationAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """The account's invitations, newest first."""
        query = query_of(request, InvitationFilterSerializer)
        found = find_invitations(account_id=account_of(request).id, status=query.status)
        return sequence_page(request, found, InvitationAnswer.of)

    @extend_schema(request=InvitationSerializer, responses={201: InvitationAnswer})
    def create(self, request: Request) -> HttpResponse:
        """Invite an address by mail. Only its reader is told whether it already belongs to a user."""
        asked = InvitationSerializer.checked(request.data)
        invitation = invitations.invite(
            account_id=account_of(request).id, email=asked.email, role=asked.role, name=asked.name
        )
        return responses.one(InvitationAnswer.of(invitation), status=201)
