"""Shapes of billing's requests, and of its answers for the API document."""

from typing import Any

from rest_framework import serializers

from igny8_core.business.billing.domain.instructions import LONGEST as MAX_INSTRUCTION
from igny8_core.business.billing.domain.invoice_lines import LineKind
from igny8_core.business.billing.domain.methods import MANUAL, PaymentMethod
from igny8_core.business.billing.domain.payment_states import parse_status_filter
from igny8_core.business.billing.domain.references import normalise_reference
from igny8_core.business.billing.selectors.payments import ORDERINGS, PaymentFilters
from igny8_core.http.fields import (
    AmountField,
    CountryField,
    CurrencyField,
    StrictBooleanField,
    StrictCharField,
    StrictDateField,
    StrictDateTimeField,
    StrictIntegerField,
    StrictSerializer,
    StrictUUIDField,
    UploadField,
)

METHODS = [*map(str, PaymentMethod)]
MAX_REFERENCE = 128
MAX_LINES = 100


class ManualPaymentSerializer(StrictSerializer[Any]):
    """A manual payment as submitted; `reference` is the older name of `transaction_reference`."""

    invoice_id = StrictUUIDField()
    payment_method = serializers.ChoiceField(choices=sorted(map(str, MANUAL)))
    transaction_reference = StrictCharField(max_length=MAX_REFERENCE, required=False)
    reference = StrictCharField(max_length=MAX_REFERENCE, required=False)
    notes = StrictCharField(max_length=1000, required=False, allow_blank=True)
    amount = AmountField(required=False)
    paid_on = StrictDateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One reference under either name; one that says nothing once normalised is missing."""
        older = attrs.pop("reference", None)
        given = {text for text in (attrs.get("transaction_reference"), older) if text is not None}
        if len(given) > 1:
            raise serializers.ValidationError({"reference": ["Two different references were sent."]})
        if not given:
            raise serializers.ValidationError({"transaction_reference": ["This field is required."]})
        (reference,) = given
        if not normalise_reference(reference):
            raise serializers.ValidationError({"transaction_reference": ["This is no reference."]})
        return {**attrs, "transaction_reference": reference}


class ManualPaymentFormSerializer(ManualPaymentSerializer):
    """The same as a form, with a proof of payment."""

    proof = UploadField(required=False)


class NewProofSerializer(StrictSerializer[Any]):
    """A file to add to a payment."""

    file = UploadField()


class ProofSerializer(serializers.Serializer[Any]):
    """A proof as answered; `name` is what its sender called the file."""

    id = serializers.UUIDField()
    payment_id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=["png", "jpeg", "webp", "pdf"])
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class PaymentFilterSerializer(StrictSerializer[Any]):
    """The query of a list of payments."""

    status = StrictCharField(required=False, max_length=200, help_text="One or a comma list.")
    payment_method = serializers.ChoiceField(choices=METHODS, required=False)
    currency = CurrencyField(required=False)
    invoice_id = StrictUUIDField(required=False)
    reference = StrictCharField(required=False, max_length=MAX_REFERENCE)
    created_after = StrictDateTimeField(required=False)
    created_before = StrictDateTimeField(required=False)
    ordering = serializers.ChoiceField(choices=list(ORDERINGS), required=False)

    def validate_reference(self, value: str) -> str:
        """The reference, where anything is left of it once normalised."""
        if not normalise_reference(value):
            raise serializers.ValidationError("This is no reference.")
        return value


class OperatorPaymentFilterSerializer(PaymentFilterSerializer):
    """The query of an operator's list."""

    account_id = StrictUUIDField(required=False)
    needs = serializers.ChoiceField(choices=["approval"], required=False)
    duplicate_reference = serializers.ChoiceField(choices=["true", "false"], required=False)


class MethodQuerySerializer(StrictSerializer[Any]):
    """The query of the available ways to pay."""

    country = CountryField(required=False)
    currency = CurrencyField(required=False)
    invoice_id = StrictUUIDField(required=False)


class DraftLineSerializer(StrictSerializer[Any]):
    """A line of a new invoice."""

    kind = serializers.ChoiceField(choices=[*map(str, LineKind)])
    description = StrictCharField(max_length=200)
    quantity = StrictIntegerField(min_value=1, max_value=1_000_000)
    unit_amount = AmountField()
    tax_rate = serializers.RegexField(r"\A\d{1,3}(\.\d{1,3})?\Z", required=False, allow_null=True)
    credits = StrictIntegerField(min_value=1, max_value=10**12, required=False, allow_null=True)


class DraftInvoiceSerializer(StrictSerializer[Any]):
    """A new invoice."""

    account_id = StrictUUIDField()
    currency = CurrencyField()
    due_date = StrictDateField(required=False, allow_null=True)
    lines = serializers.ListField(child=DraftLineSerializer(), min_length=1, max_length=MAX_LINES)


class SavedMethodSerializer(StrictSerializer[Any]):
    """A way to pay that an account saves; `details` are masked values."""

    payment_method = serializers.ChoiceField(choices=METHODS)
    label = StrictCharField(max_length=80)  # type: ignore[assignment]
    details = serializers.DictField(child=StrictCharField(max_length=80), required=False)


class MethodConfigInputSerializer(StrictSerializer[Any]):
    """A way to pay as an operator configures it; the fields of `instructions` are checked by name."""

    payment_method = serializers.ChoiceField(choices=METHODS)
    country = CountryField(allow_every=True)
    currency = CurrencyField()
    display_name = StrictCharField(max_length=80)
    instructions = serializers.DictField(child=StrictCharField(max_length=MAX_INSTRUCTION), required=False)
    min_amount = AmountField(required=False, allow_null=True)
    max_amount = AmountField(required=False, allow_null=True)
    tolerance = AmountField(required=False, allow_zero=True)
    requires_proof = StrictBooleanField(required=False)
    enabled = StrictBooleanField(required=False)
    sort_order = StrictIntegerField(min_value=0, max_value=32_767, required=False)


class MethodConfigFilterSerializer(StrictSerializer[Any]):
    """The query of the list of configured ways to pay."""

    country = CountryField(required=False, allow_every=True)
    payment_method = serializers.ChoiceField(choices=METHODS, required=False)
    enabled = serializers.ChoiceField(choices=["true", "false"], required=False)

    def validate_enabled(self, value: str) -> bool:
        """The word as a truth value."""
        return value == "true"


class MethodConfigSerializer(serializers.Serializer[Any]):
    """A configured way to pay as answered."""

    id = serializers.UUIDField()
    payment_method = serializers.ChoiceField(choices=METHODS)
    country = serializers.CharField()
    currency = serializers.CharField()
    display_name = serializers.CharField()
    instructions = serializers.DictField(child=serializers.CharField())
    min_amount = serializers.CharField(allow_null=True)
    max_amount = serializers.CharField(allow_null=True)
    tolerance = serializers.CharField()
    requires_proof = serializers.BooleanField()
    enabled = serializers.BooleanField()
    sort_order = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class InvoiceRefSerializer(serializers.Serializer[Any]):
    """The invoice of a payment."""

    id = serializers.UUIDField()
    number = serializers.CharField(allow_null=True)
    status = serializers.CharField()


class PaymentSerializer(serializers.Serializer[Any]):
    """A payment as answered."""

    id = serializers.UUIDField()
    invoice = InvoiceRefSerializer(allow_null=True)
    invoice_id = serializers.UUIDField(allow_null=True)
    amount = serializers.CharField()
    currency = serializers.CharField()
    amount_received = serializers.CharField(allow_null=True)
    amount_refunded = serializers.CharField()
    payment_method = serializers.CharField()
    status = serializers.CharField()
    transaction_reference = serializers.CharField(allow_blank=True)
    failure_reason = serializers.CharField(allow_blank=True)
    notes = serializers.CharField(allow_blank=True)
    duplicate_reference = serializers.BooleanField()
    paid_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    processed_at = serializers.DateTimeField(allow_null=True)
    failed_at = serializers.DateTimeField(allow_null=True)
    refunded_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)


class PriceSerializer(serializers.Serializer[Any]):
    """A price in a currency."""

    currency = serializers.CharField()
    amount = serializers.CharField()


class CreditPackageSerializer(serializers.Serializer[Any]):
    """A package of credits as offered."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    credits = serializers.IntegerField()
    prices = PriceSerializer(many=True)


class StatusChangeSerializer(serializers.Serializer[Any]):
    """One step of a payment's history."""

    to = serializers.CharField()
    at = serializers.DateTimeField()
    actor_kind = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's, so it cannot stand among the attributes."""
        return {"from": serializers.CharField(allow_null=True), **super().get_fields()}


class PaymentDetailSerializer(PaymentSerializer):
    """One payment with the history of its status."""

    history = StatusChangeSerializer(many=True)


class InvoiceSerializer(serializers.Serializer[Any]):
    """An invoice in a list; a draft has no number yet."""

    id = serializers.UUIDField()
    account_id = serializers.UUIDField()
    number = serializers.CharField(allow_null=True)
    creditor_reference = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    currency = serializers.CharField()
    amount_total = serializers.CharField()
    amount_tax = serializers.CharField()
    amount_paid = serializers.CharField()
    amount_due = serializers.CharField()
    due_date = serializers.DateField(allow_null=True)
    overdue = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    finalized_at = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    voided_at = serializers.DateTimeField(allow_null=True)


class InvoiceLineSerializer(serializers.Serializer[Any]):
    """A line of an invoice."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_amount = serializers.CharField()
    tax_rate = serializers.CharField(allow_null=True)
    tax_amount = serializers.CharField()
    amount = serializers.CharField()
    credits = serializers.IntegerField(allow_null=True)


class SettlementSerializer(serializers.Serializer[Any]):
    """What settled part of an invoice."""

    source = serializers.CharField()  # type: ignore[assignment]
    payment_id = serializers.UUIDField(allow_null=True)
    amount = serializers.CharField()
    bank_charges = serializers.CharField()
    created_at = serializers.DateTimeField()


class InvoiceDetailSerializer(InvoiceSerializer):
    """One invoice with its lines, its newest payments, and what settled it."""

    lines = InvoiceLineSerializer(many=True)
    payments = PaymentSerializer(many=True)
    settlements = SettlementSerializer(many=True)


class SavedMethodShownSerializer(serializers.Serializer[Any]):
    """A saved way to pay as answered."""

    id = serializers.UUIDField()
    payment_method = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    details = serializers.DictField(child=serializers.CharField(allow_blank=True))
    is_default = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RemovedSerializer(serializers.Serializer[Any]):
    """What was removed."""

    id = serializers.UUIDField()


class AvailableMethodSerializer(serializers.Serializer[Any]):
    """A way to pay with its instructions filled in."""

    payment_method = serializers.CharField()
    display_name = serializers.CharField()
    currency = serializers.CharField()
    min_amount = serializers.CharField(allow_null=True)
    max_amount = serializers.CharField(allow_null=True)
    instructions = serializers.DictField(child=serializers.CharField(allow_blank=True))
    reference = serializers.CharField(allow_null=True)
    qr = serializers.CharField(allow_null=True)
    requires_proof = serializers.BooleanField()
    sort_order = serializers.IntegerField()


class AvailableMetadataSerializer(serializers.Serializer[Any]):
    """For which country and currency, and what is live."""

    country = serializers.CharField()
    currency = serializers.CharField(allow_null=True)
    default_method = SavedMethodShownSerializer(allow_null=True)
    gateways = serializers.DictField(child=serializers.BooleanField())


class AvailableMethodsSerializer(serializers.Serializer[Any]):
    """The ways to pay."""

    methods = AvailableMethodSerializer(many=True)
    metadata = AvailableMetadataSerializer()


def payment_filters(query: dict[str, Any]) -> PaymentFilters:
    """Checked query values as filters."""
    reference, duplicate = query.get("reference"), query.get("duplicate_reference")
    statuses = parse_status_filter(query["status"]) if "status" in query else ()
    names = ("payment_method", "currency", "invoice_id", "created_after", "created_before", "account_id")
    return PaymentFilters(
        statuses=("pending_approval",) if query.get("needs") else tuple(status.value for status in statuses),
        reference=None if reference is None else normalise_reference(reference),
        duplicate_reference=None if duplicate is None else duplicate == "true",
        **{name: query.get(name) for name in names},
    )
