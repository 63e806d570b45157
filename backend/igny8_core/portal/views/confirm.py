"""Confirm your identity again, by password or passkey, before creating a permanent credential."""

from django.http import HttpRequest, HttpResponse

from igny8_core.business.platform.domain.errors import InvalidPasskey
from igny8_core.business.platform.edge import passkey_browser
from igny8_core.business.platform.public import Challenge, prove_by_passkey, prove_by_password
from igny8_core.business.platform.public import passkeys as platform_passkeys
from igny8_core.http import context
from igny8_core.kit.errors import AppError
from igny8_core.portal import pages, sentences
from igny8_core.portal.forms import ConfirmForm, PasskeyForm
from igny8_core.portal.views.base import SHOWN_IN_FORM, AccountPage, show_at_field
from igny8_core.portal.views.signing_in import count_attempt


class Confirm(AccountPage):
    """Ask for the password or passkey, then return to the page that required it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self.render_form(ConfirmForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the password."""
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return self.render_form(form, status=400)
        count_attempt(request, str(self.visit.person.id))
        password = form.cleaned_data["secret_password"]
        try:
            prove_by_password(self.visit.principal, password=password, request_id=context.request_id())
        except AppError as error:
            if error.kind not in SHOWN_IN_FORM:
                raise
            show_at_field(form, error)
            return self.render_form(form, status=400)
        return self.on()

    def on(self) -> HttpResponse:
        """Return to the page that required it."""
        return pages.go(pages.local_path(self.request.POST.get("next", "")))

    def render_form(self, form: ConfirmForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
        """The page; it remembers where the reader wanted to go."""
        requested = self.request.POST.get("next", "") or self.request.GET.get("next", "")
        document = {"form": form, "next": pages.local_path(requested), "refusal": refusal}
        return self.page("portal/confirm.html", lambda: document, status=status)

    @property
    def bound_to(self) -> dict[str, str]:
        """What the passkey's challenge is bound to here: this session."""
        return {"purpose": "confirm", "session": str(self.visit.principal.key_id)}


class ConfirmOptions(Confirm):
    """The request for the browser's authenticators."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A new challenge, in the answer and in its cookie."""
        challenge = Challenge.new()
        options = platform_passkeys.begin_sign_in(place=passkey_browser.place_of(request), challenge=challenge)
        return passkey_browser.options_answer(request, options, challenge, bound_to=self.bound_to)


class ConfirmByPasskey(Confirm):
    """The authenticator's answer."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Verify that it is from the person's own passkey."""
        form = PasskeyForm(request.POST)
        count_attempt(request, str(self.visit.person.id))
        try:
            if not form.is_valid():
                raise InvalidPasskey
            prove_by_passkey(
                self.visit.principal,
                place=passkey_browser.place_of(request),
                challenge=passkey_browser.read_challenge(request, bound_to=self.bound_to),
                credential=form.cleaned_data["credential"],
                request_id=context.request_id(),
            )
            response = self.on()
        except InvalidPasskey as error:
            response = self.render_form(ConfirmForm(), refusal=sentences.refusal(error), status=400)
        passkey_browser.delete_challenge(response)
        return response
