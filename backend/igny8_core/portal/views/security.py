"""One's own sign-in: the password, and the second step."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.business.platform.domain.totp import app_uri
from igny8_core.business.platform.services import second_factors
from igny8_core.business.platform.services.credentials import change_password
from igny8_core.portal.forms import ChangePasswordForm, CodeForm
from igny8_core.portal.passkeys import passkey_rows
from igny8_core.portal.views.base import AccountPage, Done
from igny8_core.portal.ways import picture

ISSUER = "IGNY8 Billing"


class Security(AccountPage):
    """What protects the sign-in, and the form for a new password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return self.page("portal/security.html", lambda: self._document(ChangePasswordForm()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Change the password; other sessions end."""
        form, principal = ChangePasswordForm(request.POST), self.visit.principal

        def operation() -> Done:
            change_password(
                user_id=_user_id(self),
                current=form.cleaned_data["secret_current"],
                new=form.cleaned_data["secret_new"],
                keep_key_id=principal.key_id,
            )
            return Done(reverse("portal:security"), "password")

        answer = self.submit(form, operation)
        return answer or self.page("portal/security.html", lambda: self._document(form), status=400)

    def _document(self, form: ChangePasswordForm) -> dict[str, Any]:
        return {"form": form, "two_step": second_factors.has_second_factor(_user_id(self)),
                "passkeys": passkey_rows(_user_id(self), self.visit.locale)}  # fmt: skip


class TwoStep(AccountPage):
    """Switch two-step sign-in on: scan, type a first code, keep the recovery codes."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The code to scan; begun before, or not at all."""
        return self.page("portal/two_step.html", lambda: self._document(CodeForm()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Confirm with a first code; the recovery codes are shown in this answer alone."""
        form, codes = CodeForm(request.POST), list[str]()

        def operation() -> Done:
            account_id = self.visit.account.id
            code = form.cleaned_data["code"]
            codes[:] = second_factors.confirm(user_id=_user_id(self), account_id=account_id, code=code)
            return Done(reverse("portal:security"))

        answer = self.submit(form, operation)
        if answer is None:
            return self.page("portal/two_step.html", lambda: self._document(form), status=400)
        return self.page("portal/recovery_codes.html", lambda: {"codes": codes}) if codes else answer

    def _document(self, form: CodeForm) -> dict[str, Any]:
        secret = second_factors.unconfirmed_secret(_user_id(self))
        uri = app_uri(secret, email=self.visit.person.email, issuer=ISSUER)
        return {"form": form, "secret": secret, "qr": picture(uri)}


class TwoStepBegin(AccountPage):
    """The button that makes a secret."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it, and show it."""

        def operation() -> Done:
            second_factors.begin(user_id=_user_id(self), account_id=self.visit.account.id)
            return Done(reverse("portal:two-step"))

        return self.act(operation)


class TwoStepOff(AccountPage):
    """Switch it off again, with a code."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self.page("portal/two_step_off.html", lambda: {"form": CodeForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Switch it off."""
        form = CodeForm(request.POST)

        def operation() -> Done:
            code = form.cleaned_data["code"]
            second_factors.remove(user_id=_user_id(self), account_id=self.visit.account.id, code=code)
            return Done(reverse("portal:security"), "two_step_off")

        answer = self.submit(form, operation)
        return answer or self.page("portal/two_step_off.html", lambda: {"form": form}, status=400)


def _user_id(page: AccountPage) -> UUID:
    user_id = page.visit.principal.user_id
    assert user_id is not None, "sessions are people's"
    return user_id
