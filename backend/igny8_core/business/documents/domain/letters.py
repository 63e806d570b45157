"""Which facts are written about, and when a reminder goes out. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5


class LetterKind(StrEnum):
    """What a letter says; the values are stored."""

    INVOICE_SENT = "invoice_sent"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_APPROVED = "payment_approved"
    PAYMENT_REJECTED = "payment_rejected"
    PAYMENT_RETURNED = "payment_returned"
    REMINDER = "reminder"


class LetterState(StrEnum):
    """Where a letter stands; `dropped` had nothing to say any more when its turn came."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"


STAGES = (1, 7, 14, 30)
"""On which day after the due date a reminder goes out."""
LATEST = 60
"""Past so many days nobody is reminded by a machine any more."""


def kind_of_event(event_type: str, data: Mapping[str, Any]) -> LetterKind | None:
    """What is written about a fact; None where nothing is."""
    if event_type == "invoice.finalized":
        return LetterKind.INVOICE_SENT
    if event_type == "payment.submitted":
        return LetterKind.PAYMENT_RECEIVED if data.get("to") == "pending_approval" else None
    if event_type == "payment.status_changed":
        if data.get("to") == "succeeded":
            return LetterKind.PAYMENT_APPROVED
        if data.get("to") == "failed":
            return LetterKind.PAYMENT_RETURNED if data.get("from") == "succeeded" else LetterKind.PAYMENT_REJECTED
    return None


def reminder_stage(*, due_on: date, today: date) -> int | None:
    """The latest stage that is reached, one letter each; None before the first and once it is too late."""
    overdue = (today - due_on).days
    if overdue > LATEST:
        return None
    return max((stage for stage in STAGES if stage <= overdue), default=None)


def reminder_cause(invoice_id: UUID, stage: int) -> UUID:
    """What stands for a stage of an invoice, as an event's id does for an event: always the same."""
    return uuid5(invoice_id, f"reminder after {stage} days")
