"""Authenticates API calls: an Authorization header, or a browser session together with the CSRF token of its pages."""

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from igny8_core.accounts.keys import BEARER_KINDS
from igny8_core.accounts.principals import Principal
from igny8_core.http.credentials import principal_of_secret
from igny8_core.http.sessions import COOKIE, ensure_own_page, principal_of_cookie
from igny8_core.kit.errors import Unauthenticated


class BearerAuthentication(BaseAuthentication):
    """API keys and access tokens; without either, a browser's session."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        """The principal of the presented credential; None if there is none."""
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is not None:
            return principal_of(header), None
        if COOKIE not in request.COOKIES:
            return None
        principal = principal_of_cookie(request._request)
        ensure_own_page(request._request)
        return principal, None

    def authenticate_header(self, request: Request) -> str:
        """The WWW-Authenticate header of a 401."""
        return 'Bearer realm="api"'


def principal_of(header: str) -> Principal:
    """Check an Authorization header; raises `Unauthenticated`, `AccountSuspended` or `UserSuspended`."""
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated
    return principal_of_secret(secret.strip(), kinds=BEARER_KINDS)


def client_address(request: HttpRequest | Request, *, trusted_proxies: int) -> str:
    """The caller's address: the socket's, or with N trusted proxies the N-th from the right of X-Forwarded-For."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if trusted_proxies < 1 or len(forwarded) < trusted_proxies:
        return remote
    return str(forwarded[-trusted_proxies])
