"""Reads of accounts, people, invitations and keys, and how each looks outside: none shows a secret or its hash."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from igny8_core.accounts.keys import KeyKind
from igny8_core.accounts.models import AccessKey, Account, Invitation, InvitationOutcome, User
from igny8_core.accounts.platform import PLATFORM_ID, customer_id
from igny8_core.kit import clock


def find_accounts(*, status: str | None = None, country: str | None = None) -> QuerySet[Account]:
    """Accounts, for operators."""
    return Account.objects.filter(**_given(status=status, country=country))


def find_users(
    *, account_id: UUID | None = None, role: str | None = None, status: str | None = None, kind: str | None = None
) -> QuerySet[User]:
    """People of one account, or of all; `kind` tells operators from an account's users."""
    rows = User.objects.filter(**_given(account_id=account_id, role=role, status=status))
    return rows if kind is None else rows.filter(_kind(kind))


def find_api_keys(*, account_id: UUID | None = None, user_id: UUID | None = None) -> QuerySet[AccessKey]:
    """API keys of one account or operator, or of all; the tokens of sign-ins are no API keys."""
    rows = AccessKey.objects.filter(kind=KeyKind.API_KEY.value, **_given(account_id=account_id, user_id=user_id))
    return rows.select_related("user").defer("user__password", "secret_hash")


def find_invitations(
    *, account_id: UUID | None = None, status: str | None = None, kind: str | None = None
) -> QuerySet[Invitation]:
    """Invitations of one account, or of all; `kind` tells those of operators from those of accounts."""
    rows = Invitation.objects.filter(**_given(account_id=account_id))
    rows = rows if kind is None else rows.filter(_kind(kind))
    past = Q(expires_at__lte=clock.now())
    match status:
        case None:
            return rows
        case "pending":
            return rows.filter(~past, outcome="")
        case InvitationOutcome.EXPIRED:
            return rows.filter(Q(outcome=status) | Q(past, outcome=""))
    return rows.filter(outcome=status)


def _kind(kind: str) -> Q:
    return Q(account=PLATFORM_ID) if kind == "operator" else ~Q(account=PLATFORM_ID)


def _given(**filters: Any) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if value is not None}


def user_document(user: User) -> dict[str, Any]:
    """A person as answered; `account_id` is null for an operator."""
    names = ("id", "account_id", "email", "name", "role", "status", "created_at")
    return {name: getattr(user, name) for name in names} | {"account_id": customer_id(user.account_id)}


def key_document(key: AccessKey) -> dict[str, Any]:
    """An API key as answered: its prefix tells keys apart; an operator's key has the operator's role of today."""
    names = (
        "id",
        "account_id",
        "user_id",
        "name",
        "prefix",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
    )
    role = key.role if key.user is None else key.user.role
    shown = {name: getattr(key, name) for name in names} | {"account_id": customer_id(key.account_id)}
    return {**shown, "role": role, "status": _key_status(key)}


def _key_status(key: AccessKey) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= clock.now() else "active"
