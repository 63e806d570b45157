"""The admin site: every page goes through `access`, and signing in and out happens elsewhere."""

import logging
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from unfold.sites import UnfoldAdminSite

from igny8_core.business.platform.domain.errors import ReauthenticationRequired
from igny8_core.business.platform.public import sessions as platform_sessions
from igny8_core.console import access
from igny8_core.console.desks import approvals, home, own_passkeys, own_sign_in, reconciliation, waiting
from igny8_core.console.operators import Operator, operator_of
from igny8_core.console.pages.base import OperatorPage
from igny8_core.console.sidebar import NAVIGATION
from igny8_core.http.errors import from_exception, status_of
from igny8_core.http.locations import page_of
from igny8_core.http.sessions import COOKIE
from igny8_core.kit.errors import Internal

# Unfold's Alpine evaluates expressions and writes style attributes; see the decision on the console's content policy.
ADMIN_CSP: dict[str, list[str]] = {
    **cast("dict[str, list[str]]", settings.SECURE_CSP),
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}
OWN_PAGES = (
    ("figures/", home.figures, "figures"),
    ("approvals/", approvals.queue, "approvals"),
    ("approvals/bulk/", approvals.approve_chosen, "approve-chosen"),
    ("approvals/<uuid:payment_id>/", approvals.claim, "claim"),
    ("approvals/<uuid:payment_id>/approve/", approvals.approve, "approve-claim"),
    ("approvals/<uuid:payment_id>/proofs/<uuid:proof_id>/", approvals.proof, "claim-proof"),
    ("approvals/<uuid:payment_id>/reject/", approvals.reject, "reject-claim"),
    ("waiting/", waiting.overview, "waiting"),
    ("waiting/refunds/<uuid:refund_id>/approve/", waiting.approve_refund, "approve-refund"),
    ("waiting/refunds/<uuid:refund_id>/cancel/", waiting.cancel_refund, "cancel-refund"),
    ("waiting/<uuid:change_id>/confirm/", waiting.confirm, "confirm-change"),
    ("waiting/<uuid:change_id>/reject/", waiting.reject, "reject-change"),
    ("reconciliation/", reconciliation.lines, "reconciliation"),
    ("reconciliation/upload/", reconciliation.upload, "upload-statement"),
    ("reconciliation/imports/", reconciliation.progress, "import-progress"),
    ("reconciliation/imports/<uuid:import_id>/<slug:action>/", reconciliation.settle_import, "settle-import"),
    ("reconciliation/<uuid:line_id>/", reconciliation.line, "statement-line"),
    ("reconciliation/<uuid:line_id>/targets/", reconciliation.targets, "line-targets"),
    ("reconciliation/<uuid:line_id>/<slug:action>/", reconciliation.act, "act-on-line"),
    ("security/", own_sign_in.overview, "security"),
    ("security/confirm/", own_sign_in.confirm, "confirm"),
    ("security/confirm/passkey/", own_passkeys.confirm, "confirm-passkey"),
    ("security/confirm/passkey/options/", own_passkeys.confirm_options, "confirm-options"),
    ("security/two-step/", own_sign_in.two_step, "two-step"),
    ("security/two-step/begin/", own_sign_in.begin_two_step, "two-step-begin"),
    ("security/two-step/off/", own_sign_in.two_step_off, "two-step-off"),
    ("security/passkeys/new/", own_passkeys.begin, "begin-passkey"),
    ("security/passkeys/keep/", own_passkeys.keep, "keep-passkey"),
    ("security/passkeys/<uuid:passkey_id>/remove/", own_passkeys.remove, "remove-passkey"),
    ("security/sign-ins/end-others/", own_sign_in.end_others, "end-other-sign-ins"),
    ("security/sign-ins/<uuid:family_id>/end/", own_sign_in.end, "end-sign-in"),
)
"""Route, view and name of each page that is not a table."""
NOT_SERVED = frozenset({"autocomplete", "password_change", "password_change_done", "view_on_site"})
"""Pages of Django's admin that none of ours link to: they read tables and users that do not exist here."""

logger = logging.getLogger(__name__)


class OperatorSite(UnfoldAdminSite):
    """Django's admin for operators, bound to our roles, sessions and transactions."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Tables with a page of ours. Tables that libraries add know neither our roles nor what a login may read."""
        if admin_class is not None and issubclass(admin_class, OperatorPage):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Operators of every role; each page may require more."""
        return isinstance(request.user, Operator)

    def admin_view(self, view: Callable[..., Any], *cacheable: Any, **options: Any) -> Callable[..., Any]:
        """The admin's own checks (permission, CSRF, no caching), inside `access`."""
        inner = super().admin_view(view, *cacheable, **options)
        own_units = getattr(view, "own_units", False)

        @csp_override(ADMIN_CSP)
        @wraps(view)
        def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return access.serve(request, lambda: inner(request, *args, **kwargs), own_units=own_units)
            except Exception as exception:
                return _refused(request, exception)

        return served

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The product has one sign-in page."""
        target = request.GET.get("next", reverse("admin:index"))
        return HttpResponseRedirect(reverse("portal:sign-in", query={"next": target}))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """End the session, here and in the database."""
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:index"))
        platform_sessions.sign_out(operator_of(request).principal)
        response = HttpResponseRedirect(reverse("portal:sign-in"))
        response.delete_cookie(COOKIE, samesite="Lax")
        return response

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """The admin's addresses, after our own pages."""
        own: list[URLResolver | URLPattern] = [
            path(route, self.admin_view(view), name=name) for route, view, name in OWN_PAGES
        ]
        inherited = [one for one in super().get_urls() if getattr(one, "name", None) not in NOT_SERVED]
        return [*own, *inherited]

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The pages that the command palette finds: few enough for one page of results."""
        if request.GET.get("page", "1") != "1":
            raise Http404
        return super().search(request, extra_context)  # type: ignore[no-any-return]

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Our own sidebar, without pages that the role may not open."""
        return [
            {**group, "items": self._get_navigation_items(request, group["items"])} for group in deepcopy(NAVIGATION)
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The sidebar is written by hand; Django's list would name every table."""
        return []


def _refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an exception: the error with its status, or a logged 500."""
    if isinstance(exception, ReauthenticationRequired):
        return HttpResponseRedirect(reverse("admin:confirm", query={"next": own_sign_in.local_path(page_of(request))}))
    error = from_exception(exception)
    if error is None:
        logger.error("unexpected_exception", exc_info=exception)
        error = Internal()
    return render(request, "console/refused.html", {"error": error}, status=status_of(error))
