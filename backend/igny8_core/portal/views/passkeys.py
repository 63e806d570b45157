"""Your own passkeys: the list, and adding one, which an unattended session cannot do."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.business.platform.domain.errors import InvalidPasskey
from igny8_core.business.platform.edge import passkey_browser
from igny8_core.business.platform.public import has_proven
from igny8_core.business.platform.public import passkeys as platform_passkeys
from igny8_core.kit.errors import AppError, ErrorKind
from igny8_core.portal import pages, sentences
from igny8_core.portal.forms import AddPasskeyForm, PasskeyForm
from igny8_core.portal.sign_ins import passkey_rows
from igny8_core.portal.views.base import SHOWN_IN_FORM, AccountPage, show_at_field

TOLD = SHOWN_IN_FORM - {ErrorKind.KEY_REUSED}


class Passkeys(AccountPage):
    """The list, and the form to add one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return self.listed(AddPasskeyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Accept the name, then continue with the authenticator."""
        form = AddPasskeyForm(request.POST)
        if not form.is_valid():
            return self.listed(form, status=400)
        place, name = passkey_browser.place_of(request), form.cleaned_data["name"]
        try:
            options, challenge = self.attempt(
                lambda: platform_passkeys.begin_adding(user_id=self.visit.person.id, place=place)
            )
        except AppError as error:
            if error.kind not in TOLD:
                raise
            show_at_field(form, error)
            return self.listed(form, status=400)
        response = self.page("portal/passkey_new.html", lambda: {"options": options, "name": name})
        passkey_browser.set_challenge(response, request, challenge, bound_to=self.bound_to(name))
        return response

    def bound_to(self, name: str) -> dict[str, str]:
        """What the challenge for a new passkey is bound to: this session and this name."""
        return {"purpose": "add", "session": str(self.visit.principal.key_id), "name": name}

    def listed(self, form: AddPasskeyForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
        """The existing passkeys, and the form."""

        def document() -> dict[str, Any]:
            rows = passkey_rows(self.visit.person.id, self.visit.locale)
            return {"form": form, "passkeys": rows, "refusal": refusal, "proven": has_proven(self.visit.principal)}

        return self.page("portal/passkeys.html", document, status=status)


class AddPasskey(Passkeys):
    """The new passkey from the authenticator."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """There is no page: it begins with the form."""
        return pages.go(reverse("portal:passkeys"))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Verify and store it."""
        form, name = PasskeyForm(request.POST), request.POST.get("name", "")

        def operation() -> None:
            if not form.is_valid():
                raise InvalidPasskey
            platform_passkeys.add(
                user_id=self.visit.person.id,
                account_id=self.visit.account.id,
                name=name,
                challenge=passkey_browser.read_challenge(request, bound_to=self.bound_to(name)),
                place=passkey_browser.place_of(request),
                credential=form.cleaned_data["credential"],
            )

        try:
            self.attempt(operation)
            response = pages.go(reverse("portal:passkeys"), notice="passkey_added")
        except AppError as error:
            if error.kind not in TOLD:
                raise
            response = self.listed(AddPasskeyForm(), refusal=sentences.refusal(error), status=400)
        passkey_browser.delete_challenge(response)
        return response


class RemovePasskey(AccountPage):
    """The button beside a passkey."""

    def post(self, request: HttpRequest, passkey_id: UUID) -> HttpResponse:
        """Remove it."""
        self.attempt(lambda: platform_passkeys.remove(user_id=self.visit.person.id, passkey_id=passkey_id))
        return pages.go(reverse("portal:passkeys"), notice="passkey_removed")
