"""What operators send about statements, their lines and our bank accounts."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from rest_framework import serializers

from igny8_core.business.banking.domain.line_states import ImportStatus, LineStatus
from igny8_core.business.banking.selectors.lines import LineFilters
from igny8_core.business.banking.services.bank_accounts import (
    BankAccountChange,
    NewBankAccount,
    NewProfile,
    ProfileChange,
)
from igny8_core.business.banking.services.reconcile import SplitPart, Target
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.edge import Reason
from igny8_core.http.fields import (
    AmountField,
    CurrencyField,
    EnumField,
    ParagraphsField,
    StrictCharField,
    StrictDateField,
    StrictSerializer,
    StrictUUIDField,
    UploadField,
    VerbatimField,
)
from igny8_core.http.multipart import Upload
from igny8_core.kit.errors import ValidationError

MAX_PARTS = 100
TARGETS = ("invoice_id", "payment_id", "refund_id", "bounced_payment_id", "account_id")


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A statement file, and details that it may not contain itself."""

    file: Upload
    bank_account: UUID | None = None
    csv_profile: UUID | None = None


@dataclass(frozen=True, slots=True)
class ImportQuery:
    """Filters of the list of imports."""

    status: ImportStatus | None = None


@dataclass(frozen=True, slots=True)
class LineQuery:
    """Filters of a list of lines, as sent."""

    status: str | None = None
    import_id: UUID | None = None
    statement_id: UUID | None = None
    bank_account_id: UUID | None = None
    account_id: UUID | None = None
    direction: str | None = None
    booked_from: date | None = None
    booked_until: date | None = None

    def filters(self) -> LineFilters:
        """The filters as the selector takes them. Raises `ValidationError`."""
        return LineFilters(
            statuses=None if self.status is None else statuses_of(self.status),
            import_id=self.import_id,
            statement_id=self.statement_id,
            bank_account_id=self.bank_account_id,
            account_id=self.account_id,
            direction=self.direction,
            booked_from=self.booked_from,
            booked_until=self.booked_until,
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """A table and a definition to try on it, as JSON text."""

    file: Upload
    definition: str


@dataclass(frozen=True, slots=True)
class ChosenProposal:
    """The chosen proposal of a line."""

    proposal_id: UUID


@dataclass(frozen=True, slots=True)
class Split:
    """Parts that add up to the line."""

    parts: list[SplitPart]


def statuses_of(text: str) -> tuple[str, ...]:
    """The statuses in a comma-separated list; raises `ValidationError` for an unknown status."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    unknown = [name[:40] for name in names if name not in set(LineStatus)]
    if unknown:
        raise ValidationError(fields={"status": [f"Unknown status: {name!r}." for name in unknown]})
    return names


class UploadSerializer(StrictSerializer[UploadedFile]):
    """A statement file, and details that it may not contain itself."""

    into = UploadedFile
    file = UploadField()
    bank_account = StrictUUIDField(required=False)
    csv_profile = StrictUUIDField(required=False)


class ImportQuerySerializer(StrictSerializer[ImportQuery]):
    """Filters of the list of imports."""

    into = ImportQuery
    status = EnumField(ImportStatus, required=False)


class LineQuerySerializer(StrictSerializer[LineQuery]):
    """Filters of the list of lines."""

    into = LineQuery
    status = StrictCharField(required=False, max_length=100, help_text="One or a comma list.")
    import_id = StrictUUIDField(required=False)
    statement_id = StrictUUIDField(required=False)
    bank_account_id = StrictUUIDField(required=False)
    account_id = StrictUUIDField(required=False, help_text="Lines matched with this account.")
    direction = serializers.ChoiceField(choices=["credit", "debit"], required=False)
    booked_from = StrictDateField(required=False)
    booked_until = StrictDateField(required=False)


class BankAccountInputSerializer(StrictSerializer[NewBankAccount]):
    """An account of ours."""

    into = NewBankAccount
    name = StrictCharField(max_length=80)
    number = StrictCharField(max_length=64, help_text="An IBAN or the bank's own number.")
    currency = CurrencyField()
    payment_method = EnumField(PaymentMethod, required=False)


class BankAccountChangeSerializer(StrictSerializer[BankAccountChange]):
    """The fields of an account that can change."""

    into = BankAccountChange
    name = StrictCharField(max_length=80, required=False)
    payment_method = EnumField(PaymentMethod, required=False)


class _ProfileFields[Checked](StrictSerializer[Checked]):
    name = StrictCharField(max_length=80)
    definition = serializers.DictField()


class ProfileInputSerializer(_ProfileFields[NewProfile]):
    """How one bank's tables are read; see `definition` in docs/api."""

    into = NewProfile


class ProfileChangeSerializer(_ProfileFields[ProfileChange]):
    """The fields of a profile that can change."""

    into = ProfileChange
    changes_only = True


class PreviewSerializer(StrictSerializer[Preview]):
    """A table and a definition to try on it, as JSON text."""

    into = Preview
    file = UploadField()
    definition = VerbatimField(max_length=20_000)


class AcceptSerializer(StrictSerializer[ChosenProposal]):
    """The chosen proposal of a line."""

    into = ChosenProposal
    proposal_id = StrictUUIDField()


class AssignSerializer(StrictSerializer[Target]):
    """What the whole line is for: exactly one of these."""

    into = Target
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


class SplitPartSerializer(StrictSerializer[SplitPart]):
    """A part of a line: an invoice, or an account's balance."""

    into = SplitPart
    invoice_id = StrictUUIDField(required=False)
    account_id = StrictUUIDField(required=False)
    amount = AmountField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One target."""
        if ("invoice_id" in attrs) is ("account_id" in attrs):
            raise serializers.ValidationError("Send an invoice_id or an account_id.")
        return attrs


class SplitSerializer(StrictSerializer[Split]):
    """Parts that add up to the line."""

    into = Split
    parts = serializers.ListField(child=SplitPartSerializer(), min_length=2, max_length=MAX_PARTS)


class LineReasonSerializer(StrictSerializer[Reason]):
    """Why."""

    into = Reason
    reason = ParagraphsField(max_length=500)


class MatchAgainSerializer(StrictSerializer[object]):
    """No fields: every waiting line is matched again."""
