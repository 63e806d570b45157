"""One's own passkeys: for the people of an account, and for operators, who have no other page here."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from babel import Locale
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from igny8_core.accounts.models import User
from igny8_core.accounts.principals import Principal
from igny8_core.business.platform.domain.errors import InvalidPasskey
from igny8_core.business.platform.services import passkeys as platform_passkeys
from igny8_core.business.platform.services.credentials import confirm_password
from igny8_core.business.platform.services.passkeys import Challenge
from igny8_core.business.platform.services.sessions import scope_of
from igny8_core.events import unit_of_work
from igny8_core.http import context
from igny8_core.http.sessions import principal_of_cookie
from igny8_core.http.views import actor_of
from igny8_core.kit.errors import AppError, ErrorKind
from igny8_core.kit.locales import locale_of
from igny8_core.portal import pages, passkeys, sentences
from igny8_core.portal.forms import AddPasskeyForm, PasskeyForm
from igny8_core.portal.sessions import Visit
from igny8_core.portal.views.base import SHOWN_IN_FORM, Page, count_call, show_at_field
from igny8_core.portal.views.signing_in import count_attempt

TOLD = SHOWN_IN_FORM - {ErrorKind.KEY_REUSED}


class PersonPage(Page):
    """A page for whoever is signed in, inside the portal's frame or, for operators, outside of it."""

    principal: Principal
    user_id: UUID

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Cookie and throttle; then the handler."""
        self.principal = principal_of_cookie(request)
        assert self.principal.user_id is not None, "sessions are people's"
        self.user_id = self.principal.user_id
        count_call(self.principal, method="get" if request.method in ("GET", "HEAD") else "post")
        return super().serve(request, *args, **kwargs)

    @property
    def locale(self) -> Locale:
        """How dates look to this person."""
        language, account = translation.get_language() or "en", self.principal.account
        return Locale.parse(language) if account is None else locale_of(language, account.country)

    @property
    def bound_to(self) -> dict[str, str]:
        """What a challenge for a new passkey is good for: this session, which has given its password."""
        return {"purpose": "add", "session": str(self.principal.key_id)}

    def shown(self, template: str, document: Callable[[], dict[str, Any]], *, status: int = 200) -> HttpResponse:
        """Read and render in one transaction."""
        account = self.principal.account
        with unit_of_work.read(scope_of(self.principal.account_id)):
            person = User.objects.only("email", "name").get(id=self.user_id)
            self.visit = None if account is None else Visit(self.principal, account, person, self.locale)
            frame = "portal/outside.html" if account is None else "portal/inside.html"
            shown = {"frame": frame, "person": person, **document()}
            return pages.render(self.request, template, shown, visit=self.visit, status=status)

    def change[T](self, operation: Callable[[], T]) -> T:
        """One transaction of this person's."""
        return unit_of_work.run(
            operation,
            scope=scope_of(self.principal.account_id),
            actor=actor_of(self.principal),
            request_id=context.request_id(),
        )


class Passkeys(PersonPage):
    """The list, and the form that begins a new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return self.listed(AddPasskeyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the password: a session that was left open is not enough. Then on to the authenticator."""
        form = AddPasskeyForm(request.POST)
        if not form.is_valid():
            return self.listed(form, status=400)
        count_attempt(request, str(self.user_id))
        try:
            return self._begun(form)
        except AppError as error:
            if error.kind not in TOLD:
                raise
            show_at_field(form, error)
            return self.listed(form, status=400)

    def _begun(self, form: AddPasskeyForm) -> HttpResponse:
        password, name = form.cleaned_data["secret_password"], form.cleaned_data["name"]
        mark = confirm_password(user_id=self.user_id, account_id=self.principal.account_id, password=password)
        place, challenge = passkeys.place_of(self.request), Challenge.new(mark)

        def document() -> dict[str, Any]:
            options = platform_passkeys.begin_adding(user_id=self.user_id, place=place, challenge=challenge)
            return {"options": options, "name": name}

        response = self.shown("portal/passkey_new.html", document)
        passkeys.hand_out(response, self.request, challenge, bound_to={**self.bound_to, "name": name})
        return response

    def listed(self, form: AddPasskeyForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
        """The passkeys there are, and the form."""

        def document() -> dict[str, Any]:
            rows = passkeys.passkey_rows(self.user_id, self.locale)
            return {"form": form, "passkeys": rows, "refusal": refusal}

        return self.shown("portal/passkeys.html", document, status=status)


class AddPasskey(Passkeys):
    """What the authenticator made."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Nothing to see: it begins with the form."""
        return pages.go(reverse("portal:passkeys"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check it and keep it."""
        form, name = PasskeyForm(request.POST), request.POST.get("name", "")

        def operation() -> None:
            if not form.is_valid():
                raise InvalidPasskey
            challenge = passkeys.brought_back(request, bound_to={**self.bound_to, "name": name})
            platform_passkeys.add(
                user_id=self.user_id, account_id=self.principal.account_id, name=name, challenge=challenge,
                place=passkeys.place_of(request), credential=form.cleaned_data["credential"],
            )  # fmt: skip

        try:
            self.change(operation)
            response = pages.go(reverse("portal:passkeys"), notice="passkey_added")
        except AppError as error:
            if error.kind not in TOLD:
                raise
            response = self.listed(AddPasskeyForm(), refusal=sentences.refusal(error), status=400)
        passkeys.take_back(response)
        return response


class RemovePasskey(PersonPage):
    """The button beside a passkey."""

    def post(self, request: HttpRequest, passkey_id: UUID) -> HttpResponse:
        """Take it away."""
        self.change(lambda: platform_passkeys.remove(user_id=self.user_id, passkey_id=passkey_id))
        return pages.go(reverse("portal:passkeys"), notice="passkey_removed")
