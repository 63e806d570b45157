"""Shapes of the ledger's requests and answers."""

from typing import Any

from rest_framework import serializers

from igny8_core.business.ledger.domain.chart import CREDITS_UNIT
from igny8_core.business.ledger.services.credits import MAX_CREDITS
from igny8_core.http.fields import StrictCharField, StrictIntegerField, StrictSerializer
from igny8_core.kit.currencies import CURRENCIES


class ConsumeSerializer(StrictSerializer):
    """How many credits to use, and for what."""

    credits = StrictIntegerField(min_value=1, max_value=MAX_CREDITS)
    reason = StrictCharField(max_length=200, required=False, allow_blank=True)


class AdjustSerializer(StrictSerializer):
    """How many credits to add (negative: take away), and why."""

    credits = StrictIntegerField(min_value=-MAX_CREDITS, max_value=MAX_CREDITS)
    reason = StrictCharField(max_length=200)

    def validate_credits(self, value: int) -> int:
        """Nothing is no adjustment."""
        if value == 0:
            raise serializers.ValidationError("Send a number other than zero.")
        return value


class StatementQuerySerializer(StrictSerializer):
    """What to narrow an account's statement by; `currency` may be CREDITS."""

    currency = serializers.ChoiceField(choices=[*sorted(CURRENCIES), CREDITS_UNIT], required=False)
    code = StrictCharField(max_length=32, required=False)


class TrialBalanceQuerySerializer(StrictSerializer):
    """Whose trial balance; all accounts' unless one is named."""

    account_id = serializers.UUIDField(required=False)


class MoneySerializer(serializers.Serializer[Any]):
    """An amount and its currency."""

    currency = serializers.CharField()
    amount = serializers.CharField()


class BalanceSerializer(serializers.Serializer[Any]):
    """The account's money balance, by currency."""

    balances = MoneySerializer(many=True)


class CreditsSerializer(serializers.Serializer[Any]):
    """How many credits there are."""

    credits = serializers.IntegerField()


class CreditTransactionSerializer(serializers.Serializer[Any]):
    """One movement of credits; `credits` is positive where they came."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    credits = serializers.IntegerField()
    balance = serializers.IntegerField()
    description = serializers.CharField(allow_blank=True)
    source_id = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class StatementLineSerializer(serializers.Serializer[Any]):
    """One line of an account's statement; debits are positive."""

    id = serializers.UUIDField()
    journal_id = serializers.UUIDField()
    kind = serializers.CharField()
    source_id = serializers.UUIDField()
    code = serializers.CharField()
    unit = serializers.CharField()
    amount = serializers.CharField()
    balance = serializers.CharField()
    memo = serializers.CharField(allow_blank=True)
    posted_at = serializers.DateTimeField()


class TrialAmountSerializer(serializers.Serializer[Any]):
    """What one code stands at."""

    code = serializers.CharField()
    amount = serializers.CharField()


class TrialUnitSerializer(serializers.Serializer[Any]):
    """One currency's (or the credits') sums; `total` is zero."""

    currency = serializers.CharField()
    accounts = TrialAmountSerializer(many=True)
    total = serializers.CharField()


class TrialBalanceSerializer(serializers.Serializer[Any]):
    """The trial balance by currency."""

    currencies = TrialUnitSerializer(many=True)
