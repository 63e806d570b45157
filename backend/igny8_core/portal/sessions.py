"""From the session's cookie to who is visiting: one look-up, nothing kept in memory."""

from dataclasses import dataclass

from babel import Locale
from django.http import HttpRequest, HttpResponse

from igny8_core.accounts.keys import KeyKind
from igny8_core.accounts.lookups import look_up_secret, touch_key
from igny8_core.accounts.models import Account, User
from igny8_core.accounts.principals import Principal
from igny8_core.accounts.roles import AccountRole, includes
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.services.web_sessions import NewSession
from igny8_core.kit import clock
from igny8_core.kit.errors import AccountRequired, AccountSuspended, AppError, Unauthenticated, UserSuspended

COOKIE = "igny8_session"
MAX_SECRET_LENGTH = 200
REFUSALS: dict[str, type[AppError]] = {"account_suspended": AccountSuspended, "user_suspended": UserSuspended}


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
    secret = request.COOKIES.get(COOKIE, "")
    if not secret or len(secret) > MAX_SECRET_LENGTH:
        raise Unauthenticated
    presented = look_up_secret(secret)
    if presented is None or presented.principal.kind is not KeyKind.SESSION:
        raise Unauthenticated
    if presented.refusal:
        raise REFUSALS.get(presented.refusal, Unauthenticated)
    if presented.stale:
        touch_key(presented.principal.key_id)
    if presented.principal.account is None:
        raise AccountRequired
    return presented.principal


def remember(response: HttpResponse, session: NewSession, *, secure: bool, lasting: bool) -> None:
    """Put the session into the browser; without `lasting` it goes when the browser closes."""
    seconds = int((session.expires_at - clock.now()).total_seconds()) if lasting else None
    response.set_cookie(COOKIE, session.secret, max_age=seconds, secure=secure, httponly=True, samesite="Lax")


def forget(response: HttpResponse) -> None:
    """Take the session out of the browser."""
    response.delete_cookie(COOKIE, samesite="Lax")
