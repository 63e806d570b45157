"""Changes that loosen a control, and who may confirm them. Pure: amounts in minor units.

A second admin confirms a higher approval limit, an operator who becomes able to approve, and a key that an admin
creates for another operator: whoever holds such a key acts as that operator.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from igny8_core.business.platform.domain.errors import SecondAdminRequired
from igny8_core.kit.money import format_amount

UNLIMITED = 2**63
"""Above every limit that has an amount."""
POWERS = ("approver", "finance", "admin")
"""The operator roles that decide on money, in ascending order."""


class Outcome(StrEnum):
    """How a request ended; an open one has no outcome. The values are stored and appear in the API."""

    CONFIRMED = "confirmed"
    ALONE = "alone"
    """It took effect immediately: there was no second admin, or it was made with the server's command line."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    EXPIRED = "expired"


class LimitChange(msgspec.Struct, frozen=True, tag_field="kind", tag="limit"):
    """A new approval limit for a currency; None means no limit, and a currency without a row counts as 0."""

    currency: str
    amount_minor: int | None
    before_minor: int | None

    @property
    def subject(self) -> str:
        """The subject: a newer request with the same subject replaces an older one."""
        return self.currency

    @property
    def person(self) -> UUID | None:
        """The person whose role changes: nobody."""
        return None

    @property
    def loosens(self) -> bool:
        """Whether a single operator may decide more afterwards."""
        return _height(self.amount_minor) > _height(self.before_minor)

    @property
    def before(self) -> str:
        """The current limit as text."""
        return self._text(self.before_minor)

    @property
    def after(self) -> str:
        """The new limit as text."""
        return self._text(self.amount_minor)

    def _text(self, amount_minor: int | None) -> str:
        return "none" if amount_minor is None else format_amount(amount_minor, self.currency)


class RoleChange(msgspec.Struct, frozen=True, tag_field="kind", tag="role"):
    """A new role or status for an operator; `user_id` is the invitation's id until somebody accepts it."""

    user_id: UUID
    role: str
    status: str
    role_before: str
    status_before: str

    @classmethod
    def of_new(cls, user_id: UUID, role: str) -> Self:
        """The change that gives a new operator more than the lowest role."""
        return cls(user_id, role, "active", role_before="support", status_before="active")

    @property
    def subject(self) -> str:
        """The subject."""
        return str(self.user_id)

    @property
    def person(self) -> UUID | None:
        """The person whose role changes."""
        return self.user_id

    @property
    def changes(self) -> bool:
        """Whether anything would change."""
        return (self.role, self.status) != (self.role_before, self.status_before)

    @property
    def loosens(self) -> bool:
        """Whether the operator decides more about money afterwards; suspended operators decide nothing."""
        return power(self.role, self.status) > power(self.role_before, self.status_before)

    @property
    def before(self) -> str:
        """The current role."""
        return "suspended" if self.status_before != "active" else self.role_before

    @property
    def after(self) -> str:
        """The new role."""
        return self.role


class KeyChange(msgspec.Struct, frozen=True, tag_field="kind", tag="key"):
    """A key created by an admin for another operator; it exists once it is confirmed."""

    key_id: UUID
    user_id: UUID
    name: str
    prefix: str
    secret_hash: str
    expires_at: datetime | None

    loosens: ClassVar = True
    before: ClassVar = ""

    @property
    def subject(self) -> str:
        """The subject."""
        return str(self.key_id)

    @property
    def person(self) -> UUID | None:
        """Nobody's role changes, so the operator who gets the key may confirm that it is theirs."""
        return None

    @property
    def after(self) -> str:
        """The prefix identifies the key; its name is free text, which the event log must not contain."""
        return f"{self.prefix}…"


type Change = LimitChange | RoleChange | KeyChange


def power(role: str, status: str) -> int:
    """How much an operator decides about money: nothing as support or while suspended."""
    return POWERS.index(role) + 1 if status == "active" and role in POWERS else 0


def ensure_may_confirm(*, admin_id: UUID | None, requested_by: UUID | None, change: Change) -> None:
    """Refuse the requester, whichever key or session they use, and the person whose role changes. Raises
    `SecondAdminRequired`.
    """
    if admin_id is None or admin_id == requested_by:
        raise SecondAdminRequired("You requested this, so another admin must confirm it.")
    if admin_id == change.person:
        raise SecondAdminRequired("This is your own role, so another admin must confirm it.")


def _height(amount_minor: int | None) -> int:
    return UNLIMITED if amount_minor is None else amount_minor
