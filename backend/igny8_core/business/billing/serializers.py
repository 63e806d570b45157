"""The input of the accounts' billing routes."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from rest_framework import serializers

from igny8_core.business.billing.domain.instructions import LONGEST as MAX_INSTRUCTION
from igny8_core.business.billing.domain.invoice_lines import LineKind
from igny8_core.business.billing.domain.methods import MANUAL, ONLINE, PaymentMethod
from igny8_core.business.billing.domain.payment_states import parse_status_filter
from igny8_core.business.billing.domain.references import LONGEST, normalise_reference, read_reference
from igny8_core.business.billing.domain.return_addresses import LONGEST as LONGEST_ADDRESS
from igny8_core.business.billing.selectors.payments import ORDERINGS, PaymentFilters
from igny8_core.business.billing.services.charging import ChargeRequest
from igny8_core.business.billing.services.checkouts import CheckoutRequest
from igny8_core.business.billing.services.invoicing import DraftLine
from igny8_core.business.billing.services.method_configs import MethodConfigValues
from igny8_core.business.billing.services.method_setup import SavedMethod, SavedMethodChange
from igny8_core.business.billing.services.payment_service import ManualPayment
from igny8_core.business.billing.services.saved_cards import CardRequest
from igny8_core.http.fields import (
    AmountField,
    CountryField,
    CurrencyField,
    EnumField,
    NamedTextsField,
    ParagraphsField,
    StrictBooleanField,
    StrictCharField,
    StrictDateField,
    StrictDateTimeField,
    StrictIntegerField,
    StrictSerializer,
    StrictUUIDField,
    UploadField,
    VerbatimField,
)
from igny8_core.http.multipart import Upload

MAX_LINES = 100


@dataclass(frozen=True, slots=True)
class PaymentQuery:
    """The query of a list of payments, as sent."""

    status: str | None = None
    payment_method: PaymentMethod | None = None
    currency: str | None = None
    invoice_id: UUID | None = None
    reference: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    ordering: str | None = None
    account_id: UUID | None = None
    needs: str | None = None
    duplicate_reference: str | None = None

    def filters(self, *, account_id: UUID | None = None) -> PaymentFilters:
        """The filters, for one account if given. Raises `ValidationError`."""
        statuses = () if self.status is None else parse_status_filter(self.status)
        duplicate = self.duplicate_reference
        return PaymentFilters(
            statuses=("pending_approval",) if self.needs else tuple(status.value for status in statuses),
            payment_method=self.payment_method,
            currency=self.currency,
            invoice_id=self.invoice_id,
            reference=None if self.reference is None else normalise_reference(self.reference),
            created_after=self.created_after,
            created_before=self.created_before,
            account_id=account_id or self.account_id,
            duplicate_reference=None if duplicate is None else duplicate == "true",
        )


@dataclass(frozen=True, slots=True)
class MethodQuery:
    """The country, currency or invoice to list payment methods for."""

    country: str | None = None
    currency: str | None = None
    invoice_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewProof:
    """A file to attach to a payment."""

    file: Upload


class ReferenceField(StrictCharField):
    """A payer's reference, which must not be empty once normalised."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST, **options)

    def clean_text(self, text: str) -> str:
        """The reference as displayed."""
        return read_reference(text).text


class ManualPaymentSerializer(StrictSerializer[ManualPayment]):
    """A manual payment as submitted; `reference` is the older name of `transaction_reference`."""

    into = ManualPayment
    invoice_id = StrictUUIDField()
    payment_method = EnumField(PaymentMethod, among=MANUAL)
    transaction_reference = ReferenceField(required=False)
    reference = ReferenceField(required=False)
    notes = ParagraphsField(max_length=1000, required=False, allow_blank=True)
    amount = AmountField(required=False)
    paid_on = StrictDateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One reference under either name."""
        older = attrs.pop("reference", None)
        given = {text for text in (attrs.get("transaction_reference"), older) if text is not None}
        if len(given) > 1:
            raise serializers.ValidationError({"reference": ["Two different references were sent."]})
        if not given:
            raise serializers.ValidationError({"transaction_reference": ["This field is required."]})
        (reference,) = given
        return {**attrs, "transaction_reference": reference}


class CheckoutSerializer(StrictSerializer[CheckoutRequest]):
    """An invoice to be paid at a gateway; the addresses are where the payer's browser comes back to."""

    into = CheckoutRequest
    invoice_id = StrictUUIDField()
    payment_method = EnumField(PaymentMethod, among=ONLINE)
    success_url = VerbatimField(max_length=LONGEST_ADDRESS)
    cancel_url = VerbatimField(max_length=LONGEST_ADDRESS)


class CardSerializer(StrictSerializer[CardRequest]):
    """A card to be kept at a gateway; the addresses are where the payer's browser comes back to."""

    into = CardRequest
    payment_method = EnumField(PaymentMethod, among=ONLINE)
    success_url = VerbatimField(max_length=LONGEST_ADDRESS)
    cancel_url = VerbatimField(max_length=LONGEST_ADDRESS)


class ChargeSerializer(StrictSerializer[ChargeRequest]):
    """An invoice to be paid by a saved card; the payer's browser comes back to the address if the bank asks them."""

    into = ChargeRequest
    invoice_id = StrictUUIDField()
    return_url = VerbatimField(max_length=LONGEST_ADDRESS, required=False)


class ManualPaymentFormSerializer(ManualPaymentSerializer):
    """The same as a form, with a proof of payment."""

    proof = UploadField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The view has cleaned the file before the transaction began, and passes it on itself."""
        attrs.pop("proof", None)
        return super().validate(attrs)


class NewProofSerializer(StrictSerializer[NewProof]):
    """A file to attach to a payment."""

    into = NewProof
    file = UploadField()


class PaymentFilterSerializer(StrictSerializer[PaymentQuery]):
    """The query of a list of payments."""

    into = PaymentQuery
    status = StrictCharField(required=False, max_length=200, help_text="One or a comma list.")
    payment_method = EnumField(PaymentMethod, required=False)
    currency = CurrencyField(required=False)
    invoice_id = StrictUUIDField(required=False)
    reference = ReferenceField(required=False)
    created_after = StrictDateTimeField(required=False)
    created_before = StrictDateTimeField(required=False)
    ordering = serializers.ChoiceField(choices=list(ORDERINGS), required=False)


class OperatorPaymentFilterSerializer(PaymentFilterSerializer):
    """The query of an operator's list."""

    account_id = StrictUUIDField(required=False)
    needs = serializers.ChoiceField(choices=["approval"], required=False)
    duplicate_reference = serializers.ChoiceField(choices=["true", "false"], required=False)


class MethodQuerySerializer(StrictSerializer[MethodQuery]):
    """The query of the available payment methods."""

    into = MethodQuery
    country = CountryField(required=False)
    currency = CurrencyField(required=False)
    invoice_id = StrictUUIDField(required=False)


class DraftLineSerializer(StrictSerializer[DraftLine]):
    """A line of a new invoice."""

    into = DraftLine
    kind = EnumField(LineKind)
    description = StrictCharField(max_length=200)
    quantity = StrictIntegerField(min_value=1, max_value=1_000_000)
    unit_amount = AmountField()
    tax_rate = serializers.RegexField(r"\A\d{1,3}(\.\d{1,3})?\Z", required=False, allow_null=True)
    credits = StrictIntegerField(min_value=1, max_value=10**12, required=False, allow_null=True)

    def validate_tax_rate(self, value: str | None) -> Decimal | None:
        """A percentage as a number."""
        return None if value is None else Decimal(value)


@dataclass(frozen=True, slots=True)
class DraftInvoice:
    """A new invoice as an operator drafts it."""

    account_id: UUID
    currency: str
    lines: list[DraftLine]
    due_date: date | None = None


class DraftInvoiceSerializer(StrictSerializer[DraftInvoice]):
    """A new invoice."""

    into = DraftInvoice
    account_id = StrictUUIDField()
    currency = CurrencyField()
    due_date = StrictDateField(required=False, allow_null=True)
    lines = serializers.ListField(child=DraftLineSerializer(), min_length=1, max_length=MAX_LINES)


class _SavedMethodFields[Checked](StrictSerializer[Checked]):
    payment_method = EnumField(PaymentMethod)
    label = StrictCharField(max_length=80)  # type: ignore[assignment]
    details = NamedTextsField(child=StrictCharField(max_length=80), required=False)


class SavedMethodSerializer(_SavedMethodFields[SavedMethod]):
    """A payment method that an account saves; `details` are masked values."""

    into = SavedMethod


class SavedMethodChangeSerializer(_SavedMethodFields[SavedMethodChange]):
    """Changes to a saved payment method."""

    into = SavedMethodChange
    changes_only = True


class MethodConfigSerializer(StrictSerializer[MethodConfigValues]):
    """A payment method as an operator configures it; the fields of `instructions` are checked by name."""

    into = MethodConfigValues
    payment_method = EnumField(PaymentMethod)
    country = CountryField(allow_every=True)
    currency = CurrencyField()
    display_name = StrictCharField(max_length=80)
    instructions = NamedTextsField(child=StrictCharField(max_length=MAX_INSTRUCTION), required=False)
    min_amount = AmountField(required=False, allow_null=True)
    max_amount = AmountField(required=False, allow_null=True)
    tolerance = AmountField(required=False, allow_zero=True)
    requires_proof = StrictBooleanField(required=False)
    enabled = StrictBooleanField(required=False)
    sort_order = StrictIntegerField(min_value=0, max_value=32_767, required=False)


class MethodConfigChangeSerializer(MethodConfigSerializer):
    """Changes to a configured payment method."""

    changes_only = True


@dataclass(frozen=True, slots=True)
class MethodConfigQuery:
    """Filters of the configured payment methods."""

    country: str | None = None
    payment_method: PaymentMethod | None = None
    enabled: bool | None = None


class MethodConfigFilterSerializer(StrictSerializer[MethodConfigQuery]):
    """The query of the list of configured payment methods."""

    into = MethodConfigQuery
    country = CountryField(required=False, allow_every=True)
    payment_method = EnumField(PaymentMethod, required=False)
    enabled = serializers.ChoiceField(choices=["true", "false"], required=False)

    def validate_enabled(self, value: str) -> bool:
        """The word as a boolean."""
        return value == "true"
