"""Everything that waits for a second person: payments, refunds, and changes that loosen a control. Hand-written SQL.

Ordered newest first by id, which sorts by creation time, so that one key pages through three tables. The cost grows
with what waits, not with the history.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection

from igny8_core.business.platform.domain.second_admin import Change, KeyChange, LimitChange, RoleChange
from igny8_core.kit import clock

COUNT_LIMIT = 1001
# A payment waits for a second person once one operator has approved it, or has recorded it and may not approve it.
WAITING = """
 SELECT p.id, 'payment' AS kind, p.created_at AS since, coalesce(p.recorded_by_id, (
   SELECT a.operator_id FROM billing_approval a WHERE a.account_id = p.account_id AND a.payment_id = p.id
   ORDER BY a.id LIMIT 1)) AS asked_by,
  p.account_id, p.currency, p.amount_minor, NULL::text AS payload, NULL::timestamptz AS expires_at
 FROM billing_payment p WHERE p.status = 'pending_approval' AND (p.recorded_by_id IS NOT NULL OR EXISTS (
   SELECT 1 FROM billing_approval a WHERE a.account_id = p.account_id AND a.payment_id = p.id))
 UNION ALL
 SELECT r.id, 'refund', r.created_at, r.requested_by_id, r.account_id, r.currency, r.amount_minor, NULL, NULL
 FROM billing_refund r WHERE r.status = 'pending_approval'
 UNION ALL
 SELECT c.id, c.kind, c.created_at, c.requested_by_id, NULL, NULL, NULL, c.payload::text, c.expires_at
 FROM platform_pendingchange c WHERE c.outcome = '' AND c.expires_at > %(now)s"""
COUNT = f"SELECT count(*) FROM (SELECT 1 FROM ({WAITING}) w LIMIT {COUNT_LIMIT}) bounded"


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Something that waits: an account's money, or a change of the platform's controls, which is in `payload`."""

    id: UUID
    kind: str
    since: datetime
    asked_by: UUID | None
    account_id: UUID | None
    currency: str | None
    amount_minor: int | None
    payload: str | None
    expires_at: datetime | None

    @property
    def change(self) -> Change | None:
        """The requested change; None for money."""
        if self.payload is None:
            return None
        return msgspec.json.decode(self.payload, type=LimitChange | RoleChange | KeyChange)


def list_waiting(*, size: int, after: UUID | None = None, backwards: bool = False) -> tuple[list[WaitingRow], int]:
    """Up to `size + 1` rows, newest first, after an id or (backwards) before it; and how many wait, at most 1,001."""
    values: dict[str, datetime | UUID | int | None] = {"now": clock.now(), "after": after, "limit": size + 1}
    keyset = "" if after is None else f"WHERE w.id {'>' if backwards else '<'} %(after)s"
    order = "ASC" if backwards else "DESC"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({WAITING}) w {keyset} ORDER BY w.id {order} LIMIT %(limit)s", values)
        rows = [WaitingRow(*row) for row in cursor.fetchall()]
        cursor.execute(COUNT, values)
        (count,) = cursor.fetchone() or (0,)
    return rows[::-1] if backwards else rows, count
