"""The operators' look into the ledger, and the platform's use of credits."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from igny8_core.accounts.models import Account
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.ledger.selectors.balances import line_document, statement_lines, trial_balance, trial_document
from igny8_core.business.ledger.serializers import (
    AdjustSerializer,
    ConsumeSerializer,
    CreditsSerializer,
    StatementLineSerializer,
    StatementQuerySerializer,
    TrialBalanceQuerySerializer,
    TrialBalanceSerializer,
)
from igny8_core.business.ledger.services import credits
from igny8_core.http import responses
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiView, OperatorAudience
from igny8_core.kit.errors import NotFound


class TrialBalanceView(OperatorAudience, ApiView):
    """Whether debits equal credits."""

    roles: ClassVar = {"get": OperatorRole.SUPPORT}

    @extend_schema(parameters=[TrialBalanceQuerySerializer], responses={200: TrialBalanceSerializer})
    def get(self, request: Request) -> HttpResponse:
        """The sums by currency and code, over all accounts or of one."""
        query = query_of(request, TrialBalanceQuerySerializer)
        trials = trial_balance(account_id=query.get("account_id"))
        return responses.one({"currencies": [trial_document(trial) for trial in trials]})


class AccountStatementView(OperatorAudience, ApiView):
    """An account's journal lines."""

    roles: ClassVar = {"get": OperatorRole.SUPPORT}

    @extend_schema(parameters=[StatementQuerySerializer], responses={200: StatementLineSerializer(many=True)})
    def get(self, request: Request, account_id: UUID) -> HttpResponse:
        """Every line, newest first, with the balance after it."""
        query = query_of(request, StatementQuerySerializer)
        _ensure_account(account_id)
        lines = statement_lines(account_id=account_id, unit=query.get("currency"), code=query.get("code"))
        return sequence_page(request, lines, line_document)


class ConsumeCreditsView(OperatorAudience, ApiView):
    """The platform uses an account's credits."""

    roles: ClassVar = {"post": OperatorRole.ADMIN}

    @extend_schema(request=ConsumeSerializer, responses={200: CreditsSerializer})
    def post(self, request: Request, account_id: UUID) -> HttpResponse:
        """Use credits, all or nothing, and tell how many are left."""
        serializer = ConsumeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        _ensure_account(account_id)
        values = {"reason": "", **serializer.validated_data}
        return responses.one({"credits": credits.consume(account_id=account_id, **values)})


class AdjustCreditsView(OperatorAudience, ApiView):
    """An operator corrects an account's credits."""

    roles: ClassVar = {"post": OperatorRole.ADMIN}

    @extend_schema(request=AdjustSerializer, responses={200: CreditsSerializer})
    def post(self, request: Request, account_id: UUID) -> HttpResponse:
        """Add credits or take some away, and tell how many there are."""
        serializer = AdjustSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        _ensure_account(account_id)
        left = credits.adjust(account_id=account_id, **serializer.validated_data)
        return responses.one({"credits": left})


def _ensure_account(account_id: UUID) -> None:
    if not Account.objects.filter(id=account_id).exists():
        raise NotFound
