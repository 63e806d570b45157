"""A statement line, its matches, and which bank account has paid for which customer."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.business.banking.domain.candidates import CandidateKind
from igny8_core.business.banking.domain.line_states import LineStatus
from igny8_core.business.banking.models.bank_account import BankAccount
from igny8_core.business.banking.models.statement import Statement, StatementImport
from igny8_core.kit.ids import uuid7
from igny8_core.kit.models import NextValue, TenantManager, TenantModel


class StatementLine(models.Model):
    """A movement on one of our bank accounts. It belongs to the merchant, not to a tenant. Amounts are signed minor
    units of `currency`.

    Only `services/line_status.py` writes `status`; what the bank delivered never changes. `proposals` are the
    matcher's, best first, as `services/proposals.py` writes them; `certain` means that the first one is booked
    automatically.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sequence = models.BigIntegerField(db_default=NextValue("banking_line_sequence"), editable=False)
    statement_import = models.ForeignKey(
        StatementImport, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines", db_index=False)
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    position = models.IntegerField()
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    booking_date = models.DateField(null=True)
    value_date = models.DateField(null=True)
    counterparty_name = models.CharField(max_length=300, blank=True)
    counterparty_account = models.CharField(max_length=64, blank=True)
    end_to_end_id = models.CharField(max_length=140, blank=True)
    structured_reference = models.CharField(max_length=140, blank=True)
    remittance = models.CharField(max_length=4000, blank=True)
    bank_reference = models.CharField(max_length=140, blank=True)
    is_return = models.BooleanField(default=False)
    raw = models.CharField(max_length=8000, blank=True)
    fingerprint = models.BinaryField(max_length=32)
    occurrence = models.IntegerField(default=1)
    status = models.CharField(max_length=16, default=LineStatus.NEW.value)
    certain = models.BooleanField(default=False)
    proposals = models.JSONField(default=list)
    rejected = models.JSONField(default=list)
    """Keys of proposals that a person has rejected: they are not made again."""
    note = models.CharField(max_length=500, blank=True)
    """Why it was ignored or parked, why it could not be read, or why a certain match was not booked."""
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "banking_line"
        indexes: ClassVar = [
            models.Index(fields=["sequence"], name="line_sequence"),
            models.Index(fields=["status", "sequence"], name="line_status_sequence"),
            models.Index(fields=["statement_import", "status", "sequence"], name="line_import_status"),
            models.Index(fields=["statement_import", "sequence"], name="line_import_sequence"),
            models.Index(fields=["bank_account", "sequence"], name="line_bank_account"),
            models.Index(
                fields=["bank_account", "bank_reference"], condition=~Q(bank_reference=""), name="line_bank_reference"
            ),
            models.Index(
                fields=["bank_account", "amount_minor", "sequence"],
                condition=Q(status="matched"),
                name="line_matched_amount",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "position"], name="line_position"),
            models.UniqueConstraint(fields=["bank_account", "fingerprint", "occurrence"], name="line_once"),
            models.CheckConstraint(condition=Q(status__in=[*map(str, LineStatus)]), name="line_status_known"),
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=False) | Q(status__in=("unreadable", "ignored")),
                name="line_money_is_read",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} ({self.status})"


class LineMatch(TenantModel):
    """Records that a line, or part of it, belongs to a payment or a refund of an account. Undone rows are kept.

    Only operators see these rows: tenants see their payments, never the merchant's statement.
    """

    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="matches", db_index=False)
    kind = models.CharField(max_length=16)
    payment = models.ForeignKey(
        "billing.Payment", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    refund = models.ForeignKey(
        "billing.Refund", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    amount_minor = models.BigIntegerField()
    automatic = models.BooleanField(default=False)
    awaits_approval = models.BooleanField(default=False)
    """Whether the payment still needs another approval: it may be rejected, which makes the line open again."""
    decided_by_id = models.UUIDField(null=True)
    score = models.SmallIntegerField(null=True)
    reasons = models.JSONField(default=list)
    created_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.UUIDField(null=True)

    objects = TenantManager()

    class Meta:
        db_table = "banking_match"
        indexes: ClassVar = [
            models.Index(fields=["line"], name="match_line"),
            models.Index(fields=["account", "payment"], name="match_payment"),
            models.Index(fields=["id"], condition=Q(awaits_approval=True, undone_at=None), name="match_awaiting"),
        ]
        constraints: ClassVar = [
            # One booking settles a payment, one sends a refund, one reverses a payment.
            models.UniqueConstraint(
                fields=["account", "payment"],
                condition=Q(undone_at=None, kind__in=("payment", "invoice", "balance")),
                name="match_payment_once",
            ),
            models.UniqueConstraint(
                fields=["account", "payment"], condition=Q(undone_at=None, kind="bounce"), name="match_bounce_once"
            ),
            models.UniqueConstraint(
                fields=["account", "refund"],
                condition=Q(undone_at=None, refund__isnull=False),
                name="match_refund_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=[*map(str, CandidateKind)]), name="match_kind_known"),
            models.CheckConstraint(
                condition=Q(payment__isnull=False) ^ Q(refund__isnull=False), name="match_one_subject"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="match_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.payment_id or self.refund_id}"


class KnownPayer(TenantModel):
    """Records that a bank account has paid for an account before, and how many `times`."""

    number = models.CharField(max_length=64)
    times = models.IntegerField(default=1)
    last_paid_at = models.DateTimeField()

    objects = TenantManager()

    class Meta:
        db_table = "banking_knownpayer"
        indexes: ClassVar = [models.Index(fields=["number"], name="knownpayer_number")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "number"], name="knownpayer_once")]

    def __str__(self) -> str:
        return f"{self.number} pays for {self.account_id}"
