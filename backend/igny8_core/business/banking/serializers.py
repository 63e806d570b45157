"""Shapes of what operators send about statements, and of the answers for the API document."""

from typing import Any

from rest_framework import serializers

from igny8_core.business.banking.domain.line_states import ImportStatus, LineStatus
from igny8_core.business.banking.domain.lines import StatementKind
from igny8_core.business.banking.domain.matching import CandidateKind, ReasonCode
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.http.fields import (
    AmountField,
    CurrencyField,
    StrictCharField,
    StrictDateField,
    StrictSerializer,
    StrictUUIDField,
    UploadField,
)
from igny8_core.kit.errors import ValidationError

MAX_PARTS = 100
TARGETS = ("invoice_id", "payment_id", "refund_id", "bounced_payment_id", "account_id")


def statuses_of(text: str) -> tuple[str, ...]:
    """The statuses of a comma list; raises `ValidationError` for one there is not."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    unknown = [name[:40] for name in names if name not in set(LineStatus)]
    if unknown:
        raise ValidationError(fields={"status": [f"Not a status: {name!r}." for name in unknown]})
    return names


class UploadSerializer(StrictSerializer[Any]):
    """A file of statements, and what it may not say itself."""

    file = UploadField()
    bank_account = StrictUUIDField(required=False)
    csv_profile = StrictUUIDField(required=False)


class ImportQuerySerializer(StrictSerializer[Any]):
    """What to narrow imports by."""

    status = serializers.ChoiceField(choices=[*map(str, ImportStatus)], required=False)


class LineQuerySerializer(StrictSerializer[Any]):
    """What to narrow lines by."""

    status = StrictCharField(required=False, max_length=100, help_text="One or a comma list.")
    import_id = StrictUUIDField(required=False)
    statement_id = StrictUUIDField(required=False)
    bank_account_id = StrictUUIDField(required=False)
    account_id = StrictUUIDField(required=False, help_text="Lines matched with this account.")
    direction = serializers.ChoiceField(choices=["credit", "debit"], required=False)
    booked_from = StrictDateField(required=False)
    booked_until = StrictDateField(required=False)


class BankAccountInputSerializer(StrictSerializer[Any]):
    """An account of ours."""

    name = StrictCharField(max_length=80)
    number = StrictCharField(max_length=64, help_text="An IBAN or the bank's own number.")
    currency = CurrencyField()
    payment_method = serializers.ChoiceField(choices=[*map(str, PaymentMethod)], required=False)


class BankAccountChangeSerializer(StrictSerializer[Any]):
    """What of an account can change."""

    name = StrictCharField(max_length=80, required=False)
    payment_method = serializers.ChoiceField(choices=[*map(str, PaymentMethod)], required=False)


class ProfileInputSerializer(StrictSerializer[Any]):
    """How one bank's tables are read; see `definition` in docs/api."""

    name = StrictCharField(max_length=80)
    definition = serializers.DictField()


class PreviewSerializer(StrictSerializer[Any]):
    """A table and a definition to try on it, as JSON text."""

    file = UploadField()
    definition = StrictCharField(max_length=20_000)


class AcceptSerializer(StrictSerializer[Any]):
    """Which of a line's proposals."""

    proposal_id = StrictUUIDField()


class AssignSerializer(StrictSerializer[Any]):
    """What the whole line is for: exactly one of these."""

    invoice_id = StrictUUIDField(required=False)
    payment_id = StrictUUIDField(required=False)
    refund_id = StrictUUIDField(required=False)
    bounced_payment_id = StrictUUIDField(required=False)
    account_id = StrictUUIDField(required=False, help_text="The account's balance.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One target."""
        if len(attrs) != 1:
            raise serializers.ValidationError(f"Send exactly one of {', '.join(TARGETS)}.")
        return attrs


class SplitPartSerializer(StrictSerializer[Any]):
    """A part of a line: an invoice, or an account's balance."""

    invoice_id = StrictUUIDField(required=False)
    account_id = StrictUUIDField(required=False)
    amount = AmountField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One target."""
        if ("invoice_id" in attrs) is ("account_id" in attrs):
            raise serializers.ValidationError("Send an invoice_id or an account_id.")
        return attrs


class SplitSerializer(StrictSerializer[Any]):
    """Parts that add up to the line."""

    parts = serializers.ListField(child=SplitPartSerializer(), min_length=2, max_length=MAX_PARTS)


class LineReasonSerializer(StrictSerializer[Any]):
    """Why."""

    reason = StrictCharField(max_length=500)


class MatchAgainSerializer(StrictSerializer[Any]):
    """Nothing to say: all lines that wait are looked at."""


class BankAccountSerializer(serializers.Serializer[Any]):
    """An account of ours as answered."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    number = serializers.CharField()
    currency = serializers.CharField()
    payment_method = serializers.CharField()
    last_statement_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ProfileSerializer(serializers.Serializer[Any]):
    """A saved profile."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    definition = serializers.DictField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PreviewLineSerializer(serializers.Serializer[Any]):
    """What a definition makes of a row: a line, or what is wrong with it."""

    position = serializers.IntegerField()
    amount = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_blank=True)
    booking_date = serializers.DateField(allow_null=True)
    value_date = serializers.DateField(allow_null=True)
    counterparty_name = serializers.CharField(allow_blank=True)
    counterparty_account = serializers.CharField(allow_blank=True)
    remittance = serializers.CharField(allow_blank=True)
    bank_reference = serializers.CharField(allow_blank=True)
    problem = serializers.CharField(allow_blank=True)


class PreviewShownSerializer(serializers.Serializer[Any]):
    """The first rows of a table as they stand, and as they would be read."""

    header = serializers.ListField(child=serializers.CharField(allow_blank=True))
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))
    lines = PreviewLineSerializer(many=True)


class ProgressSerializer(serializers.Serializer[Any]):
    """How far an import is, in lines."""

    lines_read = serializers.IntegerField()
    lines_imported = serializers.IntegerField()
    lines_duplicate = serializers.IntegerField()
    lines_unreadable = serializers.IntegerField()
    unmatched = serializers.IntegerField()
    proposed = serializers.IntegerField()
    matched = serializers.IntegerField()
    ignored = serializers.IntegerField()
    parked = serializers.IntegerField()
    left = serializers.IntegerField(help_text="Not looked at yet, or certain and not booked yet.")


class StatementSerializer(serializers.Serializer[Any]):
    """One statement of a file."""

    id = serializers.UUIDField()
    bank_account_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=[*map(str, StatementKind)])
    identification = serializers.CharField(allow_blank=True)
    currency = serializers.CharField()
    opening = serializers.CharField(allow_null=True)
    closing = serializers.CharField(allow_null=True)
    sum = serializers.CharField()
    balances_agree = serializers.BooleanField(allow_null=True)
    first_date = serializers.DateField(allow_null=True)
    last_date = serializers.DateField(allow_null=True)
    lines_imported = serializers.IntegerField()
    lines_duplicate = serializers.IntegerField()
    lines_not_booked = serializers.IntegerField(help_text="Pending entries: no lines, and told again once booked.")


class UnreadableSerializer(serializers.Serializer[Any]):
    """A line that could not be read."""

    statement = serializers.IntegerField()
    position = serializers.IntegerField()
    problem = serializers.CharField()
    raw = serializers.CharField(allow_blank=True)


class ImportSerializer(serializers.Serializer[Any]):
    """A file and its import."""

    id = serializers.UUIDField()
    file_name = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    format = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=[*map(str, ImportStatus)])
    bank_account_id = serializers.UUIDField(allow_null=True)
    csv_profile_id = serializers.UUIDField(allow_null=True)
    uploaded_by_id = serializers.UUIDField(allow_null=True)
    problem = serializers.CharField(allow_blank=True)
    problem_code = serializers.CharField(allow_blank=True)
    unreadable_lines = UnreadableSerializer(many=True)
    progress = ProgressSerializer()
    statements = StatementSerializer(many=True)
    created_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class ProposalPartSerializer(serializers.Serializer[Any]):
    """What a part of the line would pay."""

    kind = serializers.ChoiceField(choices=[*map(str, CandidateKind)])
    id = serializers.UUIDField()
    amount = serializers.CharField()
    amount_due = serializers.CharField()
    currency = serializers.CharField()
    invoice_number = serializers.CharField(allow_blank=True)
    reference = serializers.CharField(allow_blank=True)


class ProposalSerializer(serializers.Serializer[Any]):
    """What a line may be, and why."""

    id = serializers.UUIDField()
    account_id = serializers.UUIDField()
    account_name = serializers.CharField(allow_blank=True)
    score = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())
    reason_codes = serializers.ListField(child=serializers.ChoiceField(choices=[*map(str, ReasonCode)]))
    parts = ProposalPartSerializer(many=True)


class LineSerializer(serializers.Serializer[Any]):
    """A line as the queue shows it."""

    id = serializers.UUIDField()
    import_id = serializers.UUIDField()
    statement_id = serializers.UUIDField()
    bank_account_id = serializers.UUIDField()
    position = serializers.IntegerField()
    amount = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    booking_date = serializers.DateField(allow_null=True)
    value_date = serializers.DateField(allow_null=True)
    counterparty_name = serializers.CharField(allow_blank=True)
    counterparty_account = serializers.CharField(allow_blank=True)
    end_to_end_id = serializers.CharField(allow_blank=True)
    structured_reference = serializers.CharField(allow_blank=True)
    remittance = serializers.CharField(allow_blank=True)
    bank_reference = serializers.CharField(allow_blank=True)
    is_return = serializers.BooleanField()
    status = serializers.ChoiceField(choices=[*map(str, LineStatus)])
    note = serializers.CharField(allow_blank=True)
    certain = serializers.BooleanField()
    proposals = ProposalSerializer(many=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class MatchSerializer(serializers.Serializer[Any]):
    """What a line was matched with, undone or not."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=[*map(str, CandidateKind)])
    account_id = serializers.UUIDField()
    account_name = serializers.CharField()
    payment_id = serializers.UUIDField(allow_null=True)
    refund_id = serializers.UUIDField(allow_null=True)
    amount = serializers.CharField()
    automatic = serializers.BooleanField()
    awaits_approval = serializers.BooleanField()
    decided_by_id = serializers.UUIDField(allow_null=True)
    score = serializers.IntegerField(allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)
    undone_by_id = serializers.UUIDField(allow_null=True)


class LineHistorySerializer(serializers.Serializer[Any]):
    """One decision."""

    type = serializers.CharField()
    at = serializers.DateTimeField()
    actor_kind = serializers.CharField()
    actor_id = serializers.UUIDField(allow_null=True)
    to = serializers.CharField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's."""
        return {**super().get_fields(), "from": serializers.CharField(allow_null=True)}


class LineDetailSerializer(LineSerializer):
    """A line with the file's text, its matches and decisions."""

    raw = serializers.CharField(allow_blank=True)
    matches = MatchSerializer(many=True)
    history = LineHistorySerializer(many=True)


class CandidatesSerializer(serializers.Serializer[Any]):
    """What the matcher says of a line now."""

    certain = serializers.BooleanField()
    proposals = ProposalSerializer(many=True)


class RequestedSerializer(serializers.Serializer[Any]):
    """That a worker was asked."""

    requested = serializers.BooleanField()
