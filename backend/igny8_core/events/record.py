"""`record`: how services record events."""

from collections.abc import Mapping
from uuid import UUID

from igny8_core.events.catalogue import JSON, EventType
from igny8_core.events.unit_of_work import Recorded, current
from igny8_core.kit import clock


def record(
    type: EventType,
    *,
    account_id: UUID,
    subject_type: str,
    subject_id: UUID,
    data: Mapping[str, JSON] | None = None,
) -> None:
    """Collect an event; the open unit of work writes it at its end.

    Events about the platform belong to its own account (`PLATFORM_ID`), which only operators and the system may write.
    Use ids in `data` instead of people's text: the log can never be edited.
    """
    current().recorded.append(Recorded(account_id, type, subject_type, subject_id, dict(data or {}), clock.now()))
