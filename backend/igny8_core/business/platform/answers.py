"""What the routes of accounts, invitations and sign-ins answer. A link or its secret is in none of them."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from igny8_core.accounts.models import Account, Invitation, InvitationOutcome
from igny8_core.accounts.platform import customer_id
from igny8_core.http.answers import Answer
from igny8_core.kit import clock


class InvitationAnswer(Answer):
    """An invitation; the same whether or not the address signs in elsewhere. `account_id` is null for an operator's."""

    id: UUID
    account_id: UUID | None
    email: str
    name: str
    role: str
    status: Literal["pending", "accepted", "revoked", "expired"]
    created_at: datetime
    sent_at: datetime
    expires_at: datetime
    decided_at: datetime | None

    @classmethod
    def of(cls, invitation: Invitation) -> Self:
        """The invitation as it stands."""
        own = ("status", "account_id")
        named = {name: getattr(invitation, name) for name in cls.__struct_fields__ if name not in own}
        return cls(status=_status(invitation), account_id=customer_id(invitation.account_id), **named)


class ReauthenticatedAnswer(Answer):
    """Until when a sign-in may do what asks for its person's password or passkey."""

    reauthenticated_until: datetime


class AccountAnswer(Answer):
    """An account; `language` empty means the country's."""

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
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, account: Account, **more: Any) -> Self:
        """The account, and what a subclass has `more`."""
        named = {name: getattr(account, name) for name in AccountAnswer.__struct_fields__}
        return cls(**named, **more)


class ProvisionedAccountAnswer(AccountAnswer):
    """A new account, and the invitation of its first owner."""

    invitation: InvitationAnswer | None


def _status(invitation: Invitation) -> Any:
    if invitation.outcome:
        return invitation.outcome
    return InvitationOutcome.EXPIRED.value if invitation.expires_at <= clock.now() else "pending"
