"""Reads of accounts, people, invitations and API keys."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from igny8_core.accounts.keys import KeyKind
from igny8_core.accounts.models import AccessKey, Account, Invitation, InvitationOutcome, User
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.kit import clock


def find_accounts(*, status: str | None = None, country: str | None = None) -> QuerySet[Account]:
    """Accounts, for operators."""
    return Account.objects.filter(_given(status=status, country=country))


def find_users(
    *, account_id: UUID | None = None, role: str | None = None, status: str | None = None, kind: str | None = None
) -> QuerySet[User]:
    """People of one account, or of all; `kind` selects operators or accounts' users."""
    rows = User.objects.filter(_given(account_id=account_id, role=role, status=status))
    return rows if kind is None else rows.filter(_kind(kind))


def find_api_keys(*, account_id: UUID | None = None, user_id: UUID | None = None) -> QuerySet[AccessKey]:
    """API keys of one account or operator, or of all; sign-in tokens are not included."""
    rows = AccessKey.objects.filter(_given(account_id=account_id, user_id=user_id), kind=KeyKind.API_KEY.value)
    return rows.select_related("user").defer("user__password", "secret_hash")


def find_invitations(
    *, account_id: UUID | None = None, status: str | None = None, kind: str | None = None
) -> QuerySet[Invitation]:
    """Invitations of one account, or of all; `kind` selects operators' or accounts' invitations."""
    rows = Invitation.objects.filter(_given(account_id=account_id))
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


def account_names(account_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of these accounts by id."""
    return dict(Account.objects.filter(id__in=account_ids).values_list("id", "name"))


def account_with_code(code: str) -> Account | None:
    """The account with this code, if there is one."""
    return Account.objects.filter(code=code).first()


def emails_of(user_ids: Collection[UUID]) -> dict[UUID, str]:
    """E-mail addresses by user id; until they accept, invited people are known by the invitation's id."""
    emails = dict(Invitation.objects.filter(id__in=user_ids).values_list("id", "email"))
    return emails | dict(User.objects.filter(id__in=user_ids).values_list("id", "email"))


def get_person(user_id: UUID) -> User:
    """A person's e-mail address and name; raises `User.DoesNotExist`."""
    return User.objects.only("email", "name").get(id=user_id)


def _kind(kind: str) -> Q:
    return Q(account=PLATFORM_ID) if kind == "operator" else ~Q(account=PLATFORM_ID)


def _given(**filters: Any) -> Q:
    return Q(**{name: value for name, value in filters.items() if value is not None})
