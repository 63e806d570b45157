"""The account's saved payment methods: only the last four digits of each."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.public import (
    BroughtCard,
    CardRequest,
    begin_card,
    cards_to_enter,
    finish_card,
    may_save_card,
    method_setup,
    open_card,
    saved_methods,
)
from igny8_core.events import unit_of_work
from igny8_core.http.answering import CallsOut
from igny8_core.kit.errors import AppError, NotFound
from igny8_core.portal import pages
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
        account = self.visit.account
        return {
            "saved": saved_methods(account)[:SHOWN],
            "form": form,
            "may_save_card": may_save_card(account, PaymentMethod.STRIPE),
            "entering": cards_to_enter(account).first(),
        }


class EnterCard(AccountPage):
    """Save a card: on the gateway's page, since none of our pages takes a card's number."""

    roles = {"get": AccountRole.ADMIN, "post": AccountRole.ADMIN}  # noqa: RUF012

    def get(self, request: HttpRequest) -> HttpResponse:
        """A page that goes on to the gateway's by itself; where no card is on its way, the list."""
        with unit_of_work.read(self.visit.scope):
            card = cards_to_enter(self.visit.account).first()
        action = None if card is None else card.action
        if action is None or action["type"] != "redirect":
            return pages.go(reverse("portal:methods"))
        return self.page("portal/continue.html", lambda: {"url": action["url"]})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Open the gateway's page."""
        back = settings.ENV.base_url + reverse("portal:methods")
        wanted = CardRequest(PaymentMethod.STRIPE, success_url=back, cancel_url=back)

        def operation() -> CallsOut[BroughtCard, Done]:
            begun = begin_card(account=self.visit.account, request=wanted, resumed=self.resumed)

            def finish(brought: BroughtCard) -> Done | AppError:
                card = finish_card(begun, brought)
                return card if isinstance(card, AppError) else Done(reverse("portal:enter-card"))

            return CallsOut(begun.card_id, lambda: open_card(begun), finish)

        return self.act(operation)


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
        saved = saved_methods(self.visit.account).filter(id=method_id, card=None).first()
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
