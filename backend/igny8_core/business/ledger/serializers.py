"""What the ledger's routes take."""

from dataclasses import dataclass
from uuid import UUID

from rest_framework import serializers

from igny8_core.business.ledger.domain.chart import CREDITS_UNIT
from igny8_core.business.ledger.services.credits import MAX_CREDITS
from igny8_core.http.fields import ParagraphsField, StrictCharField, StrictIntegerField, StrictSerializer
from igny8_core.kit.currencies import CURRENCIES


@dataclass(frozen=True, slots=True)
class CreditChange:
    """How many credits to use or to add, and why."""

    credits: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StatementQuery:
    """What an account's statement is narrowed by."""

    currency: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class TrialBalanceQuery:
    """Whose trial balance is asked for."""

    account_id: UUID | None = None


class ConsumeSerializer(StrictSerializer[CreditChange]):
    """How many credits to use, and for what."""

    into = CreditChange

    credits = StrictIntegerField(min_value=1, max_value=MAX_CREDITS)
    reason = ParagraphsField(max_length=200, required=False, allow_blank=True)


class AdjustSerializer(StrictSerializer[CreditChange]):
    """How many credits to add (negative: take away), and why."""

    into = CreditChange

    credits = StrictIntegerField(min_value=-MAX_CREDITS, max_value=MAX_CREDITS)
    reason = ParagraphsField(max_length=200)

    def validate_credits(self, value: int) -> int:
        """Nothing is no adjustment."""
        if value == 0:
            raise serializers.ValidationError("Send a number other than zero.")
        return value


class StatementQuerySerializer(StrictSerializer[StatementQuery]):
    """What to narrow an account's statement by; `currency` may be CREDITS."""

    into = StatementQuery

    currency = serializers.ChoiceField(choices=[*sorted(CURRENCIES), CREDITS_UNIT], required=False)
    code = StrictCharField(max_length=32, required=False)


class TrialBalanceQuerySerializer(StrictSerializer[TrialBalanceQuery]):
    """Whose trial balance; all accounts' unless one is named."""

    into = TrialBalanceQuery

    account_id = serializers.UUIDField(required=False)
