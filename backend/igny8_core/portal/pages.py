"""Shared by all pages: language, rendering, notices, and how errors look."""

import logging
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_bidi

from igny8_core.business.platform.domain.errors import ReauthenticationRequired
from igny8_core.http import context, locations
from igny8_core.http.errors import from_exception, status_of
from igny8_core.kit.errors import AccountRequired, AppError, Internal, Unauthenticated
from igny8_core.portal import sentences, sessions
from igny8_core.portal.sessions import Visit

NOTICE_COOKIE = "igny8_notice"
THEME_COOKIE = "igny8_theme"
THEMES = ("light", "dark")
LOCAL_PATH, CONSOLE_PATH = "/portal/", "/admin/"
"""The paths are written out: reversing the console's by name would import the console."""

logger = logging.getLogger(__name__)


def language_of(request: HttpRequest) -> str:
    """The language that the reader chose, or the browser's."""
    return translation.get_language_from_request(request)


def render(
    request: HttpRequest, template: str, document: dict[str, Any], *, visit: Visit | None = None, status: int = 200
) -> HttpResponse:
    """A page in the reader's language; private and never cached."""
    notice = request.COOKIES.get(NOTICE_COOKIE, "")
    theme = request.COOKIES.get(THEME_COOKIE, "")
    language = translation.get_language() or "en"
    frame = {
        "visit": visit,
        "language": language,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "languages": settings.LANGUAGES,
        "theme": theme if theme in THEMES else "",
        "notice": sentences.NOTICES.get(notice),
        "here": request.get_full_path(),
        "section": request.resolver_match.url_name if request.resolver_match else "",
    }
    response = HttpResponse(render_to_string(template, {**frame, **document}, request=request), status=status)
    response["Cache-Control"] = "no-store, private"
    response["Content-Language"] = language
    response["Vary"] = "Cookie, Accept-Language"
    if notice:
        response.delete_cookie(NOTICE_COOKIE, samesite="Lax")
    return response


def go(location: str, *, notice: str = "") -> HttpResponse:
    """Redirect after a change, with a notice for the next page."""
    response = HttpResponseRedirect(location, status=303)
    if notice in sentences.NOTICES:
        response.set_cookie(NOTICE_COOKIE, notice, max_age=60, httponly=True, samesite="Lax")
    return response


def refused(request: HttpRequest, exception: Exception, *, visit: Visit | None = None) -> HttpResponse:
    """The page for an exception: signing in, a 4xx with what is wrong, or a logged 500."""
    error = from_exception(exception)
    if error is None:
        logger.error("unexpected_exception", exc_info=exception)
        error = Internal()
    if isinstance(error, Unauthenticated):
        return _to_sign_in(request)
    if isinstance(error, ReauthenticationRequired):
        return _to_confirm(request)
    if isinstance(error, AccountRequired) and request.method == "GET":
        return HttpResponseRedirect(CONSOLE_PATH)
    return error_page(request, error, visit=visit)


def error_page(request: HttpRequest, error: AppError, *, visit: Visit | None = None) -> HttpResponse:
    """An error page with its status, in the reader's language."""
    status = status_of(error)
    with translation.override(language_of(request)):
        document = {"status": status, "sentence": sentences.refusal(error), "request_id": context.request_id()}
        template = "portal/error.html" if status < 500 else "portal/broken.html"
        response = render(request, template, document, visit=visit, status=status)
    if error.retry_after_seconds is not None:
        response["Retry-After"] = str(error.retry_after_seconds)
    return response


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect to sign in; afterwards the requested page opens."""
    location = reverse("portal:sign-in")
    if request.method == "GET" and request.path != reverse("portal:home") and not request.path.startswith(location):
        location = f"{location}?next={request.get_full_path()}"
    if "HX-Request" in request.headers:
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("portal:sign-in")
        return answer
    response = HttpResponseRedirect(location, status=303)
    sessions.forget(response)
    return response


def _to_confirm(request: HttpRequest) -> HttpResponse:
    """Redirect to confirm by password or passkey, then back to the page whose form or button was used."""
    target = local_path(locations.page_of(request))
    return HttpResponseRedirect(reverse("portal:confirm", query={"next": target}), status=303)


def local_path(text: str) -> str:
    """A path inside the portal or the console, otherwise home: never another site."""
    return locations.local_path(text, inside=(LOCAL_PATH, CONSOLE_PATH), home=reverse("portal:home"))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid CSRF token: usually a page that was open for very long."""
    with translation.override(language_of(request)):
        return render(request, "portal/stale.html", {"status": 403}, status=403)
