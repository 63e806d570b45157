"""A file of statements and its import, the statements in it, and the file itself until it is imported."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.business.banking.domain.line_states import LIVE_IMPORTS, ImportStatus
from igny8_core.business.banking.domain.lines import StatementKind
from igny8_core.business.banking.models.bank_account import BankAccount, SavedCsvProfile
from igny8_core.kit.ids import uuid7
from igny8_core.kit.models import NextValue


class StatementImport(models.Model):
    """One file that was dropped, and how far its import is; `services/import_status.py` alone writes `status`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sequence = models.BigIntegerField(db_default=NextValue("banking_import_sequence"), editable=False)
    file_name = models.CharField(max_length=255)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=16, blank=True)
    status = models.CharField(max_length=20)
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True, related_name="+")
    """The account it was uploaded for; none where the file says so itself."""
    csv_profile = models.ForeignKey(SavedCsvProfile, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_by_id = models.UUIDField(null=True)
    """The operator who vouches for the file; none where it came by the command line."""
    lines_read = models.IntegerField(default=0)
    lines_imported = models.IntegerField(default=0)
    lines_duplicate = models.IntegerField(default=0)
    lines_unreadable = models.IntegerField(default=0)
    problem = models.CharField(max_length=1000, blank=True)
    problem_code = models.CharField(max_length=64, blank=True)
    unreadable_lines = models.JSONField(default=list)
    """The first of them, for whoever has to decide: `[{"position", "problem", "raw"}]`."""
    confirmed_at = models.DateTimeField(null=True)
    """When an operator said that the unreadable lines are to be left out."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "banking_import"
        indexes: ClassVar = [
            models.Index(fields=["sequence"], name="import_sequence"),
            models.Index(fields=["status", "sequence"], name="import_status_sequence"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sha256"], condition=Q(status__in=sorted(map(str, LIVE_IMPORTS))), name="import_file_once"
            ),
            models.CheckConstraint(condition=Q(status__in=[*map(str, ImportStatus)]), name="import_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.status})"


class FileChunk(models.Model):
    """A piece of a file whose import is not finished: in the database, because web and worker share no disk."""

    id = models.BigAutoField(primary_key=True)
    statement_import = models.ForeignKey(
        StatementImport, on_delete=models.CASCADE, related_name="chunks", db_index=False
    )
    position = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "banking_filechunk"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement_import", "position"], name="filechunk_position")
        ]

    def __str__(self) -> str:
        return f"{self.statement_import_id} #{self.position}"


class Statement(models.Model):
    """One statement or notification in a file; amounts in minor units of `currency`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    statement_import = models.ForeignKey(
        StatementImport, on_delete=models.PROTECT, related_name="statements", db_index=False
    )
    position = models.IntegerField()
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements", db_index=False)
    kind = models.CharField(max_length=16)
    identification = models.CharField(max_length=140, blank=True)
    currency = models.CharField(max_length=3)
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    sum_minor = models.BigIntegerField(default=0)
    balances_agree = models.BooleanField(null=True)
    """Whether opening + sum = closing; none where the bank gives no balances."""
    first_date = models.DateField(null=True)
    last_date = models.DateField(null=True)
    lines_imported = models.IntegerField(default=0)
    lines_duplicate = models.IntegerField(default=0)
    lines_not_booked = models.IntegerField(default=0)
    """Entries that the bank calls pending or informational: they are no lines, and come again once booked."""
    created_at = models.DateTimeField()

    class Meta:
        db_table = "banking_statement"
        indexes: ClassVar = [models.Index(fields=["bank_account", "id"], name="statement_bank_account")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement_import", "position"], name="statement_position"),
            models.CheckConstraint(condition=Q(kind__in=[*map(str, StatementKind)]), name="statement_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.identification}"
