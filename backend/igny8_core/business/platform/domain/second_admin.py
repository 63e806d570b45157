"""Changes that loosen a control, and who may confirm one. Pure: amounts in minor units.

A second admin confirms a higher approval limit, an operator who becomes able to approve, and a key that one admin makes
for another operator: whoever holds such a key acts as that operator.
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
"""The roles of operators that decide on money, each with more than the one before."""


class Outcome(StrEnum):
    """How a request ended; an open one has none. The values are stored and appear in the API."""

    CONFIRMED = "confirmed"
    ALONE = "alone"
    """It took effect at once: there was no second admin, or the server's own command line made the change."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    EXPIRED = "expired"


class LimitChange(msgspec.Struct, frozen=True, tag_field="kind", tag="limit"):
    """Another approval limit of a currency; None is no limit at all, a currency without a row counts as 0."""

    currency: str
    amount_minor: int | None
    before_minor: int | None

    @property
    def subject(self) -> str:
        """What it is about: a newer request about the same replaces an older one."""
        return self.currency

    @property
    def person(self) -> UUID | None:
        """Whose own role it is about: nobody's."""
        return None

    @property
    def loosens(self) -> bool:
        """Whether one operator may decide more alone afterwards."""
        return _height(self.amount_minor) > _height(self.before_minor)

    @property
    def before(self) -> str:
        """The limit as it was, as text."""
        return self._text(self.before_minor)

    @property
    def after(self) -> str:
        """The limit as it is to be, as text."""
        return self._text(self.amount_minor)

    def _text(self, amount_minor: int | None) -> str:
        return "none" if amount_minor is None else format_amount(amount_minor, self.currency)


class RoleChange(msgspec.Struct, frozen=True, tag_field="kind", tag="role"):
    """Another role or status of an operator; `user_id` is an invitation's id until somebody accepts it."""

    user_id: UUID
    role: str
    status: str
    role_before: str
    status_before: str

    @classmethod
    def of_new(cls, user_id: UUID, role: str) -> Self:
        """What makes a new operator more than the least there is."""
        return cls(user_id, role, "active", role_before="support", status_before="active")

    @property
    def subject(self) -> str:
        """What it is about."""
        return str(self.user_id)

    @property
    def person(self) -> UUID | None:
        """Whose own role it is about."""
        return self.user_id

    @property
    def changes(self) -> bool:
        """Whether anything would be another than it is."""
        return (self.role, self.status) != (self.role_before, self.status_before)

    @property
    def loosens(self) -> bool:
        """Whether the operator decides more about money afterwards; a suspended one decides nothing."""
        return power(self.role, self.status) > power(self.role_before, self.status_before)

    @property
    def before(self) -> str:
        """The role as it was."""
        return "suspended" if self.status_before != "active" else self.role_before

    @property
    def after(self) -> str:
        """The role as it is to be."""
        return self.role


class KeyChange(msgspec.Struct, frozen=True, tag_field="kind", tag="key"):
    """A key for another operator than the admin who makes it; it exists once it is confirmed."""

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
        """What it is about."""
        return str(self.key_id)

    @property
    def person(self) -> UUID | None:
        """Nobody's role: the operator who is to have the key may say that it is theirs."""
        return None

    @property
    def after(self) -> str:
        """What tells the key apart; its name is free text, which the event log keeps out."""
        return f"{self.prefix}…"


type Change = LimitChange | RoleChange | KeyChange


def power(role: str, status: str) -> int:
    """How much an operator decides about money: nothing as support or suspended."""
    return POWERS.index(role) + 1 if status == "active" and role in POWERS else 0


def ensure_may_confirm(*, admin_id: UUID | None, requested_by: UUID | None, change: Change) -> None:
    """Refuse who asked, by whichever key or session, and whose own role it is. Raises `SecondAdminRequired`."""
    if admin_id is None or admin_id == requested_by:
        raise SecondAdminRequired("You requested this, so another admin must confirm it.")
    if admin_id == change.person:
        raise SecondAdminRequired("This is your own role, so another admin must confirm it.")


def _height(amount_minor: int | None) -> int:
    return UNLIMITED if amount_minor is None else amount_minor
