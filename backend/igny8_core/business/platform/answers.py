"""Answers about accounts, people, keys, invitations and events. None of them contains a mailed link."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from msgspec import Meta

from igny8_core.accounts.models import AccessKey, Account, Invitation, InvitationOutcome, User
from igny8_core.accounts.platform import customer_id
from igny8_core.accounts.principals import Principal
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.domain.second_admin import LimitChange
from igny8_core.business.platform.models import PendingChange
from igny8_core.business.platform.selectors.pending_changes import change_of
from igny8_core.business.platform.services.sessions import Tokens
from igny8_core.events.models import Event
from igny8_core.http.answers import Answer, Instant, same_names
from igny8_core.kit import clock

type AnyRole = Annotated[
    str, Meta(extra_json_schema={"enum": [*dict.fromkeys(map(str, (*AccountRole, *OperatorRole)))]})
]
"""An account role or an operator role."""


class UserAnswer(Answer):
    """A person; `account_id` is null for an operator."""

    id: UUID
    account_id: UUID | None
    email: str
    name: str
    role: AnyRole
    status: Literal["active", "suspended"]
    created_at: Instant

    @classmethod
    def of(cls, user: User) -> Self:
        """The person."""
        return cls(**{**same_names(cls, user), "account_id": customer_id(user.account_id)})


class KeyAnswer(Answer):
    """An API key without its secret; the prefix tells keys apart. An operator's key has the operator's current role."""

    id: UUID
    account_id: UUID | None
    user_id: UUID | None
    name: str
    prefix: str
    created_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None
    last_used_at: Instant | None
    role: AnyRole
    status: Literal["active", "expired", "revoked"]

    @classmethod
    def of(cls, key: AccessKey, **more: Any) -> Self:
        """The key; `more` holds a subclass's fields."""
        own = {
            "account_id": customer_id(key.account_id),
            "role": key.role if key.user is None else key.user.role,
            "status": _key_state(key),
        }
        return cls(**{**same_names(KeyAnswer, key), **own}, **more)


class IssuedKeyAnswer(KeyAnswer):
    """A new API key; only this answer contains the secret."""

    secret: str


class EventAnswer(Answer):
    """An event; its `data` depends on its type, and `seq` and `hash` are its place in its account's chain."""

    id: UUID
    account_id: UUID | None
    seq: int
    type: str
    subject_type: str
    subject_id: UUID
    actor_kind: str
    actor_id: UUID | None
    request_id: UUID | None
    occurred_at: Instant
    data: Mapping[str, Any]
    hash: str

    @classmethod
    def of(cls, event: Event) -> Self:
        """The event as logged."""
        own = {"account_id": customer_id(event.account_id), "hash": bytes(event.hash).hex()}
        return cls(**{**same_names(cls, event), **own})


class InvitationAnswer(Answer):
    """An invitation; identical whether or not the address already belongs to a user. `account_id` is null for an
    operator's.
    """

    id: UUID
    account_id: UUID | None
    email: str
    name: str
    role: str
    status: Literal["pending", "accepted", "revoked", "expired"]
    created_at: Instant
    sent_at: Instant
    expires_at: Instant
    decided_at: Instant | None

    @classmethod
    def of(cls, invitation: Invitation) -> Self:
        """The invitation in its current state."""
        own = ("status", "account_id")
        named = {name: getattr(invitation, name) for name in cls.__struct_fields__ if name not in own}
        return cls(status=_status(invitation), account_id=customer_id(invitation.account_id), **named)


WAITS = "Another admin must confirm this under approvals-pending/. Nothing changes until then."
"""The answer to a request for a change that loosens a control."""


class ReauthenticatedAnswer(Answer):
    """Until when this sign-in counts as recently confirmed by password or passkey."""

    reauthenticated_until: Instant


class TokensAnswer(Answer):
    """A pair of tokens, shown once."""

    token_type: str
    access_token: str
    refresh_token: str
    access_expires_at: Instant
    refresh_expires_at: Instant

    @classmethod
    def of(cls, tokens: Tokens) -> Self:
        """A new pair."""
        return cls(token_type="Bearer", **asdict(tokens))


class MeAccountAnswer(Answer):
    """The caller's account."""

    id: UUID
    code: str
    name: str
    country: str
    billing_currency: str
    time_zone: str


class MeAnswer(Answer):
    """Who the credential belongs to."""

    credential: str
    role: str
    is_operator: bool
    user_id: UUID | None
    account: MeAccountAnswer | None

    @classmethod
    def of(cls, principal: Principal) -> Self:
        """The caller."""
        account = principal.account
        return cls(
            credential=principal.kind.value,
            role=principal.role.value,
            is_operator=principal.is_operator,
            user_id=principal.user_id,
            account=None if account is None else MeAccountAnswer(**same_names(MeAccountAnswer, account)),
        )


class PendingChangeAnswer(Answer):
    """A change that waits for a second admin, or its outcome.

    `before` and `after` are limits as decimal text or `none` (with their `currency`), roles, or the beginning of a key;
    `user_id` is the operator who gets the role or key, or the invitation's id until somebody has accepted it.
    """

    id: UUID
    kind: Literal["limit", "role", "key"]
    status: Literal["pending", "confirmed", "alone", "rejected", "withdrawn", "replaced", "expired"]
    currency: str | None
    user_id: UUID | None
    before: str
    after: str
    requested_by: UUID | None
    decided_by: UUID | None
    created_at: Instant
    expires_at: Instant
    decided_at: Instant | None

    @classmethod
    def of(cls, row: PendingChange, **more: Any) -> Self:
        """The request; `more` holds a subclass's fields."""
        change, named = change_of(row), ("id", "kind", "created_at", "expires_at", "decided_at")
        return cls(
            **{name: getattr(row, name) for name in named},
            status=_state(row),
            currency=change.currency if isinstance(change, LimitChange) else None,
            user_id=None if isinstance(change, LimitChange) else change.user_id,
            before=change.before,
            after=change.after,
            requested_by=row.requested_by_id,
            decided_by=row.decided_by_id,
            **more,
        )


class PendingKeyAnswer(PendingChangeAnswer):
    """A key that waits for a second admin; only this answer contains its secret, which is not valid until then."""

    key_id: UUID
    secret: str


class AccountAnswer(Answer):
    """An account; an empty `language` means the country's."""

    id: UUID
    code: str
    name: str
    country: str
    billing_currency: str
    time_zone: str
    language: str
    address: str
    tax_id: str
    status: str
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, account: Account, **more: Any) -> Self:
        """The account; `more` holds a subclass's fields."""
        named = {name: getattr(account, name) for name in AccountAnswer.__struct_fields__}
        return cls(**named, **more)


class ProvisionedAccountAnswer(AccountAnswer):
    """A new account, and the invitation of its first owner."""

    invitation: InvitationAnswer | None


def _state(row: PendingChange) -> Any:
    if row.outcome:
        return row.outcome
    return "expired" if row.expires_at <= clock.now() else "pending"


def _key_state(key: AccessKey) -> Any:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= clock.now() else "active"


def _status(invitation: Invitation) -> Any:
    if invitation.outcome:
        return invitation.outcome
    return InvitationOutcome.EXPIRED.value if invitation.expires_at <= clock.now() else "pending"
