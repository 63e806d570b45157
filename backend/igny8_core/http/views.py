"""Base classes of all API views: authorisation, transactions, and rendering of errors."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import IO, Any, ClassVar, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from igny8_core.accounts.models import Account
from igny8_core.accounts.principals import Principal
from igny8_core.accounts.roles import Role, includes
from igny8_core.accounts.tenancy import Scope
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import Actor, ActorKind, Credential
from igny8_core.http import answering, context, idempotency, responses
from igny8_core.http.answering import Caller, CallsOut
from igny8_core.http.authentication import client_address
from igny8_core.http.errors import from_exception
from igny8_core.http.multipart import StrictMultipartParser, canonical_body
from igny8_core.http.parsing import StrictJSONParser
from igny8_core.http.throttling import throttle, throttle_in_process
from igny8_core.kit.errors import AccountRequired, AppError, Forbidden, Internal, MethodNotAllowed, Unauthenticated

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ApiView(APIView):
    """One request = one transaction; every failure is answered in the unified form."""

    http_method_names = [  # noqa: RUF012
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
    ]
    roles: ClassVar[Mapping[str, Role]] = {}
    """The lowest role allowed, by action (view sets) or lower-case HTTP method (views)."""
    idempotent: ClassVar[bool | frozenset[str]] = True
    """Whether POST answers are stored for replay, or for which actions. Answers with a secret are never stored."""

    uploads: ClassVar[Mapping[str, int]] = {}
    """The actions (or lower-case HTTP methods) that take files as multipart/form-data, with the
    maximum size in bytes.
    """

    def get_parsers(self) -> list[Any]:
        """JSON, and multipart if the view takes files."""
        return [StrictJSONParser(), *([StrictMultipartParser()] if self.uploads else [])]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Throttle by address, authenticate, check the role: in this order, before the body is read."""
        address = client_address(request, trusted_proxies=settings.ENV.trusted_proxies)
        throttle_in_process("address", address)
        self.authorise(request)

    def authorise(self, request: Request) -> None:
        """Refuse callers that this view is not for; public views override it."""
        principal = request.user
        if not isinstance(principal, Principal):
            raise Unauthenticated
        self.check_audience(principal)
        needed = self.roles.get(self.action_name(request))
        if needed is not None and not includes(principal.role, needed):
            raise Forbidden
        subject = str(principal.key_id)
        if request.method in SAFE:
            throttle_in_process("read", subject)
        else:
            throttle("write", subject)

    def check_audience(self, principal: Principal) -> None:
        """Refuse principals of the wrong kind."""

    def action_name(self, request: Request) -> str:
        """The key for `roles`."""
        name = getattr(self, "action", None) or str(request.method).lower()
        return "get" if name == "head" else str(name)

    def replays(self, action: str) -> bool:
        """Whether the action's answer is stored for retries with the same idempotency key."""
        return self.idempotent if isinstance(self.idempotent, bool) else action in self.idempotent

    def scope(self, request: Request) -> Scope:
        """Whose rows the request may see."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """Serve the request: authorise, run the handler in its transaction, answer."""
        self.args, self.kwargs = args, kwargs
        self.headers: dict[str, str] = {}
        self.open_files: list[IO[bytes]] = []
        drf_request = self.initialize_request(request, *args, **kwargs)
        self.request = drf_request
        try:
            self.initial(drf_request, *args, **kwargs)
            method = str(request.method).lower()
            handler = getattr(self, method, None) if method in self.http_method_names else None
            response = (handler and self.perform(drf_request, handler, *args, **kwargs)) or self.not_allowed()
        except Exception as exception:
            response = self.failed(exception)
        finally:
            for file in self.open_files:
                file.close()
        return response

    own_transactions: ClassVar[bool] = False
    """True if the handler opens a unit of work for each part of the request, see `run_each_in_own_transaction`.

    Its answers are not stored for replay. A handler that calls an outside service returns `CallsOut` instead.
    """
    resumed: UUID | None = None
    """What an earlier attempt with the same key wrote before it was interrupted; see `CallsOut`."""

    def prepare(self, request: Request) -> None:
        """Slow work without a database, such as decoding a file, done before the transaction begins."""

    def perform(self, request: Request, handler: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Run the handler in the transaction that its method needs."""
        self.prepare(request)
        if self.own_transactions:
            return handler(request, *args, **kwargs)  # type: ignore[no-any-return]
        scope = self.scope(request)
        if request.method in SAFE:
            with unit_of_work.read(scope):
                return handler(request, *args, **kwargs)  # type: ignore[no-any-return]
        claim = self._claim(request) if request.method == "POST" else None

        def operation(resumed: UUID | None) -> HttpResponse | CallsOut[Any, HttpResponse]:
            self.resumed = resumed
            return handler(request, *args, **kwargs)  # type: ignore[no-any-return]

        caller = Caller(scope, actor_of(principal_of(request)), context.request_id())
        return answering.answer(claim, operation, caller=caller)

    def _claim(self, request: Request) -> idempotency.Claim | None:
        key = idempotency.key_of(dict(request.headers))
        body = request.data
        if key is None or not self.replays(self.action_name(request)):
            return None
        principal = principal_of(request)
        return idempotency.Claim(
            account_id=principal.account_id,
            owner_id=principal.owner_id,
            method="POST",
            path=request.path,
            key=key,
            fingerprint=idempotency.fingerprint("POST", request.path, canonical_body(body)),
        )

    def not_allowed(self) -> HttpResponse:
        """405 in the unified form."""
        self.http_method_not_allowed(self.request)
        raise AssertionError("unreachable")

    def failed(self, exception: Exception) -> HttpResponse:
        """Turn a known error into its answer; anything else goes to the middleware, which logs it."""
        error = from_exception(exception)
        if error is None or isinstance(error, Internal):
            raise exception
        answer = responses.failure(error)
        if isinstance(error, MethodNotAllowed):
            answer["Allow"] = ", ".join(self.allowed_methods)  # RFC 9110, 15.5.6
        return answer


class ApiViewSet(ViewSetMixin, ApiView):
    """The same for DRF's routers."""


class AccountAudience(ApiView):
    """For users and keys of an account; operators get 403 `account_required`."""

    def check_audience(self, principal: Principal) -> None:
        """Only principals with an account."""
        if principal.account is None:
            raise AccountRequired

    def scope(self, request: Request) -> Scope:
        """The caller's own account."""
        return Scope.tenant(account_of(request).id)


class OperatorAudience(ApiView):
    """For operators; accounts get 403."""

    def check_audience(self, principal: Principal) -> None:
        """Only operators."""
        if not principal.is_operator:
            raise Forbidden

    def scope(self, request: Request) -> Scope:
        """Every account, through the operator role."""
        return Scope.operators()


def run_each_in_own_transaction(
    view: ApiView, request: Request, ids: Iterable[UUID], operation: Callable[[UUID], str]
) -> list[tuple[UUID, str | AppError]]:
    """Run the operation for each id in a separate unit of work; a refusal is reported for its id and stops no other."""
    outcomes: list[tuple[UUID, str | AppError]] = []
    for one in ids:
        try:
            done = unit_of_work.run(
                partial(operation, one),
                scope=view.scope(request),
                actor=actor_of(principal_of(request)),
                request_id=context.request_id(),
            )
            outcomes.append((one, done))
        except Exception as exception:
            error = from_exception(exception)
            if error is None or isinstance(error, Internal):
                raise
            outcomes.append((one, error))
    return outcomes


def operator_of(request: Request) -> UUID:
    """The id of the operator who calls."""
    operator_id = principal_of(request).user_id
    if operator_id is None:
        raise Forbidden
    return operator_id


def principal_of(request: Request) -> Principal:
    """`request.user`, which is a principal and not Django's user."""
    return cast(Principal, request.user)


def account_of(request: Request) -> Account:
    """`request.user.account`, which must be set."""
    account = principal_of(request).account
    if account is None:
        raise AccountRequired
    return account


def actor_of(principal: Principal) -> Actor:
    """The actor of this request's changes."""
    credential = Credential(principal.key_id, principal.role)
    if principal.is_operator:
        return Actor(ActorKind.OPERATOR, principal.user_id, credential)
    if principal.user_id is not None:
        return Actor(ActorKind.USER, principal.user_id, credential)
    return Actor(ActorKind.API_KEY, principal.key_id, credential)
