"""The amounts above which two operators have to approve, by currency."""

from typing import Self

from igny8_core.business.billing.models import ApprovalLimit
from igny8_core.http.answers import Answer, Instant
from igny8_core.kit.money import format_optional


class ApprovalLimitAnswer(Answer):
    """A limit; null means that no amount in this currency needs two approvals."""

    currency: str
    amount: str | None
    updated_at: Instant

    @classmethod
    def of(cls, limit: ApprovalLimit) -> Self:
        """The limit, in its currency."""
        amount = format_optional(limit.amount_minor, limit.currency)
        return cls(currency=limit.currency, amount=amount, updated_at=limit.updated_at)
