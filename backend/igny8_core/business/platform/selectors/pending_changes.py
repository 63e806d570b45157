"""Reads of what waits for a second admin."""

from datetime import timedelta
from uuid import UUID

import msgspec

from igny8_core.business.platform.domain.second_admin import Change, KeyChange, LimitChange, RoleChange
from igny8_core.business.platform.models import PendingChange
from igny8_core.kit.errors import NotFound

LIFETIME = timedelta(days=7)
"""How long a request stays open, and how long a former admin still counts as a second one."""


def pending_change(*, change_id: UUID) -> PendingChange:
    """One request, open or closed. Raises `NotFound`."""
    row = PendingChange.objects.filter(id=change_id).first()
    if row is None:
        raise NotFound
    return row


def change_of(row: PendingChange) -> Change:
    """The requested change."""
    return msgspec.convert(row.payload, LimitChange | RoleChange | KeyChange)
