"""The link in an invitation mail: its reader becomes a user, with a password or a passkey."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from igny8_core.business.platform.domain.errors import InvalidPasskey
from igny8_core.business.platform.edge import passkey_browser
from igny8_core.business.platform.public import Challenge, MadePasskey, acceptance
from igny8_core.http import context
from igny8_core.http.authentication import client_address
from igny8_core.http.errors import status_of
from igny8_core.http.throttling import throttle
from igny8_core.kit.errors import AppError, ValidationError
from igny8_core.portal import pages, sentences
from igny8_core.portal.forms import AcceptByPasskeyForm, AcceptForm
from igny8_core.portal.views.base import SHOWN_IN_FORM, Page, show_at_field
from igny8_core.portal.views.signing_in import enter


class Invitation(Page):
    """The invitation and the form to accept it; opening the page changes nothing."""

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A link that is no longer valid shows the reason instead of the form."""
        if request.method == "POST":
            throttle("login_address", client_address(request, trusted_proxies=settings.ENV.trusted_proxies))
        try:
            return super().serve(request, *args, **kwargs)
        except AppError as error:
            if error.kind not in SHOWN_IN_FORM:
                raise
            document = {"over": sentences.refusal(error)}
            return pages.render(request, "portal/invitation.html", document, status=status_of(error))

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """The form."""
        return self.render_form(token, None)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Accept with a password, and sign in."""
        form = AcceptForm(request.POST)
        if not form.is_valid():
            return self.render_form(token, form, status=400)
        try:
            session = acceptance.accept_with_password(token=token, request_id=context.request_id(), **form.cleaned_data)
        except ValidationError as error:
            show_at_field(form, error)
            return self.render_form(token, form, status=400)
        return enter(request, session, lasting=False)

    def render_form(self, token: str, form: AcceptForm | None, *, refusal: str = "", status: int = 200) -> HttpResponse:
        """The page for a valid link."""
        invited = acceptance.open_invitation(token)
        document = {
            "invited": invited,
            "form": form or AcceptForm(initial={"name": invited.name}),
            "token": token,
            "refusal": refusal,
        }
        return pages.render(self.request, "portal/invitation.html", document, status=status)


class InvitationPasskeyOptions(Page):
    """The options for creating the new person's passkey, fetched when they choose one."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """A new challenge, in the answer and in its cookie."""
        challenge = Challenge.new()
        options = acceptance.begin_passkey(token=token, place=passkey_browser.place_of(request), challenge=challenge)
        return passkey_browser.options_answer(request, options, challenge, bound_to=_bound_to(token))


class InvitationByPasskey(Invitation):
    """The new passkey from the authenticator."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """There is no page: it begins with the form."""
        return pages.go(reverse("portal:invitation", args=[token]))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Accept with the passkey, and sign in."""
        form = AcceptByPasskeyForm(request.POST)
        try:
            if not form.is_valid():
                raise InvalidPasskey
            made = MadePasskey(
                name=gettext("My first passkey"),
                place=passkey_browser.place_of(request),
                challenge=passkey_browser.read_challenge(request, bound_to=_bound_to(token)),
                credential=form.cleaned_data["credential"],
            )
            session = acceptance.accept_with_passkey(
                token=token, name=form.cleaned_data["name"], made=made, request_id=context.request_id()
            )
            response = enter(request, session, lasting=False)
        except InvalidPasskey as error:
            response = self.render_form(token, None, refusal=sentences.refusal(error), status=400)
        passkey_browser.delete_challenge(response)
        return response


def _bound_to(token: str) -> dict[str, str]:
    """What the challenge for a new person's passkey is bound to: this link."""
    return {"purpose": "accept", "token": token}
