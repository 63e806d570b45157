"""Letters: what was mailed to whom because of which event, so that nobody gets the same letter twice."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from igny8_core.business.documents.domain.letters import LetterKind, LetterState
from igny8_core.kit.models import TenantManager, TenantModel


class Letter(TenantModel):
    """One letter to one address; `cause_id` is the event behind it, or identifies a reminder's stage of an invoice.

    The row is written before the letter is sent. `claimed_at` is set while a sender works on it; a stale claim may be
    taken over.
    """

    cause_id = models.UUIDField()
    kind = models.CharField(max_length=24)
    subject_id = models.UUIDField()
    recipient = models.EmailField(max_length=254)
    state = models.CharField(max_length=12, default=LetterState.WAITING.value)
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = TenantManager()

    class Meta:
        db_table = "documents_letter"
        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=Q(state="waiting"), name="letter_waiting"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "cause_id", "kind", "recipient"], name="letter_once"),
            models.CheckConstraint(condition=Q(state__in=[*map(str, LetterState)]), name="letter_state_known"),
            models.CheckConstraint(condition=Q(kind__in=[*map(str, LetterKind)]), name="letter_kind_known"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="letter_sent_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient} ({self.state})"
