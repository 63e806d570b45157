"""From the session's cookie to who is visiting: one look-up, nothing kept in memory."""

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
    """Who looks at a page, and in which manner money and dates are written for them."""

    principal: Principal
    account: Account
    person: User
    locale: Locale

    @property
    def scope(self) -> Scope:
        """The rows this visit may see."""
        return Scope.tenant(self.account.id)

    @property
    def may_pay(self) -> bool:
        """Whether the role includes paying, cancelling and uploading."""
        return includes(self.principal.role, AccountRole.MEMBER)

    @property
    def may_buy(self) -> bool:
        """Whether the role includes purchases and saved methods."""
        return includes(self.principal.role, AccountRole.ADMIN)

    @property
    def may_manage(self) -> bool:
        """Whether the role includes people and keys."""
        return includes(self.principal.role, AccountRole.OWNER)


def principal_of(request: HttpRequest) -> Principal:
    """The principal of the request's cookie, an account's person.

    Raises `Unauthenticated`, `AccountSuspended`, `UserSuspended`, `AccountRequired`.
    """
    principal = principal_of_cookie(request)
    if principal.account is None:
        raise AccountRequired
    return principal


def remember(response: HttpResponse, session: NewSession, *, secure: bool, lasting: bool) -> None:
    """Put the session into the browser; without `lasting` it goes when the browser closes."""
    seconds = int((session.expires_at - clock.now()).total_seconds()) if lasting else None
    response.set_cookie(COOKIE, session.secret, max_age=seconds, secure=secure, httponly=True, samesite="Lax")


def forget(response: HttpResponse) -> None:
    """Take the session out of the browser."""
    response.delete_cookie(COOKIE, samesite="Lax")
