"""Answers about what waits for a second person."""

from typing import Literal, Self
from uuid import UUID

from igny8_core.business.billing.selectors.waiting import WaitingRow
from igny8_core.business.platform.domain.second_admin import LimitChange
from igny8_core.http.answers import Answer, Instant
from igny8_core.kit.money import format_amount


class WaitingAnswer(Answer):
    """Something that waits for a second person; `id` is the payment's, the refund's or the request's.

    `asked_by` is the operator who requested it or approved it first. `amount` is set for payments and refunds. `before`
    and `after` describe a change: limits as decimal text or `none`, roles, or the beginning of a key. `user_id` is the
    operator who gets the role or key.
    """

    id: UUID
    kind: Literal["payment", "refund", "limit", "role", "key"]
    since: Instant
    asked_by: UUID | None
    account_id: UUID | None
    currency: str | None
    amount: str | None
    before: str | None
    after: str | None
    user_id: UUID | None
    expires_at: Instant | None

    @classmethod
    def of(cls, row: WaitingRow) -> Self:
        """The row."""
        change, currency = row.change, row.currency
        return cls(
            id=row.id,
            kind=row.kind,  # type: ignore[arg-type]
            since=row.since,
            asked_by=row.asked_by,
            account_id=row.account_id,
            currency=change.currency if isinstance(change, LimitChange) else currency,
            amount=None if row.amount_minor is None or currency is None else format_amount(row.amount_minor, currency),
            before=None if change is None else change.before,
            after=None if change is None else change.after,
            user_id=None if change is None or isinstance(change, LimitChange) else change.user_id,
            expires_at=row.expires_at,
        )
