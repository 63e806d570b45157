"""The account's saved payment methods: only the last four digits of each."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.public import method_setup, saved_methods
from igny8_core.kit.errors import NotFound
from igny8_core.portal.forms import SavedMethodForm
from igny8_core.portal.views.base import AccountPage, Done

LAST_FOUR = "last_four"
SHOWN = 100


def _method(form: SavedMethodForm) -> method_setup.SavedMethod:
    four = form.cleaned_data[LAST_FOUR]
    return method_setup.SavedMethod(
        payment_method=PaymentMethod(form.cleaned_data["payment_method"]),
        label=form.cleaned_data["label"],
        details={LAST_FOUR: four} if four else {},
    )


class SavedMethods(AccountPage):
    """The list, and the form to add one."""

    roles = {"post": AccountRole.ADMIN}  # noqa: RUF012

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        return self.page("portal/methods.html", lambda: self._document(SavedMethodForm()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save a new one."""
        form = SavedMethodForm(request.POST)

        def operation() -> Done:
            method_setup.save_method(account=self.visit.account, method=_method(form))
            return Done(reverse("portal:methods"), "saved")

        answer = self.submit(form, operation)
        return answer or self.page("portal/methods.html", lambda: self._document(form), status=400)

    def _document(self, form: SavedMethodForm) -> dict[str, Any]:
        return {"saved": saved_methods(self.visit.account)[:SHOWN], "form": form}


class SavedMethod(AccountPage):
    """A saved payment method."""

    roles = {"get": AccountRole.ADMIN, "post": AccountRole.ADMIN}  # noqa: RUF012

    def get(self, request: HttpRequest, method_id: UUID) -> HttpResponse:
        """The form, filled in."""
        return self.page("portal/method.html", lambda: {"form": self._form(method_id), "method_id": method_id})

    def post(self, request: HttpRequest, method_id: UUID) -> HttpResponse:
        """Change it."""
        form = SavedMethodForm(request.POST)

        def operation() -> Done:
            method = _method(form)
            change = method_setup.SavedMethodChange(method.payment_method, method.label, method.details)
            method_setup.change_method(account=self.visit.account, method_id=method_id, change=change)
            return Done(reverse("portal:methods"), "saved")

        answer = self.submit(form, operation)
        return answer or self.page("portal/method.html", lambda: {"form": form, "method_id": method_id}, status=400)

    def _form(self, method_id: UUID) -> SavedMethodForm:
        saved = saved_methods(self.visit.account).filter(id=method_id).first()
        if saved is None:
            raise NotFound
        first = {name: getattr(saved, name) for name in ("payment_method", "label")}
        return SavedMethodForm(initial={**first, LAST_FOUR: saved.details.get(LAST_FOUR, "")})


class SavedMethodStep(AccountPage):
    """A button beside a saved payment method."""

    roles = {"post": AccountRole.ADMIN}  # noqa: RUF012
    step = ""

    def post(self, request: HttpRequest, method_id: UUID) -> HttpResponse:
        """Make it the default, or delete it."""

        def operation() -> Done:
            if self.step == "remove":
                method_setup.remove_method(account=self.visit.account, method_id=method_id)
                return Done(reverse("portal:methods"), "removed")
            method_setup.set_default_method(account=self.visit.account, method_id=method_id)
            return Done(reverse("portal:methods"), "saved")

        return self.act(operation)
