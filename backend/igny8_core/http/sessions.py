"""A browser's session: an access key in a cookie, looked up on each request and revocable immediately."""

from django.http import HttpRequest, HttpResponse
from rest_framework.authentication import CSRFCheck

from igny8_core.accounts.keys import KeyKind
from igny8_core.accounts.principals import Principal
from igny8_core.http.credentials import principal_of_secret
from igny8_core.kit.errors import Forbidden

COOKIE = "igny8_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def principal_of_cookie(request: HttpRequest) -> Principal:
    """The principal of the request's session. Raises `Unauthenticated`, `AccountSuspended`, `UserSuspended`."""
    return principal_of_secret(request.COOKIES.get(COOKIE, ""), kinds=(KeyKind.SESSION,))


def ensure_own_page(request: HttpRequest) -> None:
    """Refuse a change that another site could have sent with the browser's cookie: the CSRF token header must match.

    Raises `Forbidden`. The body is not read, so that the view can still read it.
    """
    if request.method in SAFE:
        return
    probe = HttpRequest()
    probe.method, probe.META, probe.COOKIES = request.method, request.META, request.COOKIES
    check = CSRFCheck(HttpResponse)
    check.process_request(probe)
    if check.process_view(probe, HttpResponse, (), {}) is not None:
        raise Forbidden("A request with a session cookie must also send the X-CSRFToken header.")
