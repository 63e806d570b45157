"""Our bank accounts, and how their CSV and XLSX files are read."""

from typing import BinaryIO, ClassVar, cast
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.banking.answers import BankAccountAnswer, PreviewAnswer, ProfileAnswer
from igny8_core.business.banking.formats import registry
from igny8_core.business.banking.models import BankAccount, SavedCsvProfile
from igny8_core.business.banking.serializers import (
    BankAccountChangeSerializer,
    BankAccountInputSerializer,
    PreviewSerializer,
    ProfileChangeSerializer,
    ProfileInputSerializer,
)
from igny8_core.business.banking.services import bank_accounts
from igny8_core.http import responses
from igny8_core.http.answers import ListOf, RemovedAnswer
from igny8_core.http.description import extend_schema
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.lists import sequence_page
from igny8_core.http.parsing import parse_object
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience
from igny8_core.kit.errors import NotFound

SUPPORT, FINANCE = OperatorRole.SUPPORT, OperatorRole.FINANCE
MAX_PREVIEW_BYTES = 20 * 1024 * 1024
ROLES = {
    "list": SUPPORT,
    "retrieve": SUPPORT,
    "create": FINANCE,
    "partial_update": FINANCE,
    "destroy": FINANCE,
}


class BankAccountViewSet(OperatorAudience, ApiViewSet):
    """Our accounts at banks and wallets."""

    roles: ClassVar = ROLES

    @extend_schema(responses={200: ListOf(BankAccountAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """Our bank accounts, newest first."""
        query_of(request, StrictSerializer)
        return sequence_page(request, BankAccount.objects.all(), BankAccountAnswer.of)

    @extend_schema(responses={200: BankAccountAnswer})
    def retrieve(self, request: Request, bank_account_id: UUID) -> HttpResponse:
        """One of our bank accounts."""
        account = BankAccount.objects.filter(id=bank_account_id).first()
        if account is None:
            raise NotFound
        return responses.one(BankAccountAnswer.of(account))

    @extend_schema(request=BankAccountInputSerializer, responses={201: BankAccountAnswer})
    def create(self, request: Request) -> HttpResponse:
        """Set up a bank account, so that its statements can be imported."""
        account = bank_accounts.create_bank_account(BankAccountInputSerializer.checked(request.data))
        return responses.one(BankAccountAnswer.of(account), status=201)

    @extend_schema(request=BankAccountChangeSerializer, responses={200: BankAccountAnswer})
    def partial_update(self, request: Request, bank_account_id: UUID) -> HttpResponse:
        """Change its name or the payment method whose money it takes."""
        change = BankAccountChangeSerializer.checked(request.data)
        changed = bank_accounts.change_bank_account(account_id=bank_account_id, change=change)
        return responses.one(BankAccountAnswer.of(changed))

    @extend_schema(responses={200: RemovedAnswer})
    def destroy(self, request: Request, bank_account_id: UUID) -> HttpResponse:
        """Remove an account that never had a statement."""
        bank_accounts.remove_bank_account(account_id=bank_account_id)
        return responses.one(RemovedAnswer(id=bank_account_id), message="Removed.")


class CsvProfileViewSet(OperatorAudience, ApiViewSet):
    """How CSV and XLSX files are read."""

    roles: ClassVar = {**ROLES, "preview": FINANCE}
    uploads: ClassVar = {"preview": MAX_PREVIEW_BYTES}
    idempotent = frozenset({"create"})

    @extend_schema(responses={200: ListOf(ProfileAnswer)})
    def list(self, request: Request) -> HttpResponse:
        """Saved profiles, newest first."""
        query_of(request, StrictSerializer)
        return sequence_page(request, SavedCsvProfile.objects.all(), ProfileAnswer.of)

    @extend_schema(responses={200: ProfileAnswer})
    def retrieve(self, request: Request, profile_id: UUID) -> HttpResponse:
        """One profile."""
        profile = SavedCsvProfile.objects.filter(id=profile_id).first()
        if profile is None:
            raise NotFound
        return responses.one(ProfileAnswer.of(profile))

    @extend_schema(request=ProfileInputSerializer, responses={201: ProfileAnswer})
    def create(self, request: Request) -> HttpResponse:
        """Save a profile."""
        profile = bank_accounts.create_profile(ProfileInputSerializer.checked(request.data))
        return responses.one(ProfileAnswer.of(profile), status=201)

    @extend_schema(request=ProfileChangeSerializer(partial=True), responses={200: ProfileAnswer})
    def partial_update(self, request: Request, profile_id: UUID) -> HttpResponse:
        """Change a profile; its definition is replaced as a whole."""
        change = ProfileChangeSerializer.checked(request.data)
        changed = bank_accounts.change_profile(profile_id=profile_id, change=change)
        return responses.one(ProfileAnswer.of(changed))

    @extend_schema(responses={200: RemovedAnswer})
    def destroy(self, request: Request, profile_id: UUID) -> HttpResponse:
        """Remove a profile."""
        bank_accounts.remove_profile(profile_id=profile_id)
        return responses.one(RemovedAnswer(id=profile_id), message="Removed.")

    @extend_schema(request=PreviewSerializer, responses={200: PreviewAnswer})
    def preview(self, request: Request) -> HttpResponse:
        """Try a definition on a file's first rows before it is saved; nothing is written."""
        sent = PreviewSerializer.checked(request.data)
        profile = bank_accounts.checked_profile(parse_object(sent.definition.encode()))
        return responses.one(PreviewAnswer.of(registry.preview(cast(BinaryIO, sent.file.file), profile)))
