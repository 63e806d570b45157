"""Sign in, with a code where two-step sign-in is on; sign out; choose language and theme."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from igny8_core.accounts.models import normalise_email
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.public import NewSession, Proven, open_session, prove_password
from igny8_core.business.platform.public import sessions as platform_sessions
from igny8_core.events import unit_of_work
from igny8_core.http import context
from igny8_core.http.authentication import client_address
from igny8_core.http.sessions import COOKIE, principal_of_cookie
from igny8_core.http.throttling import throttle, throttle_password
from igny8_core.http.views import actor_of
from igny8_core.kit.errors import AppError, ErrorKind, Unauthenticated
from igny8_core.portal import pages, sessions
from igny8_core.portal.forms import CodeForm, SignInForm
from igny8_core.portal.views.base import Page, show_at_field

HALFWAY_COOKIE = "igny8_halfway"
HALFWAY_SALT = "portal.second-step"
HALFWAY_LIFETIME = timedelta(minutes=5)
YEAR_SECONDS = 365 * 24 * 3600
TOLD_IN_FORM = frozenset({ErrorKind.UNAUTHENTICATED, ErrorKind.FORBIDDEN, ErrorKind.THROTTLED})


def address_of(request: HttpRequest) -> str:
    """The caller's address."""
    return client_address(request, trusted_proxies=settings.ENV.trusted_proxies)


def count_address(request: HttpRequest) -> None:
    """Count an attempt for the address, in the same table as the API. Raises `Throttled`."""
    throttle("login_address", address_of(request))


def count_attempt(request: HttpRequest, subject: str) -> None:
    """Count an attempt for the address and the person. Raises `Throttled`."""
    count_address(request)
    throttle("login_email", subject)


def status_in_form(error: AppError) -> int:
    """The status of a form that is shown again with an error."""
    return 429 if error.kind is ErrorKind.THROTTLED else 400


class SignIn(Page):
    """E-mail address and password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form, or home for signed-in people."""
        if COOKIE in request.COOKIES and _is_signed_in(request):
            return pages.go(reverse("portal:home"))
        return self._render_form(SignInForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the password; without a second factor the sign-in is complete."""
        form = SignInForm(request.POST)
        if not form.is_valid():
            return self._render_form(form, status=400)
        email, lasting = form.cleaned_data["email"], form.cleaned_data["lasting"]
        try:
            count_address(request)
            throttle_password(normalise_email(email), address_of(request))
            proven = prove_password(email=email, password=form.cleaned_data["password"])
            if proven.needs_code:
                return _halfway(request, proven, lasting=lasting)
            session = open_session(proven=proven, code="", lasting=lasting, request_id=context.request_id())
        except AppError as error:
            return self._refused(form, error)
        return enter(request, session, lasting=lasting)

    def _refused(self, form: SignInForm, error: AppError) -> HttpResponse:
        if error.kind not in TOLD_IN_FORM:
            raise error
        show_at_field(form, error)
        return self._render_form(form, status=status_in_form(error))

    def _render_form(self, form: SignInForm, *, status: int = 200) -> HttpResponse:
        return show_sign_in(self.request, form, {}, status=status)


class SecondStep(Page):
    """The code from the authenticator app, within minutes of the password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form."""
        _halfway_of(request)
        return pages.render(request, "portal/second_step.html", {"form": CodeForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the code and open the session."""
        halfway, form, status = _halfway_of(request), CodeForm(request.POST), 400
        if form.is_valid():
            try:
                count_attempt(request, halfway["user"])
                session = open_session(
                    proven=_proven(halfway),
                    code=form.cleaned_data["code"],
                    lasting=halfway["lasting"],
                    request_id=context.request_id(),
                )
                return enter(request, session, lasting=halfway["lasting"])
            except Unauthenticated:
                # The cookie is no longer valid: start again with the password, which may have changed.
                response = pages.go(reverse("portal:sign-in"), notice="begin_again")
                response.delete_cookie(HALFWAY_COOKIE, samesite="Lax")
                return response
            except AppError as error:
                if error.kind not in TOLD_IN_FORM:
                    raise
                show_at_field(form, error)
                status = status_in_form(error)
        return pages.render(request, "portal/second_step.html", {"form": form}, status=status)


class SignOut(Page):
    """End the session here and in the database."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Revoke the session; without one the visitor is already signed out."""
        try:
            principal = principal_of_cookie(request)
        except AppError:
            pass
        else:
            unit_of_work.run(
                lambda: platform_sessions.sign_out(principal),
                scope=Scope.of(principal.account_id),
                actor=actor_of(principal),
                request_id=context.request_id(),
            )
        response = pages.go(reverse("portal:sign-in"), notice="signed_out")
        sessions.forget(response)
        return response


class Preferences(Page):
    """Language and theme of this browser."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save the choice and return to the page that the reader was on."""
        response = pages.go(pages.local_path(request.POST.get("next", "")))
        language, theme = request.POST.get("language", ""), request.POST.get("theme", "")
        if language in dict(settings.LANGUAGES):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_SECONDS, samesite="Lax")
        if theme in pages.THEMES:
            response.set_cookie(pages.THEME_COOKIE, theme, max_age=YEAR_SECONDS, samesite="Lax")
        elif theme == "system":
            response.delete_cookie(pages.THEME_COOKIE, samesite="Lax")
        return response


def show_sign_in(request: HttpRequest, form: SignInForm, document: dict[str, Any], *, status: int) -> HttpResponse:
    """The sign-in page; it remembers where the reader wanted to go."""
    requested = request.POST.get("next", "") or request.GET.get("next", "")
    return pages.render(
        request, "portal/sign_in.html", {"form": form, "next": pages.local_path(requested), **document}, status=status
    )


def _is_signed_in(request: HttpRequest) -> bool:
    try:
        sessions.principal_of(request)
    except AppError:
        return False
    return True


def _halfway(request: HttpRequest, proven: Proven, *, lasting: bool) -> HttpResponse:
    """Continue with the code: the result of the password check is kept in a signed cookie for some minutes."""
    document = {
        "user": str(proven.user_id),
        "account": str(proven.account_id),
        "mark": proven.mark,
        "lasting": lasting,
        "next": pages.local_path(request.POST.get("next", "")),
    }
    response = pages.go(reverse("portal:second-step"))
    response.set_cookie(
        HALFWAY_COOKIE,
        signing.dumps(document, salt=HALFWAY_SALT),
        max_age=int(HALFWAY_LIFETIME.total_seconds()),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def _halfway_of(request: HttpRequest) -> dict[str, Any]:
    try:
        text = request.COOKIES.get(HALFWAY_COOKIE, "")
        document: dict[str, Any] = signing.loads(text, salt=HALFWAY_SALT, max_age=HALFWAY_LIFETIME)
    except signing.BadSignature as error:
        raise Unauthenticated from error
    return document


def _proven(halfway: dict[str, Any]) -> Proven:
    return Proven(UUID(halfway["user"]), UUID(halfway["account"]), halfway["mark"], needs_code=True)


def enter(request: HttpRequest, session: NewSession, *, lasting: bool) -> HttpResponse:
    """Open the portal or the console with a new session, on the requested page."""
    location = request.POST.get("next", "")
    if HALFWAY_COOKIE in request.COOKIES and not location:
        location = _halfway_of(request)["next"]
    response = pages.go(pages.local_path(location))
    sessions.remember(response, session, secure=request.is_secure(), lasting=lasting)
    response.delete_cookie(HALFWAY_COOKIE, samesite="Lax")
    if session.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, session.language, max_age=YEAR_SECONDS, samesite="Lax")
    return response
