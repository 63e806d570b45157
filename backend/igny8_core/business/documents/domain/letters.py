"""Which events cause a letter, and when reminders are sent. Pure."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5


class LetterKind(StrEnum):
    """The content of a letter; the values are stored."""

    INVOICE_SENT = "invoice_sent"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_APPROVED = "payment_approved"
    PAYMENT_REJECTED = "payment_rejected"
    PAYMENT_RETURNED = "payment_returned"
    REMINDER = "reminder"


class LetterState(StrEnum):
    """Status of a letter; a `dropped` one had become pointless when it was about to be sent."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"


STAGES = (1, 7, 14, 30)
"""The days after the due date on which reminders are sent."""
LATEST = 60
"""After this many days no automatic reminder is sent."""


def kind_of_event(event_type: str, data: Mapping[str, Any]) -> LetterKind | None:
    """The letter that an event causes, or None."""
    if event_type == "invoice.finalized":
        return LetterKind.INVOICE_SENT
    if event_type == "payment.submitted":
        return LetterKind.PAYMENT_RECEIVED if data.get("to") == "pending_approval" else None
    if event_type == "payment.status_changed":
        if data.get("to") == "succeeded":
            # One whose whole refund came back has arrived long ago.
            return None if data.get("from") == "refunded" else LetterKind.PAYMENT_APPROVED
        if data.get("to") == "failed":
            return LetterKind.PAYMENT_RETURNED if data.get("from") == "succeeded" else LetterKind.PAYMENT_REJECTED
    return None


def reminder_stage(*, due_on: date, today: date) -> int | None:
    """The latest stage reached; None before the first one and after the last day. Each stage has one letter."""
    overdue = (today - due_on).days
    if overdue > LATEST:
        return None
    return max((stage for stage in STAGES if stage <= overdue), default=None)


def reminder_cause(invoice_id: UUID, stage: int) -> UUID:
    """Identifies a stage of an invoice in place of an event's id: always the same for the same stage."""
    return uuid5(invoice_id, f"reminder after {stage} days")
