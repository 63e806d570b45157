"""The base of the portal's views: authorisation, transactions, and forms that work only once."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_protect

from igny8_core.accounts.models import User
from igny8_core.accounts.principals import Principal
from igny8_core.accounts.roles import AccountRole, includes
from igny8_core.business.platform.public import get_person
from igny8_core.events import unit_of_work
from igny8_core.http import answering, context, idempotency, responses
from igny8_core.http.answering import Caller, CallsOut
from igny8_core.http.authentication import client_address
from igny8_core.http.throttling import throttle, throttle_in_process
from igny8_core.http.views import actor_of
from igny8_core.kit.errors import AppError, ErrorKind, Forbidden
from igny8_core.kit.locales import locale_of
from igny8_core.portal import pages, sentences
from igny8_core.portal.sessions import Visit, principal_of

SHOWN_IN_FORM = frozenset({ErrorKind.INVALID, ErrorKind.CONFLICT, ErrorKind.KEY_REUSED, ErrorKind.UNAUTHENTICATED})
FIELD_OF_CODE = {
    "duplicate_submission": "transaction_reference",
    "amount_exceeds_due": "amount",
    "already_taken": "email",
    "already_invited": "email",
    "invalid_code": "code",
    "second_factor_locked": "code",
    "proof_required": "proof",
    "duplicate_proof": "proof",
    "too_many_proofs": "proof",
}
NOT_FINGERPRINTED = frozenset({"csrfmiddlewaretoken", "key"})
SECRET_PREFIX = "secret_"


@dataclass(frozen=True, slots=True)
class Done:
    """Where to redirect after a change, and the notice shown there."""

    location: str
    notice: str = ""


@method_decorator(csrf_protect, name="dispatch")
class Page(View):
    """A page: language and throttling first; subclasses authorise."""

    http_method_names = ["get", "post", "head"]  # noqa: RUF012
    visit: Visit | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """Serve the page; errors become pages too."""
        with translation.override(pages.language_of(request)):
            try:
                address = client_address(request, trusted_proxies=settings.ENV.trusted_proxies)
                throttle_in_process("address", address)
                return self.serve(request, *args, **kwargs)
            except Exception as exception:
                return pages.refused(request, exception, visit=self.visit)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The method's handler."""
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        return response


class AccountPage(Page):
    """A page for the people of an account: reads run in one transaction, which only sees that account's rows."""

    roles: ClassVar[dict[str, AccountRole]] = {}
    """The lowest role by method; viewers may read unless it says otherwise."""
    visit: Visit

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Cookie, role and throttle, then the handler."""
        principal = principal_of(request)
        method = "get" if request.method == "HEAD" else str(request.method).lower()
        throttle_call(principal, method=method)
        account = principal.account
        assert account is not None, "principal_of lets nobody in without"
        locale = locale_of(translation.get_language() or "en", account.country)
        person = User(id=principal.user_id, account=account)
        self.visit = Visit(principal, account, person, locale)
        if not includes(principal.role, self.roles.get(method, AccountRole.VIEWER)):
            raise Forbidden
        return super().serve(request, *args, **kwargs)

    def page(self, template: str, document: Callable[[], dict[str, Any]], *, status: int = 200) -> HttpResponse:
        """Read and render in one transaction."""
        with unit_of_work.read(self.visit.scope):
            person = get_person(self.visit.person.id)
            self.visit = Visit(self.visit.principal, self.visit.account, person, self.visit.locale)
            return pages.render(self.request, template, document(), visit=self.visit, status=status)

    resumed: UUID | None = None
    """What an earlier attempt with the same form wrote before it was interrupted; see `CallsOut`."""

    def change(self, operation: Callable[[], Done | CallsOut[Any, Done]]) -> Done:
        """Run a change, once per rendered form. Raises the `AppError` of a refusal.

        The form carries a key: if it is sent twice, the first answer is repeated and nothing happens twice.
        """

        def answered(resumed: UUID | None) -> HttpResponse | CallsOut[Any, HttpResponse]:
            self.resumed = resumed
            done = operation()
            return done.then(_told) if isinstance(done, CallsOut) else _told(done)

        caller = Caller(self.visit.scope, actor_of(self.visit.principal), context.request_id())
        response = answering.answer(self._claim(), answered, caller=caller)
        document = json.loads(response.content)
        if not document["success"]:
            error = error_of(document["code"])
            raise error(document["error"], fields=document.get("errors"))
        return Done(**document["data"])

    def submit(self, form: forms.Form, operation: Callable[[], Done | CallsOut[Any, Done]]) -> HttpResponse | None:
        """Run a form's change and redirect; None if it was refused, with the form's errors filled in."""
        if not form.is_valid():
            return None
        try:
            done = self.change(operation)
        except AppError as error:
            if error.kind not in SHOWN_IN_FORM:
                raise
            show_at_field(form, error)
            return None
        return self.go(done)

    def attempt[T](self, operation: Callable[[], T | AppError]) -> T:
        """Run a change whose refusal is committed too, such as counting a wrong code. Raises the refusal."""
        return unit_of_work.run_even_if_refused(
            operation,
            scope=self.visit.scope,
            actor=actor_of(self.visit.principal),
            request_id=context.request_id(),
        )

    def act(self, operation: Callable[[], Done | CallsOut[Any, Done]]) -> HttpResponse:
        """A button without a form: change and redirect; a refusal becomes a page."""
        return self.go(self.change(operation))

    def go(self, done: Done) -> HttpResponse:
        """A redirect for the browser, or for htmx."""
        response = pages.go(done.location, notice=done.notice)
        if "HX-Request" in self.request.headers:
            response.status_code = 204
            response["HX-Redirect"] = done.location
            del response["Location"]
        return response

    def _claim(self) -> idempotency.Claim:
        principal, request = self.visit.principal, self.request
        given = {name: values for name, values in request.POST.lists() if name not in NOT_FINGERPRINTED}
        fields = {name: values for name, values in given.items() if not name.startswith(SECRET_PREFIX)}
        files = {name: [_mark(file) for file in request.FILES.getlist(name)] for name in request.FILES}
        return idempotency.Claim(
            account_id=principal.account_id,
            owner_id=principal.owner_id,
            method="POST",
            path=request.path,
            key=_key(request.POST.get("key", "")),
            fingerprint=idempotency.fingerprint("POST", request.path, {"fields": fields, "files": files}),
        )


def _told(done: Done) -> HttpResponse:
    return responses.one({"location": done.location, "notice": done.notice})


def throttle_call(principal: Principal, *, method: str) -> None:
    """Count a page or form of a session, as the API counts calls with a key. Raises `Throttled`."""
    limit = throttle_in_process if method == "get" else throttle
    limit("read" if method == "get" else "write", str(principal.key_id))


def _mark(file: "UploadedFile[Any]") -> str:
    """The content identifies a file."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _key(text: str) -> str:
    """The form's key; an invalid one gives no protection and is replaced."""
    try:
        return f"portal:{UUID(text)}"
    except ValueError:
        return f"portal:{uuid4()}"


def _every_error(parent: type[AppError]) -> Iterator[type[AppError]]:
    for child in parent.__subclasses__():
        yield child
        yield from _every_error(child)


@cache
def error_of(code: str) -> type[AppError]:
    """The error with a stored answer's code; codes are unique."""
    return next(error for error in _every_error(AppError) if error.code == code)


def show_at_field(form: forms.Form, error: AppError) -> None:
    """Show an error at its field, or above the form."""
    named = {name if name in form.fields else f"{SECRET_PREFIX}{name}": texts for name, texts in error.fields.items()}
    placed = {name: texts for name, texts in named.items() if name in form.fields}
    for name, texts in placed.items():
        for text in texts:
            form.add_error(name, translation.gettext(text))
    if not placed:
        field = FIELD_OF_CODE.get(error.code)
        form.add_error(field if field in form.fields else None, sentences.refusal(error))
