"""PendingChange: a change that loosens a control and waits for a second admin."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.business.platform.domain.second_admin import Outcome
from igny8_core.kit.ids import uuid7

KINDS = ("limit", "role", "key")


class PendingChange(models.Model):
    """A change that an admin requested, and its outcome. Belongs to the platform, not to a tenant.

    `payload` is a `domain.second_admin.Change`; `outcome` is empty while it waits. `requested_by_id` is null for the
    server's command line. `decided_in` is the transaction in which it took effect, written by a trigger: whatever
    loosens a limit or a role must happen in the same one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8)
    subject = models.CharField(max_length=36)
    payload = models.JSONField()
    requested_by_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, blank=True, default="")
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_in = models.BigIntegerField(null=True, editable=False)

    class Meta:
        db_table = "platform_pendingchange"
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], condition=Q(outcome=""), name="pendingchange_open"),
            # A trigger looks up the decisions about a subject.
            models.Index(fields=["kind", "subject", "decided_in"], name="pendingchange_subject"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(outcome=""), name="pendingchange_open_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="pendingchange_kind_known"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True)
                | Q(outcome__in=[*map(str, Outcome)], decided_at__isnull=False),
                name="pendingchange_outcome_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject}"
