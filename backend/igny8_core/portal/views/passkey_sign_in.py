"""Sign in with a passkey: it identifies its person and counts as password and code together."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.business.platform.domain.errors import InvalidPasskey
from igny8_core.business.platform.domain.passkeys import presented
from igny8_core.business.platform.edge import passkey_browser
from igny8_core.business.platform.public import Challenge
from igny8_core.business.platform.public import passkeys as platform_passkeys
from igny8_core.http import context
from igny8_core.kit.errors import AppError
from igny8_core.portal import pages, sentences
from igny8_core.portal.forms import PasskeyForm, SignInForm
from igny8_core.portal.views.base import Page
from igny8_core.portal.views.signing_in import TOLD_IN_FORM, count_attempt, enter, show_sign_in, status_in_form

SIGN_IN = {"purpose": "sign_in"}


class PasskeyOptions(Page):
    """The request for the browser's authenticators, fetched when somebody wants to sign in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A new challenge, in the answer and in its cookie."""
        challenge = Challenge.new()
        options = platform_passkeys.begin_sign_in(place=passkey_browser.place_of(request), challenge=challenge)
        return passkey_browser.options_answer(request, options, challenge, bound_to=SIGN_IN)


class PasskeySignIn(Page):
    """The authenticator's answer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """There is no page: signing in begins on its own page."""
        return pages.go(reverse("portal:sign-in"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Verify it and open the session."""
        form = PasskeyForm(request.POST)
        try:
            if not form.is_valid():
                raise InvalidPasskey
            credential, lasting = form.cleaned_data["credential"], form.cleaned_data["lasting"]
            count_attempt(request, presented(credential).credential_id.hex())
            session = platform_passkeys.sign_in(
                place=passkey_browser.place_of(request),
                challenge=passkey_browser.read_challenge(request, bound_to=SIGN_IN),
                credential=credential,
                lasting=lasting,
                request_id=context.request_id(),
            )
            response = enter(request, session, lasting=lasting)
        except AppError as error:
            if error.kind not in TOLD_IN_FORM:
                raise
            response = _refused(request, error)
        passkey_browser.delete_challenge(response)
        return response


def _refused(request: HttpRequest, error: AppError) -> HttpResponse:
    document = {"refusal": sentences.refusal(error)}
    return show_sign_in(request, SignInForm(), document, status=status_in_form(error))
