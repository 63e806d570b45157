"""The input of the ledger's routes."""

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
    """Filters of an account's statement."""

    currency: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class TrialBalanceQuery:
    """The account of the trial balance."""

    account_id: UUID | None = None


class ConsumeSerializer(StrictSerializer[CreditChange]):
    """How many credits to use, and for what."""

    into = CreditChange

    credits = StrictIntegerField(min_value=1, max_value=MAX_CREDITS)
    reason = ParagraphsField(max_length=200, required=False, allow_blank=True)


class AdjustSerializer(StrictSerializer[CreditChange]):
    """How many credits to add (negative: remove), and why."""

    into = CreditChange

    credits = StrictIntegerField(min_value=-MAX_CREDITS, max_value=MAX_CREDITS)
    reason = ParagraphsField(max_length=200)

    def validate_credits(self, value: int) -> int:
        """Zero is not an adjustment."""
        if value == 0:
            raise serializers.ValidationError("Send a number other than zero.")
        return value


class StatementQuerySerializer(StrictSerializer[StatementQuery]):
    """Filters of an account's statement; `currency` may be CREDITS."""

    into = StatementQuery

    currency = serializers.ChoiceField(choices=[*sorted(CURRENCIES), CREDITS_UNIT], required=False)
    code = StrictCharField(max_length=32, required=False)


class TrialBalanceQuerySerializer(StrictSerializer[TrialBalanceQuery]):
    """The account of the trial balance; all accounts if none is given."""

    into = TrialBalanceQuery

    account_id = serializers.UUIDField(required=False)
