"""The operators' reads of the ledger, and the platform's use of credits."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.models import Account
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.ledger.answers import (
    CreditsAnswer,
    StatementLineAnswer,
    TrialBalanceAnswer,
    TrialUnitAnswer,
)
from igny8_core.business.ledger.selectors.balances import statement_lines, trial_balance
from igny8_core.business.ledger.serializers import (
    AdjustSerializer,
    ConsumeSerializer,
    StatementQuerySerializer,
    TrialBalanceQuerySerializer,
)
from igny8_core.business.ledger.services import credits
from igny8_core.http import responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import ApiView, OperatorAudience
from igny8_core.kit.errors import NotFound


class TrialBalanceView(OperatorAudience, ApiView):
    """Whether debits equal credits."""

    roles: ClassVar = {"get": OperatorRole.SUPPORT}

    @extend_schema(parameters=[TrialBalanceQuerySerializer], responses={200: TrialBalanceAnswer})
    def get(self, request: Request) -> HttpResponse:
        """The sums by currency and code, of all accounts or of one."""
        query = query_of(request, TrialBalanceQuerySerializer)
        trials = trial_balance(account_id=query.account_id)
        return responses.one(TrialBalanceAnswer(currencies=[TrialUnitAnswer.of(trial) for trial in trials]))


class AccountStatementView(OperatorAudience, ApiView):
    """An account's journal lines."""

    roles: ClassVar = {"get": OperatorRole.SUPPORT}

    @extend_schema(parameters=[StatementQuerySerializer], responses={200: ListOf(StatementLineAnswer)})
    def get(self, request: Request, account_id: UUID) -> HttpResponse:
        """Every line, newest first, with the balance after it."""
        query = query_of(request, StatementQuerySerializer)
        _ensure_account(account_id)
        lines = statement_lines(account_id=account_id, unit=query.currency, code=query.code)
        return sequence_page(request, lines, StatementLineAnswer.of)


class ConsumeCreditsView(OperatorAudience, ApiView):
    """The platform uses an account's credits."""

    roles: ClassVar = {"post": OperatorRole.ADMIN}

    @extend_schema(request=ConsumeSerializer, responses={200: CreditsAnswer})
    def post(self, request: Request, account_id: UUID) -> HttpResponse:
        """Use credits, all or nothing, and return how many are left."""
        change = ConsumeSerializer.checked(request.data)
        _ensure_account(account_id)
        left = credits.consume(account_id=account_id, credits=change.credits, reason=change.reason)
        return responses.one(CreditsAnswer(credits=left))


class AdjustCreditsView(OperatorAudience, ApiView):
    """An operator corrects an account's credits."""

    roles: ClassVar = {"post": OperatorRole.ADMIN}

    @extend_schema(request=AdjustSerializer, responses={200: CreditsAnswer})
    def post(self, request: Request, account_id: UUID) -> HttpResponse:
        """Add or remove credits, and return the new number."""
        change = AdjustSerializer.checked(request.data)
        _ensure_account(account_id)
        left = credits.adjust(account_id=account_id, credits=change.credits, reason=change.reason)
        return responses.one(CreditsAnswer(credits=left))


def _ensure_account(account_id: UUID) -> None:
    if not Account.objects.filter(id=account_id).exists():
        raise NotFound
