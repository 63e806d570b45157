"""An operator's own sign-in: password, second step, sessions, and confirming the operator's identity."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.documents.public import qr_svg
from igny8_core.business.platform.domain.totp import app_uri
from igny8_core.business.platform.edge import NewPasswordSerializer
from igny8_core.business.platform.public import (
    change_password,
    end_other_sign_ins,
    end_sign_in,
    has_proven,
    passkeys_of,
    prove_by_password,
    second_factors,
    sign_ins_of,
)
from igny8_core.console.desks.frame import decide, desk, render_desk
from igny8_core.console.operators import operator_of
from igny8_core.http import context, locations
from igny8_core.http.authentication import client_address
from igny8_core.http.throttling import throttle
from igny8_core.kit.errors import AppError, NotFound, ValidationError

EVERYBODY = OperatorRole.SUPPORT
ISSUER = "IGNY8 Billing"
PAGE_OR_FORM = require_http_methods(["GET", "HEAD", "POST"])


@desk(EVERYBODY)
@PAGE_OR_FORM
def overview(request: HttpRequest) -> HttpResponse:
    """Everything that protects the sign-in; a POST changes the password and signs the operator out everywhere else."""
    if request.method != "POST":
        return show_overview(request)
    count_attempt(request)
    operator = operator_of(request)

    def operation() -> None:
        given = NewPasswordSerializer.checked({name: request.POST.get(name, "") for name in ("current", "new")})
        key_id = operator.principal.key_id
        change_password(user_id=operator.id, current=given.current, new=given.new, keep_key_id=key_id)

    refused = decide(request, operation)
    return show_overview(request, refused) if refused else on(request, "Your password is changed.")


@desk(EVERYBODY)
@PAGE_OR_FORM
def confirm(request: HttpRequest) -> HttpResponse:
    """Require the password or passkey before creating a permanent credential, then return to the page
    that required it.
    """
    if request.method != "POST":
        return show_confirm(request)
    count_attempt(request)
    principal, password = operator_of(request).principal, request.POST.get("password", "")
    try:
        prove_by_password(principal, password=password, request_id=context.request_id())
    except ValidationError as error:
        return show_confirm(request, " ".join(error.fields["password"]))
    return HttpResponseRedirect(local_path(request.POST.get("next", "")))


@desk(EVERYBODY)
@PAGE_OR_FORM
def two_step(request: HttpRequest) -> HttpResponse:
    """Scan the secret and enter a first code; the recovery codes are only shown in that answer."""
    operator, codes = operator_of(request), list[str]()

    def operation() -> AppError | None:
        code = request.POST.get("code", "")
        outcome = second_factors.confirm(user_id=operator.id, account_id=PLATFORM_ID, code=code[:20])
        if isinstance(outcome, AppError):
            return outcome
        codes.extend(outcome)
        return None

    def secret() -> dict[str, Any]:
        found = second_factors.unconfirmed_secret(operator.id)
        return {"secret": found, "qr": qr_svg(app_uri(found, email=operator.email, issuer=ISSUER)), "refused": refused}

    refused = decide(request, operation) if request.method == "POST" else ""
    if codes:
        return render_desk(request, "console/recovery_codes.html", lambda: {"codes": codes})
    return _answered(request, "console/two_step.html", secret, refused)


@desk(EVERYBODY)
@require_POST
def begin_two_step(request: HttpRequest) -> HttpResponse:
    """Create the secret and show it."""
    refused = decide(request, lambda: second_factors.begin(user_id=operator_of(request).id, account_id=PLATFORM_ID))
    return show_overview(request, refused) if refused else HttpResponseRedirect(reverse("admin:two-step"))


@desk(EVERYBODY)
@PAGE_OR_FORM
def two_step_off(request: HttpRequest) -> HttpResponse:
    """Turn it off with a code."""
    refused = ""
    if request.method == "POST":
        code = request.POST.get("code", "")[:20]
        refused = decide(request, lambda: second_factors.remove(user_id=operator_of(request).id, code=code))
        if not refused:
            return on(request, "Two-step sign-in is off.")
    return _answered(request, "console/two_step_off.html", lambda: {"refused": refused}, refused)


@desk(EVERYBODY)
@require_POST
def end(request: HttpRequest, family_id: UUID) -> HttpResponse:
    """Sign out one session."""
    user_id = operator_of(request).id
    refused = decide(request, lambda: end_sign_in(user_id=user_id, account_id=PLATFORM_ID, family_id=family_id))
    if refused:
        raise NotFound
    return on(request, "That device is signed out.")


@desk(EVERYBODY)
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out all other sessions."""
    principal, user_id = operator_of(request).principal, operator_of(request).id
    refused = decide(request, lambda: end_other_sign_ins(user_id=user_id, account_id=PLATFORM_ID, but=principal.key_id))
    return show_overview(request, refused) if refused else on(request, "You are signed out on all other devices.")


def count_attempt(request: HttpRequest) -> None:
    """Count an attempt for the address and the operator. Raises `Throttled`."""
    throttle("login_address", client_address(request, trusted_proxies=settings.ENV.trusted_proxies))
    throttle("login_email", str(operator_of(request).id))


def on(request: HttpRequest, notice: str) -> HttpResponse:
    """Return to the sign-in page, with a notice of what was done."""
    messages.success(request, notice)
    return HttpResponseRedirect(reverse("admin:security"))


def show_overview(request: HttpRequest, refused: str = "") -> HttpResponse:
    """The page with the error."""
    operator = operator_of(request)

    def collect() -> dict[str, Any]:
        return {
            "refused": refused,
            "two_step": second_factors.has_second_factor(operator.id),
            "passkeys": list(passkeys_of(operator.id)),
            "sign_ins": sign_ins_of(operator.id),
            "this_family": operator.principal.family_id,
            "proven": has_proven(operator.principal),
        }

    return _answered(request, "console/security.html", collect, refused)


def show_confirm(request: HttpRequest, refused: str = "") -> HttpResponse:
    """The form that confirms the operator's identity; it remembers where the operator wanted to go."""
    requested = local_path(request.POST.get("next", "") or request.GET.get("next", ""))
    return _answered(request, "console/confirm.html", lambda: {"next": requested, "refused": refused}, refused)


def local_path(text: str) -> str:
    """A page of the console, or its first one."""
    home = reverse("admin:index")
    return locations.local_path(text, inside=(home,), home=home)


def _answered(request: HttpRequest, template: str, collect: Any, refused: str) -> HttpResponse:
    response = render_desk(request, template, collect)
    if refused:
        response.status_code = 400
    return response
