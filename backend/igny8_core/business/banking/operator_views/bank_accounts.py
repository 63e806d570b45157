"""Our bank accounts, and how their tables are read."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.banking.formats import registry
from igny8_core.business.banking.models import BankAccount, SavedCsvProfile
from igny8_core.business.banking.selectors.documents import (
    bank_account_document,
    preview_document,
    profile_document,
)
from igny8_core.business.banking.serializers import (
    BankAccountChangeSerializer,
    BankAccountInputSerializer,
    BankAccountSerializer,
    PreviewSerializer,
    PreviewShownSerializer,
    ProfileInputSerializer,
    ProfileSerializer,
)
from igny8_core.business.banking.services import bank_accounts
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.http import responses
from igny8_core.http.answers import RemovedAnswer
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.lists import sequence_page
from igny8_core.http.parsing import parse_object
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiViewSet, OperatorAudience
from igny8_core.kit.errors import NotFound

SUPPORT, FINANCE = OperatorRole.SUPPORT, OperatorRole.FINANCE
MAX_PREVIEW_BYTES = 20 * 1024 * 1024
ROLES = {
    "list": SUPPORT, "retrieve": SUPPORT, "create": FINANCE, "partial_update": FINANCE, "destroy": FINANCE,
}  # fmt: skip


class BankAccountViewSet(OperatorAudience, ApiViewSet):
    """Accounts of ours at banks and wallets."""

    roles: ClassVar = ROLES

    @extend_schema(responses={200: BankAccountSerializer(many=True)})
    def list(self, request: Request) -> HttpResponse:
        """Our bank accounts, newest first."""
        query_of(request, StrictSerializer)
        return sequence_page(request, BankAccount.objects.all(), bank_account_document)

    @extend_schema(responses={200: BankAccountSerializer})
    def retrieve(self, request: Request, bank_account_id: UUID) -> HttpResponse:
        """One of our bank accounts."""
        account = BankAccount.objects.filter(id=bank_account_id).first()
        if account is None:
            raise NotFound
        return responses.one(bank_account_document(account))

    @extend_schema(request=BankAccountInputSerializer, responses={201: BankAccountSerializer})
    def create(self, request: Request) -> HttpResponse:
        """Set up a bank account, so that its statements can be imported."""
        values = {"payment_method": PaymentMethod.BANK_TRANSFER.value, **_sent(request, BankAccountInputSerializer)}
        return responses.one(bank_account_document(bank_accounts.create_bank_account(**values)), status=201)

    @extend_schema(request=BankAccountChangeSerializer, responses={200: BankAccountSerializer})
    def partial_update(self, request: Request, bank_account_id: UUID) -> HttpResponse:
        """Change its name or the payment method whose money it takes."""
        changes = _sent(request, BankAccountChangeSerializer)
        changed = bank_accounts.change_bank_account(account_id=bank_account_id, changes=changes)
        return responses.one(bank_account_document(changed))

    @extend_schema(responses={200: RemovedAnswer})
    def destroy(self, request: Request, bank_account_id: UUID) -> HttpResponse:
        """Remove an account that never had a statement."""
        bank_accounts.remove_bank_account(account_id=bank_account_id)
        return responses.one({"id": bank_account_id}, message="Removed.")


class CsvProfileViewSet(OperatorAudience, ApiViewSet):
    """How CSV and XLSX files are read."""

    roles: ClassVar = {**ROLES, "preview": FINANCE}
    uploads: ClassVar = {"preview": MAX_PREVIEW_BYTES}
    idempotent = frozenset({"create"})

    @extend_schema(responses={200: ProfileSerializer(many=True)})
    def list(self, request: Request) -> HttpResponse:
        """Saved profiles, newest first."""
        query_of(request, StrictSerializer)
        return sequence_page(request, SavedCsvProfile.objects.all(), profile_document)

    @extend_schema(responses={200: ProfileSerializer})
    def retrieve(self, request: Request, profile_id: UUID) -> HttpResponse:
        """One profile."""
        profile = SavedCsvProfile.objects.filter(id=profile_id).first()
        if profile is None:
            raise NotFound
        return responses.one(profile_document(profile))

    @extend_schema(request=ProfileInputSerializer, responses={201: ProfileSerializer})
    def create(self, request: Request) -> HttpResponse:
        """Save a profile."""
        profile = bank_accounts.create_profile(**_sent(request, ProfileInputSerializer))
        return responses.one(profile_document(profile), status=201)

    @extend_schema(request=ProfileInputSerializer(partial=True), responses={200: ProfileSerializer})
    def partial_update(self, request: Request, profile_id: UUID) -> HttpResponse:
        """Change a profile; its definition is replaced as a whole."""
        serializer = ProfileInputSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changed = bank_accounts.change_profile(profile_id=profile_id, changes=dict(serializer.validated_data))
        return responses.one(profile_document(changed))

    @extend_schema(responses={200: RemovedAnswer})
    def destroy(self, request: Request, profile_id: UUID) -> HttpResponse:
        """Remove a profile."""
        bank_accounts.remove_profile(profile_id=profile_id)
        return responses.one({"id": profile_id}, message="Removed.")

    @extend_schema(request=PreviewSerializer, responses={200: PreviewShownSerializer})
    def preview(self, request: Request) -> HttpResponse:
        """Try a definition on a file's first rows before it is saved; nothing is written."""
        sent = _sent(request, PreviewSerializer)
        profile = bank_accounts.checked_profile(parse_object(sent["definition"].encode()))
        return responses.one(preview_document(registry.preview(sent["file"].file, profile)))


def _sent(request: Request, serializer_class: type[StrictSerializer[Any]]) -> dict[str, Any]:
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
