"""Journal and its lines: append-only, written only by `services/posting.py`."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.business.ledger.domain.chart import JournalKind
from igny8_core.kit.models import NextValue, TenantManager, TenantModel


class Journal(TenantModel):
    """One posting, caused by `kind` and `source_id`. It is never changed, only reversed by another."""

    sequence = models.BigIntegerField(db_default=NextValue("ledger_journal_sequence"), editable=False)
    kind = models.CharField(max_length=32)
    source_id = models.UUIDField()
    cycle = models.SmallIntegerField(default=0)
    unit = models.CharField(max_length=8)
    memo = models.CharField(max_length=200, blank=True)
    posted_at = models.DateTimeField()

    objects = TenantManager()

    class Meta:
        db_table = "ledger_journal"
        constraints: ClassVar = [
            # Nothing is posted twice, even if every lock were forgotten.
            models.UniqueConstraint(fields=["account", "kind", "source_id", "cycle"], name="journal_once"),
            models.CheckConstraint(condition=Q(kind__in=[*map(str, JournalKind)]), name="journal_kind_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "source_id"], name="journal_account_source")]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id}"


class JournalLine(TenantModel):
    """A debit (positive) or a credit (negative) of one code, with the code's balance after it."""

    sequence = models.BigIntegerField(db_default=NextValue("ledger_line_sequence"), editable=False)
    journal = models.ForeignKey(
        Journal, on_delete=models.PROTECT, related_name="lines", db_constraint=False, db_index=False
    )
    code = models.CharField(max_length=32)
    unit = models.CharField(max_length=8)
    amount_minor = models.BigIntegerField()
    balance_minor = models.BigIntegerField()

    objects = TenantManager()

    class Meta:
        db_table = "ledger_journalline"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "journal", "code"], name="journalline_code_once"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="journalline_not_zero"),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "unit", "code", "sequence"], name="journalline_running")]

    def __str__(self) -> str:
        return f"{self.code} {self.amount_minor} {self.unit}"
