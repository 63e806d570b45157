"""Event (immutable), ChainHead (the end of a chain), VerifiedChain, PendingDispatch (the outbox)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.kit.models import NextValue, TenantManager, TenantModel


class Event(TenantModel):
    """An event. Only `unit_of_work` writes rows; triggers refuse every change.

    Events about the platform itself belong to its own account and chain. `seq` is the place in the account's chain,
    `sequence` the place in the whole log, by which operators' pages are ordered; no hash covers `sequence`.
    """

    seq = models.BigIntegerField()
    sequence = models.BigIntegerField(db_default=NextValue("events_event_sequence"), editable=False)
    type = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True)
    request_id = models.UUIDField(null=True)
    occurred_at = models.DateTimeField()
    data = models.JSONField(default=dict)
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    hash_version = models.SmallIntegerField()

    objects = TenantManager()

    class Meta:
        db_table = "events_event"
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "seq"], name="event_account_seq")]
        indexes: ClassVar = [
            models.Index(fields=["account", "subject_id", "seq"], name="event_account_subject"),
            models.Index(fields=["account", "type", "seq"], name="event_account_type"),
            # For operators' queries across accounts.
            models.Index(fields=["sequence"], name="event_sequence"),
            models.Index(fields=["type", "sequence"], name="event_type_sequence"),
            models.Index(fields=["subject_id", "sequence"], name="event_subject_sequence"),
            models.Index(
                fields=["actor_id", "sequence"], condition=Q(actor_id__isnull=False), name="event_actor_sequence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} #{self.seq}"


class ChainHead(TenantModel):
    """The last link of a chain: the last row that a unit of work locks."""

    seq = models.BigIntegerField(default=0)
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    objects = TenantManager()

    class Meta:
        db_table = "events_chainhead"
        constraints: ClassVar = [models.UniqueConstraint(fields=["account"], name="chainhead_account")]

    def __str__(self) -> str:
        return f"chain of {self.account_id} at {self.seq}"


class VerifiedChain(TenantModel):
    """Up to which event a chain was verified. The verifier continues from there if it finds the same hash.

    `stamp` proves that we wrote the row: somebody who can only write to the database cannot forge it
    (`kit/sealing.py`).
    """

    seq = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    verified_at = models.DateTimeField()
    stamp = models.CharField(max_length=128)

    objects = TenantManager()

    class Meta:
        db_table = "events_verifiedchain"
        constraints: ClassVar = [models.UniqueConstraint(fields=["account"], name="verifiedchain_account")]

    def __str__(self) -> str:
        return f"chain of {self.account_id} verified up to {self.seq}"


class PendingDispatch(models.Model):
    """An event that has not been dispatched to its subscribers; deleted in the transaction that defers their jobs."""

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(default=uuid.uuid4)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+", db_index=False)
    type = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    objects = TenantManager()

    class Meta:
        db_table = "events_pendingdispatch"

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
