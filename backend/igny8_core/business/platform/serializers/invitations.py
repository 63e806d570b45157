"""The input of the invitations' routes."""

from dataclasses import dataclass
from uuid import UUID

from rest_framework import serializers

from igny8_core.accounts.models import InvitationOutcome
from igny8_core.business.platform.serializers.people import ACCOUNT_ROLES, EVERY_ROLE, EmailAddressField
from igny8_core.http.fields import StrictCharField, StrictSerializer, StrictUUIDField

STATUSES = ["pending", *InvitationOutcome.values]


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """The address to invite, to which account and role; without an account, as an operator."""

    email: str
    role: str
    name: str = ""
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class InvitationQuery:
    """Filters of the list of invitations."""

    status: str | None = None
    account_id: UUID | None = None
    kind: str | None = None


class InvitationSerializer(StrictSerializer[NewInvitation]):
    """An address to invite to the caller's account."""

    into = NewInvitation

    email = EmailAddressField()
    role = serializers.ChoiceField(choices=ACCOUNT_ROLES)
    name = StrictCharField(max_length=200, required=False, allow_blank=True)


class AnyInvitationSerializer(InvitationSerializer):
    """An address to invite to an account, or as an operator where `account_id` is null."""

    account_id = StrictUUIDField(allow_null=True)
    role = serializers.ChoiceField(choices=EVERY_ROLE)


class InvitationFilterSerializer(StrictSerializer[InvitationQuery]):
    """The query of the list of the account's invitations."""

    into = InvitationQuery

    status = serializers.ChoiceField(choices=STATUSES, required=False)


class AnyInvitationFilterSerializer(InvitationFilterSerializer):
    """The query of the list of all invitations; `kind` selects operators' or accounts' invitations."""

    account_id = StrictUUIDField(required=False)
    kind = serializers.ChoiceField(choices=["account", "operator"], required=False)
