"""Invitations to every account, and of operators."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.platform.answers import WAITS, InvitationAnswer
from igny8_core.business.platform.selectors.people import find_invitations
from igny8_core.business.platform.serializers.invitations import AnyInvitationFilterSerializer, AnyInvitationSerializer
from igny8_core.business.platform.services.invitations import invite
from igny8_core.business.platform.views.invitations import InvitationBase
from igny8_core.http import responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import OperatorAudience

ADMIN = OperatorRole.ADMIN


class InvitationViewSet(OperatorAudience, InvitationBase):
    """Open and closed invitations."""

    roles: ClassVar = {"list": ADMIN, "retrieve": ADMIN, "create": ADMIN, "send_again": ADMIN, "revoke": ADMIN}

    def own_account(self, request: Request) -> UUID | None:
        """Every one."""
        return None

    @extend_schema(parameters=[AnyInvitationFilterSerializer], responses={200: ListOf(InvitationAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """Invitations, newest first."""
        query = query_of(request, AnyInvitationFilterSerializer)
        found = find_invitations(account_id=query.account_id, status=query.status, kind=query.kind)
        return sequence_page(request, found, InvitationAnswer.of)

    @extend_schema(request=AnyInvitationSerializer, responses={201: InvitationAnswer})
    def create(self, request: Request) -> HttpResponse:
        """Invite an address by mail. Only its reader is told whether it already belongs to a user.

        An operator who would decide about money is invited as support until a second admin has confirmed the role.
        """
        asked = AnyInvitationSerializer.checked(request.data)
        account_id = PLATFORM_ID if asked.account_id is None else asked.account_id
        invitation = invite(account_id=account_id, email=asked.email, role=asked.role, name=asked.name)
        waits = f"Invited as {invitation.role}. {WAITS}" if invitation.role != asked.role else None
        return responses.one(InvitationAnswer.of(invitation), status=201, message=waits)
