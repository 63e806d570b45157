"""A forgotten password: ask for a link, and set a new password with it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.accounts.models import normalise_email
from igny8_core.business.platform.public import credentials
from igny8_core.http import context
from igny8_core.kit.errors import AppError, ErrorKind
from igny8_core.portal import pages
from igny8_core.portal.forms import ForgottenForm, NewPasswordForm
from igny8_core.portal.views.base import Page, show_at_field
from igny8_core.portal.views.signing_in import count_attempt


class Forgotten(Page):
    """Ask for a link; the answer is the same whether or not the address is known."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form."""
        return pages.render(request, "portal/forgotten.html", {"form": ForgottenForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Record the request; the worker mails the link."""
        form = ForgottenForm(request.POST)
        if not form.is_valid():
            return pages.render(request, "portal/forgotten.html", {"form": form}, status=400)
        email = form.cleaned_data["email"]
        count_attempt(request, f"reset {normalise_email(email)}")
        credentials.request_reset(email=email, request_id=context.request_id())
        return pages.render(request, "portal/forgotten.html", {"sent_to": email})


class Reset(Page):
    """Set a new password with a mailed link."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """The form, or a notice that the link has expired."""
        document = {"form": NewPasswordForm(), "good": credentials.is_good(token)}
        return pages.render(request, "portal/reset.html", document, status=200 if document["good"] else 400)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Set it, then sign in with it."""
        form = NewPasswordForm(request.POST)
        if form.is_valid():
            try:
                credentials.reset_password(
                    token=token, new=form.cleaned_data["password"], request_id=context.request_id()
                )
                return pages.go(reverse("portal:sign-in"), notice="reset")
            except AppError as error:
                if error.kind is not ErrorKind.INVALID:
                    raise
                show_at_field(form, error)
        return pages.render(request, "portal/reset.html", {"form": form, "good": True}, status=400)
