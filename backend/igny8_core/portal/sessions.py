"""From the session cookie to the visitor: one look-up, and nothing kept in memory."""

from dataclasses import dataclass

from babel import Locale
from django.http import HttpRequest, HttpResponse

from igny8_core.accounts.models import Account, User
from igny8_core.accounts.principals import Principal
from igny8_core.accounts.roles import AccountRole, includes
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.public import NewSession
from igny8_core.http.sessions import COOKIE, principal_of_cookie
from igny8_core.kit import clock
from igny8_core.kit.errors import AccountRequired


@dataclass(frozen=True, slots=True)
class Visit:
    """The visitor of a page, and their locale for money and dates."""

    principal: Principal
    account: Account
    person: User
    locale: Locale

    @property
    def scope(self) -> Scope:
        """The rows that this visitor may see."""
        return Scope.tenant(self.account.id)

    @property
    def may_pay(self) -> bool:
        """Whether the role allows paying, cancelling and uploading."""
        return includes(self.principal.role, AccountRole.MEMBER)

    @property
    def may_buy(self) -> bool:
        """Whether the role allows purchases and saved payment methods."""
        return includes(self.principal.role, AccountRole.ADMIN)

    @property
    def may_manage(self) -> bool:
        """Whether the role allows managing people and keys."""
        return includes(self.principal.role, AccountRole.OWNER)


def principal_of(request: HttpRequest) -> Principal:
    """The principal of the request's cookie, who is a user of an account.

    Raises `Unauthenticated`, `AccountSuspended`, `UserSuspended`, `AccountRequired`.
    """
    principal = principal_of_cookie(request)
    if principal.account is None:
        raise AccountRequired
    return principal


def remember(response: HttpResponse, session: NewSession, *, secure: bool, lasting: bool) -> None:
    """Set the session cookie; without `lasting` it ends when the browser closes."""
    seconds = int((session.expires_at - clock.now()).total_seconds()) if lasting else None
    response.set_cookie(COOKIE, session.secret, max_age=seconds, secure=secure, httponly=True, samesite="Lax")


def forget(response: HttpResponse) -> None:
    """Delete the session cookie."""
    response.delete_cookie(COOKIE, samesite="Lax")
