"""Stored answers for retried requests, and throttle counters."""

from typing import ClassVar

from django.db import models

from igny8_core.kit.models import TenantManager


class IdempotencyRecord(models.Model):
    """The first answer for a key, written in the transaction whose work it reports.

    A request that calls an outside service commits its row before it has an answer. Until `held_until` the request
    counts as running; after that a retry takes the row over and continues with the object that `subject_id` names.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    owner_id = models.UUIDField()
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.SmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    subject_id = models.UUIDField(null=True)
    held_until = models.DateTimeField(null=True)

    objects = TenantManager()

    class Meta:
        db_table = "http_idempotencyrecord"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "owner_id", "key", "path", "method"], name="idempotency_key_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotency_created")]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"


class ThrottleCounter(models.Model):
    """How often a subject did something in a window; the table is UNLOGGED, so a crash may reset it."""

    subject = models.CharField(max_length=120, primary_key=True)
    window = models.BigIntegerField()
    hits = models.IntegerField()

    class Meta:
        db_table = "http_throttlecounter"

    def __str__(self) -> str:
        return f"{self.subject}: {self.hits}"
