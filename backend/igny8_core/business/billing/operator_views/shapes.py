"""Shapes of what operators send about money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from rest_framework import serializers

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.methods import MANUAL, PaymentMethod
from igny8_core.business.billing.domain.refunds import RefundDestination, RefundStatus
from igny8_core.business.billing.selectors.refunds import RefundFilters
from igny8_core.business.billing.serializers import ReferenceField
from igny8_core.business.billing.services.approvals import Decision
from igny8_core.business.billing.services.recording import Planned, RecordedMoney
from igny8_core.business.billing.services.refunds import RefundRequest
from igny8_core.http.fields import (
    AmountField,
    CurrencyField,
    EnumField,
    ParagraphsField,
    StrictBooleanField,
    StrictCharField,
    StrictDateField,
    StrictSerializer,
    StrictUUIDField,
)
from igny8_core.kit.iban import is_iban
from igny8_core.kit.sealing import seal

MAX_BULK = 100
MAX_ALLOCATIONS = 100


@dataclass(frozen=True, slots=True)
class VerifyQuery:
    """Whether everything is recounted, or what is new."""

    full: str = "false"


@dataclass(frozen=True, slots=True)
class MoneyToRecord:
    """Money that nobody submitted, as an operator tells it; without a currency it is in the account's."""

    account_id: UUID
    payment_method: PaymentMethod
    reference: str
    amount: str
    value_date: date
    currency: str | None = None
    allocations: Sequence[Planned] = ()
    note: str = ""

    def of(self, account: Account) -> RecordedMoney:
        """The money of the account that was named."""
        return RecordedMoney(
            payment_method=self.payment_method,
            reference=self.reference,
            amount=self.amount,
            currency=self.currency or account.billing_currency,
            value_date=self.value_date,
            allocations=tuple(self.allocations),
            note=self.note,
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is decided."""

    reason: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which payments, each for itself."""

    ids: list[UUID]


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody has to say; it may be nothing."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Finalizing:
    """Whether the account's balance pays at once."""

    apply_balance: bool = False


@dataclass(frozen=True, slots=True)
class ExportQuery:
    """Which file, and of which currency."""

    format: str = "csv"
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class LimitToSet:
    """Above how much of a currency two operators approve, as decimal text."""

    currency: str
    amount: str | None


def sealed(**beneficiary: str) -> str:
    """Whom a refund is sent to, as it is kept: encrypted."""
    return seal(beneficiary)


class ApproveSerializer(StrictSerializer[Decision]):
    """What an approver has seen; all of it optional."""

    into = Decision
    amount_received = AmountField(required=False)
    value_date = StrictDateField(required=False)
    note = ParagraphsField(max_length=1000, required=False, allow_blank=True)


class ReasonSerializer(StrictSerializer[Reason]):
    """Why; it is shown to the payer."""

    into = Reason
    reason = ParagraphsField(max_length=500)


class BulkApproveSerializer(StrictSerializer[Chosen]):
    """Which payments to approve, each for itself."""

    into = Chosen
    ids = serializers.ListField(child=StrictUUIDField(), min_length=1, max_length=MAX_BULK)


class BeneficiarySerializer(StrictSerializer[str]):
    """Where a refund is sent to; stored encrypted."""

    into = staticmethod(sealed)
    name = StrictCharField(max_length=70)
    iban = StrictCharField(max_length=42)

    def validate_iban(self, value: str) -> str:
        """By structure and check digits of its country (ISO 13616); spaces and case do not count."""
        plain = "".join(value.split()).upper()
        if not is_iban(plain):
            raise serializers.ValidationError("This is not an IBAN.")
        return plain


class RefundRequestSerializer(StrictSerializer[RefundRequest]):
    """How much to refund (default: all that is left), where to, and why."""

    into = RefundRequest
    amount = AmountField(required=False)
    reason = ParagraphsField(max_length=500, required=False, allow_blank=True)
    destination = EnumField(RefundDestination, required=False)
    force = StrictBooleanField(required=False)
    beneficiary = BeneficiarySerializer(required=False, source="beneficiary_sealed")


class ApproveRefundSerializer(StrictSerializer[Remark]):
    """What the second operator has to say; it may be nothing."""

    into = Remark
    note = StrictCharField(max_length=1000, required=False, allow_blank=True)


class AllocationSerializer(StrictSerializer[Planned]):
    """How much of recorded money an invoice gets."""

    into = Planned
    invoice_id = StrictUUIDField()
    amount = AmountField()


class RecordSerializer(StrictSerializer[MoneyToRecord]):
    """Money that nobody submitted."""

    into = MoneyToRecord
    account_id = StrictUUIDField()
    payment_method = EnumField(PaymentMethod, among=MANUAL)
    reference = ReferenceField()
    amount = AmountField()
    currency = CurrencyField(required=False)
    value_date = StrictDateField()
    allocations = serializers.ListField(child=AllocationSerializer(), required=False, max_length=MAX_ALLOCATIONS)
    note = ParagraphsField(max_length=1000, required=False, allow_blank=True)


class FinalizeSerializer(StrictSerializer[Finalizing]):
    """Whether the account's balance pays at once."""

    into = Finalizing
    apply_balance = StrictBooleanField(required=False)


class RefundQuerySerializer(StrictSerializer[RefundFilters]):
    """What to narrow refunds by."""

    into = RefundFilters
    status = serializers.ChoiceField(choices=[*map(str, RefundStatus)], required=False)
    destination = serializers.ChoiceField(choices=[*map(str, RefundDestination)], required=False)
    account_id = StrictUUIDField(required=False)
    payment_id = StrictUUIDField(required=False)


class ExportQuerySerializer(StrictSerializer[ExportQuery]):
    """Which file, and of which currency."""

    into = ExportQuery
    format = serializers.ChoiceField(choices=["csv", "pain001"], required=False)
    currency = CurrencyField(required=False)


class LimitSerializer(StrictSerializer[LimitToSet]):
    """Above how much of a currency two operators approve; null says that nothing needs two."""

    into = LimitToSet
    currency = CurrencyField()
    amount = AmountField(allow_null=True)


class VerifyQuerySerializer(StrictSerializer[VerifyQuery]):
    """How much is recounted."""

    into = VerifyQuery

    full = serializers.ChoiceField(choices=["true", "false"], required=False)
