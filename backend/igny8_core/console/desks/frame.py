"""Shared by the desks: authorisation, rendering, running decisions and reporting refusals."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from igny8_core.accounts.roles import OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.domain.errors import ReauthenticationRequired
from igny8_core.console import access
from igny8_core.console.operators import operator_of
from igny8_core.events import unit_of_work
from igny8_core.http.errors import from_exception
from igny8_core.kit.errors import Internal

type Handler = Callable[..., HttpResponse]


def desk(least: OperatorRole) -> Callable[[Handler], Handler]:
    """A page for operators with at least this role; it opens its transactions itself."""

    def decorate(view: Handler) -> Handler:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not operator_of(request).may(least):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        checked.own_units = True  # type: ignore[attr-defined]
        return checked

    return decorate


def render_desk(request: HttpRequest, template: str, collect: Callable[[], dict[str, Any]]) -> HttpResponse:
    """A page or part of one, read and rendered in one transaction across accounts."""
    with unit_of_work.read(Scope.operators()):
        whole = "HX-Request" not in request.headers
        frame = admin.site.each_context(request) if whole else {"request": request}
        context = {**frame, "operator": operator_of(request), **collect()}
        response = TemplateResponse(request, template, context)
        return response.render()


def decide(request: HttpRequest, operation: Callable[[], Any]) -> str:
    """Run a decision in its unit of work; returns an empty text, or the reason for a refusal."""
    try:
        access.run(request, operation)
    except Exception as exception:
        error = from_exception(exception)
        if error is None or isinstance(error, Internal | ReauthenticationRequired):
            raise
        sentences = [sentence for each in error.fields.values() for sentence in each]
        return " ".join(sentences) or error.message
    return ""


def chosen_id(text: str) -> UUID | None:
    """The id in a form or address; None if it is not an id."""
    try:
        return UUID(text)
    except ValueError:
        return None
