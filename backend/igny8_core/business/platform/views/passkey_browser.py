"""Shared by the passkey pages of portal and console: the browser's host and origin, and the challenge's cookie."""

from base64 import b64decode, b64encode
from datetime import datetime
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse

from igny8_core.business.platform.domain.errors import InvalidPasskey
from igny8_core.business.platform.domain.passkeys import Place
from igny8_core.business.platform.services.passkeys import CHALLENGE_LIFETIME, Challenge

COOKIE = "igny8_passkey"
SALT = "portal.passkey"
MAX_CREDENTIAL = 20_000
"""Maximum length of a browser's answer."""


def place_of(request: HttpRequest) -> Place:
    """The host that the browser requested, which is one of ours, and the origin of our pages there."""
    host = request.get_host()
    return Place(host.rsplit(":", 1)[0] if not host.endswith("]") else host, f"{request.scheme}://{host}")


def set_challenge(
    response: HttpResponse, request: HttpRequest, challenge: Challenge, *, bound_to: dict[str, str]
) -> None:
    """Set a cookie with the challenge, signed together with its purpose."""
    document = {
        "value": b64encode(challenge.value).decode(),
        "made_at": challenge.made_at.isoformat(),
        "mark": challenge.mark,
    }
    response.set_cookie(
        COOKIE,
        signing.dumps({**document, "for": bound_to}, salt=SALT),
        secure=request.is_secure(),
        httponly=True,
        max_age=int(CHALLENGE_LIFETIME.total_seconds()),
        samesite="Strict",
    )


def options_answer(
    request: HttpRequest, options: str, challenge: Challenge, *, bound_to: dict[str, str]
) -> HttpResponse:
    """The answer to a page's script that begins a ceremony: the options, and the challenge in its cookie."""
    response = HttpResponse(options, content_type="application/json")
    response["Cache-Control"] = "no-store, private"
    set_challenge(response, request, challenge, bound_to=bound_to)
    return response


def read_challenge(request: HttpRequest, *, bound_to: dict[str, str]) -> Challenge:
    """The challenge of this ceremony and no other. Raises `InvalidPasskey`."""
    try:
        document: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=CHALLENGE_LIFETIME)
    except signing.BadSignature as error:
        raise InvalidPasskey from error
    if document["for"] != bound_to:
        raise InvalidPasskey
    value, made_at = b64decode(document["value"]), datetime.fromisoformat(document["made_at"])
    return Challenge(value, made_at, document["mark"])


def delete_challenge(response: HttpResponse) -> None:
    """Delete the challenge when a ceremony has ended, successfully or not."""
    response.delete_cookie(COOKIE, samesite="Strict")
