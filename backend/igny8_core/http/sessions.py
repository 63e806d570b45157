"""A browser's session: an access key carried by a cookie, looked up anew on each request and revocable at once."""

from django.http import HttpRequest

from igny8_core.accounts.keys import KeyKind
from igny8_core.accounts.lookups import look_up_secret, touch_key
from igny8_core.accounts.principals import Principal
from igny8_core.http.authentication import MAX_SECRET_LENGTH, REFUSALS
from igny8_core.kit.errors import Unauthenticated

COOKIE = "igny8_session"


def principal_of_cookie(request: HttpRequest) -> Principal:
    """Whose session the request carries. Raises `Unauthenticated`, `AccountSuspended`, `UserSuspended`."""
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
    return presented.principal
