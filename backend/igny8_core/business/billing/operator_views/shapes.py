"""The input of operators' routes about money."""

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
    """Whether to recount everything, or only what is new."""

    full: str = "false"


@dataclass(frozen=True, slots=True)
class MoneyToRecord:
    """Money that nobody submitted, as an operator records it; without a currency, the account's currency applies."""

    account_id: UUID
    payment_method: PaymentMethod
    reference: str
    amount: str
    value_date: date
    currency: str | None = None
    allocations: Sequence[Planned] = ()
    note: str = ""

    def of(self, account: Account) -> RecordedMoney:
        """The money received by the named account."""
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
    """The reason for a decision."""

    reason: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The payments to approve, each independently."""

    ids: list[UUID]


@dataclass(frozen=True, slots=True)
class Remark:
    """A note; it may be empty."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Finalizing:
    """Whether the account's balance pays immediately."""

    apply_balance: bool = False


@dataclass(frozen=True, slots=True)
class ExportQuery:
    """The requested file and its currency."""

    format: str = "csv"
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class LimitToSet:
    """The amount of a currency above which two operators approve, as decimal text."""

    currency: str
    amount: str | None


def sealed(**beneficiary: str) -> str:
    """The recipient of a refund, as it is stored: encrypted."""
    return seal(beneficiary)


class ApproveSerializer(StrictSerializer[Decision]):
    """What an approver has verified; every field is optional."""

    into = Decision
    amount_received = AmountField(required=False)
    value_date = StrictDateField(required=False)
    note = ParagraphsField(max_length=1000, required=False, allow_blank=True)


class ReasonSerializer(StrictSerializer[Reason]):
    """The reason; it is shown to the payer."""

    into = Reason
    reason = ParagraphsField(max_length=500)


class BulkApproveSerializer(StrictSerializer[Chosen]):
    """The payments to approve, each independently."""

    into = Chosen
    ids = serializers.ListField(child=StrictUUIDField(), min_length=1, max_length=MAX_BULK)


class BeneficiarySerializer(StrictSerializer[str]):
    """The recipient of a refund; stored encrypted."""

    into = staticmethod(sealed)
    name = StrictCharField(max_length=70)
    iban = StrictCharField(max_length=42)

    def validate_iban(self, value: str) -> str:
        """Checked by its country's structure and its check digits (ISO 13616); spaces and case are ignored."""
        plain = "".join(value.split()).upper()
        if not is_iban(plain):
            raise serializers.ValidationError("This is not an IBAN.")
        return plain


class RefundRequestSerializer(StrictSerializer[RefundRequest]):
    """How much to refund (default: everything that is left), to whom, and why."""

    into = RefundRequest
    amount = AmountField(required=False)
    reason = ParagraphsField(max_length=500, required=False, allow_blank=True)
    destination = EnumField(RefundDestination, required=False)
    force = StrictBooleanField(required=False)
    beneficiary = BeneficiarySerializer(required=False, source="beneficiary_sealed")


class ApproveRefundSerializer(StrictSerializer[Remark]):
    """The second operator's note; it may be empty."""

    into = Remark
    note = StrictCharField(max_length=1000, required=False, allow_blank=True)


class AllocationSerializer(StrictSerializer[Planned]):
    """How much of the recorded money an invoice gets."""

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
    """Whether the account's balance pays immediately."""

    into = Finalizing
    apply_balance = StrictBooleanField(required=False)


class RefundQuerySerializer(StrictSerializer[RefundFilters]):
    """Filters of the list of refunds."""

    into = RefundFilters
    status = serializers.ChoiceField(choices=[*map(str, RefundStatus)], required=False)
    destination = serializers.ChoiceField(choices=[*map(str, RefundDestination)], required=False)
    account_id = StrictUUIDField(required=False)
    payment_id = StrictUUIDField(required=False)


class ExportQuerySerializer(StrictSerializer[ExportQuery]):
    """The requested file and its currency."""

    into = ExportQuery
    format = serializers.ChoiceField(choices=["csv", "pain001"], required=False)
    currency = CurrencyField(required=False)


class LimitSerializer(StrictSerializer[LimitToSet]):
    """The amount of a currency above which two operators approve; null if none is needed."""

    into = LimitToSet
    currency = CurrencyField()
    amount = AmountField(allow_null=True)


class VerifyQuerySerializer(StrictSerializer[VerifyQuery]):
    """How much is recounted."""

    into = VerifyQuery

    full = serializers.ChoiceField(choices=["true", "false"], required=False)
