"""Event (a fact, never changed), ChainHead (where a chain ends), VerifiedChain, PendingDispatch (the outbox)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.kit.models import NextValue, TenantManager, TenantModel


class Event(TenantModel):
    """One fact. Rows are written by `unit_of_work` alone; triggers refuse every change.

    Facts about the platform itself are those of its own account, and stand in its chain. `seq` is the place in the
    account's chain, `sequence` the place in the whole log, which operators page through; no hash covers it.
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
            # For operators, who ask across accounts.
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
    """The last link of a chain: the last lock a unit of work takes."""

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
    """Up to which event a chain was verified; the verifier counts on from there, and later finds the same hash there.

    `stamp` says that the row is ours: whoever can write to the database alone cannot make it (`kit/sealing.py`).
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
    """An event that its subscribers have not been told of yet; deleted in the transaction that defers their jobs."""

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
