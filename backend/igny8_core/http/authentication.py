"""From `Authorization: Bearer …` to a principal: one indexed query, nothing cached, so that revoking works at once."""

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from igny8_core.accounts.keys import BEARER_KINDS
from igny8_core.accounts.lookups import look_up_secret, touch_key
from igny8_core.accounts.principals import Principal
from igny8_core.kit.errors import AccountSuspended, AppError, Unauthenticated, UserSuspended

MAX_SECRET_LENGTH = 200
REFUSALS: dict[str, type[AppError]] = {
    "account_suspended": AccountSuspended,
    "user_suspended": UserSuspended,
}


class BearerAuthentication(BaseAuthentication):
    """API keys and access tokens."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        """The principal of the presented credential; None when none is presented."""
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        return principal_of(header), None

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="api"'


def principal_of(header: str) -> Principal:
    """Check an Authorization header; raises `Unauthenticated`, `AccountSuspended` or `UserSuspended`."""
    scheme, _, secret = header.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret or len(secret) > MAX_SECRET_LENGTH:
        raise Unauthenticated
    presented = look_up_secret(secret)
    if presented is None or presented.principal.kind not in BEARER_KINDS:
        raise Unauthenticated
    if presented.refusal:
        raise REFUSALS.get(presented.refusal, Unauthenticated)
    if presented.stale:
        touch_key(presented.principal.key_id)
    return presented.principal


def client_address(request: HttpRequest | Request, *, trusted_proxies: int) -> str:
    """The caller's address: the socket's, or with N trusted proxies the N-th from the right of X-Forwarded-For."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if trusted_proxies < 1 or len(forwarded) < trusted_proxies:
        return remote
    return str(forwarded[-trusted_proxies])
