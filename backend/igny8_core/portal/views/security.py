"""Your own sign-in: password, second step and sessions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.business.platform.domain.totp import app_uri
from igny8_core.business.platform.public import change_password, end_other_sign_ins, end_sign_in, second_factors
from igny8_core.kit.errors import AppError, ErrorKind, NotFound
from igny8_core.portal import pages
from igny8_core.portal.forms import ChangePasswordForm, CodeForm
from igny8_core.portal.sign_ins import passkey_rows, sign_in_rows
from igny8_core.portal.views.base import SHOWN_IN_FORM, AccountPage, Done, show_at_field
from igny8_core.portal.views.signing_in import count_attempt, status_in_form
from igny8_core.portal.ways import picture

ISSUER = "IGNY8 Billing"


class Security(AccountPage):
    """What protects the sign-in, and the form for a new password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return self.page("portal/security.html", lambda: self._document(ChangePasswordForm()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Change the password; all other sessions end."""
        form, principal = ChangePasswordForm(request.POST), self.visit.principal
        if form.is_valid():
            count_attempt(request, str(self.visit.person.id))

        def operation() -> Done:
            change_password(
                user_id=self.visit.person.id,
                current=form.cleaned_data["secret_current"],
                new=form.cleaned_data["secret_new"],
                keep_key_id=principal.key_id,
            )
            return Done(reverse("portal:security"), "password")

        answer = self.submit(form, operation)
        return answer or self.page("portal/security.html", lambda: self._document(form), status=400)

    def _document(self, form: ChangePasswordForm) -> dict[str, Any]:
        return {
            "form": form,
            "two_step": second_factors.has_second_factor(self.visit.person.id),
            "passkeys": passkey_rows(self.visit.person.id, self.visit.locale),
            "sign_ins": sign_in_rows(self.visit),
        }


class EndSignIn(AccountPage):
    """The button beside a session."""

    def post(self, request: HttpRequest, family_id: UUID) -> HttpResponse:
        """Sign out that session."""

        def operation() -> Done:
            end_sign_in(user_id=self.visit.person.id, account_id=self.visit.account.id, family_id=family_id)
            return Done(reverse("portal:security"), "sign_in_ended")

        return self.act(operation)


class EndOtherSignIns(AccountPage):
    """The button below the sessions."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign out all other sessions."""

        def operation() -> Done:
            key_id = self.visit.principal.key_id
            end_other_sign_ins(user_id=self.visit.person.id, account_id=self.visit.account.id, but=key_id)
            return Done(reverse("portal:security"), "sign_ins_ended")

        return self.act(operation)


class TwoStep(AccountPage):
    """Turn two-step sign-in on: scan, enter a first code, keep the recovery codes."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The code to scan, if the set-up was started."""
        return self._render_form(CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Confirm with a first code; the recovery codes are only shown in this answer."""
        form, user_id, account_id = CodeForm(request.POST), self.visit.person.id, self.visit.account.id

        def confirmed(code: str) -> HttpResponse:
            codes = self.attempt(lambda: second_factors.confirm(user_id=user_id, account_id=account_id, code=code))
            return self.page("portal/recovery_codes.html", lambda: {"codes": codes})

        return _with_code(form, confirmed, lambda status: self._render_form(form, status=status))

    def _render_form(self, form: CodeForm, *, status: int = 200) -> HttpResponse:
        return self.page("portal/two_step.html", lambda: self._document(form), status=status)

    def _document(self, form: CodeForm) -> dict[str, Any]:
        secret = second_factors.unconfirmed_secret(self.visit.person.id)
        uri = app_uri(secret, email=self.visit.person.email, issuer=ISSUER)
        return {"form": form, "secret": secret, "qr": picture(uri)}


class TwoStepBegin(AccountPage):
    """The button that creates a secret."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Create it and show it."""

        def operation() -> Done:
            second_factors.begin(user_id=self.visit.person.id, account_id=self.visit.account.id)
            return Done(reverse("portal:two-step"))

        return self.act(operation)


class TwoStepOff(AccountPage):
    """Turn it off with a code."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self._render_form(CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Turn it off."""
        form, user_id = CodeForm(request.POST), self.visit.person.id

        def removed(code: str) -> HttpResponse:
            self.attempt(lambda: second_factors.remove(user_id=user_id, code=code))
            return self.go(Done(reverse("portal:security"), "two_step_off"))

        return _with_code(form, removed, lambda status: self._render_form(form, status=status))

    def _render_form(self, form: CodeForm, *, status: int = 200) -> HttpResponse:
        return self.page("portal/two_step_off.html", lambda: {"form": form}, status=status)


def _with_code(form: CodeForm, act: Callable[[str], HttpResponse], show: Callable[[int], HttpResponse]) -> HttpResponse:
    """Use the code of a form, or show the form again; if it is already in the wanted state no code is needed."""
    status = 400
    if form.is_valid():
        try:
            return act(form.cleaned_data["code"])
        except NotFound:
            return pages.go(reverse("portal:security"))
        except AppError as error:
            if error.kind not in SHOWN_IN_FORM | {ErrorKind.THROTTLED}:
                raise
            show_at_field(form, error)
            status = status_in_form(error)
    return show(status)
