"""Authenticates the console's pages: from the session cookie to an operator, and the transaction of a page."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse

from igny8_core.accounts.principals import Principal
from igny8_core.accounts.tenancy import Scope
from igny8_core.console import operators
from igny8_core.events import unit_of_work
from igny8_core.http import context
from igny8_core.http.authentication import client_address
from igny8_core.http.errors import status_of
from igny8_core.http.sessions import principal_of_cookie
from igny8_core.http.throttling import throttle_in_process
from igny8_core.http.views import actor_of
from igny8_core.kit.errors import AppError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def serve(request: HttpRequest, view: Callable[[], HttpResponseBase], *, own_units: bool) -> HttpResponseBase:
    """Render a page for the caller: anybody but an operator is anonymous, and the admin redirects them to sign in.

    What a page writes is committed with its answer; a view with `own_units` runs its units of work itself.
    """
    throttle_in_process("address", client_address(request, trusted_proxies=settings.ENV.trusted_proxies))
    principal = _principal_of(request)
    if principal is None or not principal.is_operator:
        request.user = AnonymousUser()
        return _with_messages(request, view)
    with unit_of_work.read(Scope.operators()):
        request.user = operators.load(principal)  # type: ignore[assignment]
    if own_units:
        return _with_messages(request, view)
    if request.method in SAFE:
        with unit_of_work.read(Scope.operators()):
            return _with_messages(request, view)
    return run(request, lambda: _with_messages(request, view))


def run[T](request: HttpRequest, operation: Callable[[], T | AppError]) -> T:
    """Run an operator's action in a unit of work; a returned refusal is raised after the commit."""
    return unit_of_work.run_even_if_refused(
        operation,
        scope=Scope.operators(),
        actor=actor_of(operators.operator_of(request).principal),
        request_id=context.request_id(),
    )


def _principal_of(request: HttpRequest) -> Principal | None:
    """The operator of the session; None if there is no session or it is refused."""
    try:
        return principal_of_cookie(request)
    except AppError as error:
        if status_of(error) not in (401, 403):
            raise
        return None


def _with_messages(request: HttpRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Render inside the transaction, and store the admin's notices in a signed cookie: there is no session table."""
    storage: Any = CookieStorage(request)
    request._messages = storage  # type: ignore[attr-defined]
    response = view()
    if isinstance(response, TemplateResponse):
        response.render()
    if isinstance(response, HttpResponse):
        storage.update(response)
    return response
