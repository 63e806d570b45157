"""A statement file and its import, the statements in it, and its content until it is imported."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.business.banking.domain.line_states import LIVE_IMPORTS, ImportStatus
from igny8_core.business.banking.domain.lines import StatementKind
from igny8_core.business.banking.models.bank_account import BankAccount, SavedCsvProfile
from igny8_core.kit.ids import uuid7
from igny8_core.kit.models import NextValue


class StatementImport(models.Model):
    """An uploaded file and the progress of its import; only `services/import_status.py` writes `status`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sequence = models.BigIntegerField(db_default=NextValue("banking_import_sequence"), editable=False)
    file_name = models.CharField(max_length=255)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=16, blank=True)
    status = models.CharField(max_length=20)
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True, related_name="+")
    """The account it was uploaded for; None if the file names its account."""
    csv_profile = models.ForeignKey(SavedCsvProfile, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_by_id = models.UUIDField(null=True)
    """The operator who uploaded the file; None for imports from the command line."""
    lines_read = models.IntegerField(default=0)
    lines_imported = models.IntegerField(default=0)
    lines_duplicate = models.IntegerField(default=0)
    lines_unreadable = models.IntegerField(default=0)
    problem = models.CharField(max_length=1000, blank=True)
    problem_code = models.CharField(max_length=64, blank=True)
    unreadable_lines = models.JSONField(default=list)
    """The first unreadable lines, for whoever decides about them: `[{"position", "problem", "raw"}]`."""
    confirmed_at = models.DateTimeField(null=True)
    """When an operator confirmed that the unreadable lines are to be left out."""
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
    """A chunk of a file whose import is not finished: stored in the database because web and worker share no disk."""

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
    """A statement or notification in a file; amounts in minor units of `currency`."""

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
    """Whether opening + sum = closing; None if the bank gives no balances."""
    first_date = models.DateField(null=True)
    last_date = models.DateField(null=True)
    lines_imported = models.IntegerField(default=0)
    lines_duplicate = models.IntegerField(default=0)
    lines_not_booked = models.IntegerField(default=0)
    """Number of pending or informational entries: they are not lines, and the bank sends them again once they are
    booked.
    """
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
