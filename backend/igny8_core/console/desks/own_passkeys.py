"""An operator's own passkeys: created, listed, removed, and used to confirm the operator's identity."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_POST

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.business.platform.domain.errors import InvalidPasskey
from igny8_core.business.platform.edge import passkey_browser
from igny8_core.business.platform.public import Challenge, passkeys, prove_by_passkey
from igny8_core.console.desks.frame import decide, desk, render_desk
from igny8_core.console.desks.own_sign_in import (
    EVERYBODY,
    count_attempt,
    local_path,
    on,
    show_confirm,
    show_overview,
)
from igny8_core.console.operators import operator_of
from igny8_core.http import context
from igny8_core.kit.errors import NotFound

MAX_NAME = 60


@desk(EVERYBODY)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Accept the name, then continue with the authenticator."""
    name, place, begun = request.POST.get("name", "").strip(), passkey_browser.place_of(request), list[Any]()
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        return show_overview(request, f"Give the passkey a name of at most {MAX_NAME} characters.")

    def operation() -> None:
        begun.extend(passkeys.begin_adding(user_id=operator_of(request).id, place=place))

    refused = decide(request, operation)
    if refused:
        return show_overview(request, refused)
    options, challenge = begun
    response = render_desk(request, "console/passkey_new.html", lambda: {"options": options, "name": name})
    passkey_browser.set_challenge(response, request, challenge, bound_to=_bound_to(request, "add", name))
    return response


@desk(EVERYBODY)
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Verify and store what the authenticator created."""
    name = request.POST.get("name", "")

    def operation() -> None:
        passkeys.add(
            user_id=operator_of(request).id,
            account_id=PLATFORM_ID,
            name=name,
            place=passkey_browser.place_of(request),
            challenge=passkey_browser.read_challenge(request, bound_to=_bound_to(request, "add", name)),
            credential=_credential(request),
        )

    refused = decide(request, operation)
    response = show_overview(request, refused) if refused else on(request, "Your passkey is ready.")
    passkey_browser.delete_challenge(response)
    return response


@desk(EVERYBODY)
@require_POST
def remove(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Remove a passkey."""
    if decide(request, lambda: passkeys.remove(user_id=operator_of(request).id, passkey_id=passkey_id)):
        raise NotFound
    return on(request, "This passkey no longer works.")


@desk(EVERYBODY)
@require_GET
def confirm_options(request: HttpRequest) -> HttpResponse:
    """The request for the browser's authenticators."""
    challenge = Challenge.new()
    options = passkeys.begin_sign_in(place=passkey_browser.place_of(request), challenge=challenge)
    return passkey_browser.options_answer(request, options, challenge, bound_to=_bound_to(request, "confirm"))


@desk(EVERYBODY)
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Verify that the answer is from the operator's own passkey, then return to the page that required it."""
    count_attempt(request)
    response: HttpResponse
    try:
        prove_by_passkey(
            operator_of(request).principal,
            place=passkey_browser.place_of(request),
            challenge=passkey_browser.read_challenge(request, bound_to=_bound_to(request, "confirm")),
            credential=_credential(request),
            request_id=context.request_id(),
        )
        response = HttpResponseRedirect(local_path(request.POST.get("next", "")))
    except InvalidPasskey as error:
        response = show_confirm(request, error.message)
    passkey_browser.delete_challenge(response)
    return response


def _credential(request: HttpRequest) -> str:
    answer = request.POST.get("credential", "")
    if len(answer) > passkey_browser.MAX_CREDENTIAL:
        raise InvalidPasskey
    return answer


def _bound_to(request: HttpRequest, purpose: str, name: str = "") -> dict[str, str]:
    """What a challenge is bound to: this session, and the passkey's name if one is created."""
    return {"purpose": purpose, "session": str(operator_of(request).principal.key_id), "name": name}
