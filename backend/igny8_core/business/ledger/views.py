"""The account's own money balance and credits."""

from typing import ClassVar

from django.http import HttpResponse
from rest_framework.request import Request

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.ledger.answers import BalanceAnswer, CreditsAnswer, CreditTransactionAnswer, MoneyAnswer
from igny8_core.business.ledger.selectors.balances import credit_lines, credits_of, money_balances
from igny8_core.http import responses
from igny8_core.http.answers import ListOf
from igny8_core.http.description import extend_schema
from igny8_core.http.fields import StrictSerializer
from igny8_core.http.lists import sequence_page
from igny8_core.http.queries import query_of
from igny8_core.http.views import AccountAudience, ApiView, account_of
from igny8_core.kit.money import format_amount


class BalanceView(AccountAudience, ApiView):
    """The account's balance with us."""

    roles: ClassVar = {"get": AccountRole.VIEWER}

    @extend_schema(responses={200: BalanceAnswer})
    def get(self, request: Request) -> HttpResponse:
        """The money balance by currency; the billing currency is always included."""
        query_of(request, StrictSerializer)
        account = account_of(request)
        held = {account.billing_currency: 0, **money_balances(account)}
        balances = [MoneyAnswer(currency=unit, amount=format_amount(held[unit], unit)) for unit in sorted(held)]
        return responses.one(BalanceAnswer(balances=balances))


class CreditsView(AccountAudience, ApiView):
    """The account's number of credits."""

    roles: ClassVar = {"get": AccountRole.VIEWER}

    @extend_schema(responses={200: CreditsAnswer})
    def get(self, request: Request) -> HttpResponse:
        """The number of credits."""
        query_of(request, StrictSerializer)
        return responses.one(CreditsAnswer(credits=credits_of(account_of(request))))


class CreditTransactionsView(AccountAudience, ApiView):
    """Movements of credits."""

    roles: ClassVar = {"get": AccountRole.VIEWER}

    @extend_schema(responses={200: ListOf(CreditTransactionAnswer)})
    def get(self, request: Request) -> HttpResponse:
        """Every movement, newest first."""
        query_of(request, StrictSerializer)
        return sequence_page(request, credit_lines(account_of(request)), CreditTransactionAnswer.of)
