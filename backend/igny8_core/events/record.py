"""`record`: how a step says that something happened."""

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
    """Collect a fact; the open unit of work writes it when everything else is done.

    Facts about the platform go into its own account's chain (`PLATFORM_ID`), which only operators and the system may
    write. Text from people stays out of `data` where an id will do: the log can never be edited.
    """
    current().recorded.append(Recorded(account_id, type, subject_type, subject_id, dict(data or {}), clock.now()))
