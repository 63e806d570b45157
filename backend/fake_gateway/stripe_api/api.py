"""The door of Stripe's API: who calls, which version, which operation, with which key; and faults on purpose."""

import base64
import binascii
import hashlib
import json
import re
import time
from collections.abc import Mapping

from fake_gateway.faults import Fault, FaultKind, spoiled
from fake_gateway.gateway import Gateway
from fake_gateway.http_server import RESET, Answer, Request, json_answer
from fake_gateway.records import Record
from fake_gateway.stripe_api.call import API_VERSION, Call, Operation, running
from fake_gateway.stripe_api.errors import InvalidRequest, StripeError
from fake_gateway.stripe_api.fields import parse as read_fields
from fake_gateway.stripe_api.forms import Tree
from fake_gateway.stripe_api.forms import parse as read_form
from fake_gateway.stripe_api.idempotency import Keys
from fake_gateway.stripe_api.operations import OPERATIONS

FORM = "application/x-www-form-urlencoded"
ROUTES = [(method, re.compile(re.sub(r"\{id\}", r"([^/]+)", path)), run) for (method, path), run in OPERATIONS.items()]


class StripeApi:
    """Answers what begins with `/v1/`, PayPal's addresses apart."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.keys = Keys(gateway)

    def answer(self, request: Request) -> Answer:
        """One call, from the key in its header to the answer; a fault may end it badly."""
        request_id = self.gateway.new_id("req_", 14)
        headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION, "Access-Control-Allow-Credentials": "true"}
        try:
            self._check_caller(request.headers)
            operation, names = _route(request)
            fault = self.gateway.faults.strike("stripe", request.method, request.path)
            return self._carry_out(request, operation, names, headers, fault)
        except StripeError as error:
            return json_answer(error.status, error.body, {**headers, **error.headers})

    def _check_caller(self, headers: Mapping[str, str]) -> None:
        key = _key_of(headers.get("authorization", ""))
        if not key:
            raise InvalidRequest(
                "You did not provide an API key. You need to provide your API key in the Authorization header, using"
                " Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
                status=401,
            )
        if "_live_" in key:
            raise InvalidRequest("This is the demo gateway; keep live keys away from it.", status=401)
        if key != self.gateway.keys.stripe_secret_key:
            raise InvalidRequest(f"Invalid API Key provided: {key[:8]}***{key[-4:]}", status=401)
        version = headers.get("stripe-version", API_VERSION)
        if version != API_VERSION:
            raise InvalidRequest(f"Invalid Stripe API version: {version}. This gateway speaks {API_VERSION}.")
        if headers.get("stripe-account"):
            raise InvalidRequest("The demo gateway has no connected accounts.", status=403, code="account_invalid")

    def _carry_out(
        self,
        request: Request,
        operation: Operation,
        names: tuple[str, ...],
        headers: Mapping[str, str],
        fault: Fault | None,
    ) -> Answer:
        kind = None if fault is None else fault.kind
        if kind is FaultKind.RATE_LIMIT:
            error = StripeError(429, "invalid_request_error", "Too many requests.", code="rate_limit")
            return json_answer(429, error.body, headers)
        if kind is FaultKind.RESET_BEFORE:
            return RESET
        key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
        fingerprint = _fingerprint(request)
        kept = self.keys.begin(key, fingerprint) if key else None
        if kept is not None:
            sent = {**headers, "Idempotency-Key": key, "Idempotent-Replayed": "true"}
            return spoiled(json_answer(kept.status, kept.body, sent), fault)
        try:
            if fault is not None and kind is FaultKind.DELAY:
                time.sleep(fault.seconds)
            status, body = self._execute(request, operation, names, headers["Request-Id"], key, fingerprint, kind)
        finally:
            self.keys.end(key)
        more = {"Idempotency-Key": key} if key else {}
        if status == 500:
            more["Stripe-Should-Retry"] = "false"
        return spoiled(json_answer(status, body, {**headers, **more}), fault)

    def _execute(
        self,
        request: Request,
        operation: Operation,
        names: tuple[str, ...],
        request_id: str,
        key: str,
        fingerprint: str,
        fault: FaultKind | None,
    ) -> tuple[int, Record]:
        """Effects and the kept answer in one transaction. What is refused before it begins is not kept."""
        given = read_fields(operation.schema, _tree(request))
        token = running.set({"id": request_id, "idempotency_key": key or None})
        try:
            with self.gateway.store.transaction():
                status, body = 500, _server_error()
                if fault is not FaultKind.ERROR_500_BEFORE:
                    status, body = _run(Call(self.gateway, given, tuple(given.get("expand", ()))), operation, names)
                if fault is FaultKind.ERROR_500:
                    status, body = 500, _server_error()
                if key:
                    self.keys.keep(key, fingerprint, status, body)
        finally:
            running.reset(token)
        return status, body


def _run(call: Call, operation: Operation, names: tuple[str, ...]) -> tuple[int, Record]:
    try:
        return 200, operation.run(call, *names)
    except StripeError as error:
        if not error.keeps_effects:
            raise
        return error.status, error.body


def _server_error() -> Record:
    message = "An unknown error occurred. The demo gateway was asked to answer so."
    return StripeError(500, "api_error", message).body


def _key_of(authorization: str) -> str:
    scheme, _, rest = authorization.partition(" ")
    if scheme == "Bearer":
        return rest.strip()
    if scheme == "Basic":
        try:
            return base64.b64decode(rest, validate=True).decode("ascii").partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _route(request: Request) -> tuple[Operation, tuple[str, ...]]:
    for method, path, operation in ROUTES:
        found = path.fullmatch(request.path)
        if found is not None and method == request.method:
            return operation, found.groups()
    raise InvalidRequest(
        f"Unrecognized request URL ({request.method}: {request.path}). docs/fake-gateway.md lists what there is.",
        status=404,
    )


def _tree(request: Request) -> Tree:
    if request.method == "GET" or not request.body:
        return read_form(request.query)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise InvalidRequest(f"Invalid request (check that your POST content type is {FORM}).")
    try:
        return read_form(request.body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidRequest("Invalid request (the body is not UTF-8).") from error


def _fingerprint(request: Request) -> str:
    text = json.dumps([request.method, request.path, request.body.decode("utf-8", "replace")])
    return hashlib.sha256(text.encode()).hexdigest()
