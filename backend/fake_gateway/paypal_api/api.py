"""The door of PayPal's API: tokens, who calls, which operation, with which request id; and faults on purpose."""

import base64
import binascii
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from fake_gateway.faults import Fault, FaultKind, spoiled
from fake_gateway.gateway import Gateway
from fake_gateway.http_server import RESET, Answer, Request, json_answer
from fake_gateway.paypal_api import captures, disputes, events, orders, shapes, signing
from fake_gateway.paypal_api.errors import PayPalError, malformed, not_found, refused
from fake_gateway.records import Missing, Record, shown

PREFIXES = ("/v2/", "/v1/oauth2/", "/v1/notifications/", "/v1/customer/")
TOKEN_SECONDS = 32_400
ORDER_KEY_SECONDS, REFUND_KEY_SECONDS = 6 * 3600, 45 * 86_400
LONGEST_REQUEST_ID = 108


@dataclass(frozen=True)
class Write:
    """An operation that changes something: its body, how long its request id lives, and what it gives."""

    path: re.Pattern[str]
    shape: shapes.Shape
    kind: str
    key_seconds: int
    run: Callable[[Gateway, Record, tuple[str, ...]], Record]


WRITES = (
    Write(
        re.compile("/v2/checkout/orders"),
        shapes.CREATE_ORDER,
        orders.KIND,
        ORDER_KEY_SECONDS,
        lambda gateway, given, names: orders.create_order(gateway, given),
    ),
    Write(
        re.compile("/v2/checkout/orders/([^/]+)/capture"),
        shapes.CAPTURE_ORDER,
        orders.KIND,
        ORDER_KEY_SECONDS,
        lambda gateway, given, names: orders.capture_order(gateway, names[0]),
    ),
    Write(
        re.compile("/v2/payments/captures/([^/]+)/refund"),
        shapes.REFUND,
        captures.REFUND,
        REFUND_KEY_SECONDS,
        lambda gateway, given, names: captures.create_refund(gateway, names[0], given),
    ),
)
READS: tuple[tuple[re.Pattern[str], Callable[[Gateway, str], Record]], ...] = (
    (re.compile("/v2/checkout/orders/([^/]+)"), lambda gateway, name: view(gateway, orders.find_order(gateway, name))),
    (
        re.compile("/v2/payments/captures/([^/]+)"),
        lambda gateway, name: shown_record(captures.find_capture(gateway, name)),
    ),
    (
        re.compile("/v2/payments/refunds/([^/]+)"),
        lambda gateway, name: shown_record(captures.find_refund(gateway, name)),
    ),
    (re.compile("/v1/customer/disputes/([^/]+)"), disputes.find_dispute),
    (
        re.compile("/v1/notifications/webhooks-events/([^/]+)"),
        lambda gateway, name: shown_record(events.find_event(gateway, name)),
    ),
)
RESEND = re.compile("/v1/notifications/webhooks-events/([^/]+)/resend")


def shown_record(record: Record) -> Record:
    """A record without our own keys."""
    sent: Record = shown(record)
    return sent


def view(gateway: Gateway, record: Record) -> Record:
    """An order with its captures and their refunds as they are now; another record as it is."""
    sent = shown_record(record)
    if "purchase_units" in record:
        sent["links"] = orders.links(gateway, record)
        payments = sent["purchase_units"][0].get("payments")
        if payments is not None:
            found = [gateway.store.get(captures.CAPTURE, name) for name in payments["captures"]]
            payments["captures"] = [shown_record(each) for each in found]
            refunds = [shown_record(each) for one in found for each in captures.refunds_of(gateway, one)]
            if refunds:
                payments["refunds"] = refunds
    return sent


class PayPalApi:
    """Answers what begins with one of `PREFIXES`."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._running: set[str] = set()
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """One call; a fault may end it badly."""
        debug = self.gateway.new_id("", 13).lower()
        headers = {"Paypal-Debug-Id": debug}
        if request.path.startswith(signing.CERTIFICATES):
            return self._certificate(request.path.removeprefix(signing.CERTIFICATES))
        if request.path == "/v1/oauth2/token":
            return self._token(request)
        try:
            self._check_caller(request)
            fault = self.gateway.faults.strike("paypal", request.method, request.path)
            answer = self._carry_out(request, fault)
            return spoiled(Answer(answer.status, answer.body, headers=headers, ending=answer.ending), fault)
        except PayPalError as error:
            return json_answer(error.status, {**error.body, "debug_id": debug}, headers)

    def _certificate(self, name: str) -> Answer:
        pem = signing.certificate_pem(self.gateway, name)
        if pem is None:
            return Answer(404, b"", "text/plain")
        return Answer(200, pem, "application/x-pem-file")

    def _token(self, request: Request) -> Answer:
        keys = self.gateway.keys
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(rest, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            given = ""
        if scheme != "Basic" or given != f"{keys.paypal_client_id}:{keys.paypal_client_secret}":
            return json_answer(401, {"error": "invalid_client", "error_description": "Client Authentication failed"})
        if request.method != "POST" or request.form() != {"grant_type": "client_credentials"}:
            return json_answer(400, {"error": "unsupported_grant_type", "error_description": "Use client_credentials."})
        token = self.gateway.new_id("A21AA", 80)
        self.gateway.store.put("paypal_token", {"id": token, "ends": self.gateway.now() + TOKEN_SECONDS})
        return json_answer(
            200,
            {
                "scope": "https://uri.paypal.com/services/payments/payment",
                "access_token": token,
                "token_type": "Bearer",
                "app_id": "APP-80W284485P519543T",
                "expires_in": TOKEN_SECONDS,
                "nonce": f"{events.time_text(self.gateway.now())}{self.gateway.new_id('', 20)}",
            },
        )

    def _check_caller(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            kept = self.gateway.store.get("paypal_token", token)
        except Missing:
            kept = {"ends": 0}
        if scheme != "Bearer" or kept["ends"] <= self.gateway.now():
            raise PayPalError(401, "AUTHENTICATION_FAILURE")

    def _carry_out(self, request: Request, fault: Fault | None) -> Answer:
        kind = None if fault is None else fault.kind
        if kind is FaultKind.RATE_LIMIT:
            raise PayPalError(429, "RATE_LIMIT_REACHED")
        if kind is FaultKind.RESET_BEFORE:
            return RESET
        if kind is FaultKind.ERROR_500_BEFORE:
            raise PayPalError(500, "INTERNAL_SERVER_ERROR")
        answer = self._read(request) if request.method == "GET" else self._write(request, fault)
        if kind is FaultKind.ERROR_500:
            raise PayPalError(500, "INTERNAL_SERVER_ERROR")
        return answer

    def _read(self, request: Request) -> Answer:
        if request.path == "/v1/notifications/webhooks-events":
            return json_answer(200, events.list_events(self.gateway, request.arguments()))
        if request.path == "/v1/customer/disputes":
            return json_answer(200, disputes.list_disputes(self.gateway, request.arguments()))
        for path, read in READS:
            found = path.fullmatch(request.path)
            if found is not None:
                return json_answer(200, read(self.gateway, found[1]))
        raise not_found()

    def _write(self, request: Request, fault: Fault | None) -> Answer:
        given, text = _body(request)
        if request.path == "/v1/notifications/verify-webhook-signature":
            return self._verify(given, text)
        resend = RESEND.fullmatch(request.path)
        if resend is not None:
            shapes.RESEND(given, "")
            event = events.find_event(self.gateway, resend[1])
            self.gateway.deliveries.resend(event["id"])
            return json_answer(202, shown_record(event))
        for write in WRITES:
            found = write.path.fullmatch(request.path)
            if found is not None and request.method == "POST":
                return self._keyed(request, write, write.shape(given, ""), found.groups(), fault)
        raise not_found()

    def _verify(self, given: Record, text: str) -> Answer:
        checked = shapes.VERIFY(given, "")
        raw = signing.raw_member(text, "webhook_event") or ""
        status = "SUCCESS" if signing.verifies(self.gateway, checked, raw.encode()) else "FAILURE"
        return json_answer(200, {"verification_status": status})

    def _keyed(
        self, request: Request, write: Write, given: Record, names: tuple[str, ...], fault: Fault | None
    ) -> Answer:
        """One request id, one effect; a repeated one gets the thing as it is now, with 200."""
        request_id = request.headers.get("paypal-request-id", "")
        if "payment_source" in given and not request_id:
            raise PayPalError(
                400,
                "INVALID_REQUEST",
                {"issue": "PAYPAL_REQUEST_ID_REQUIRED", "description": "A PayPal-Request-Id is required."},
            )
        if len(request_id) > LONGEST_REQUEST_ID:
            raise malformed("INVALID_PARAMETER_VALUE", "PayPal-Request-Id", "At most 108 characters are allowed.")
        key = f"{request.path} {request_id}" if request_id else ""
        kept = self._begin(key, given, write.key_seconds)
        if kept is not None:
            return self._shown(request, 200, self.gateway.store.get(write.kind, kept))
        try:
            if fault is not None and fault.kind is FaultKind.DELAY:
                time.sleep(fault.seconds)
            with self.gateway.store.transaction():
                result = self._effect(write, given, names)
                if isinstance(result, dict) and key:
                    record = {"id": key, "given": given, "result": result["id"], "created": self.gateway.now()}
                    self.gateway.store.put("paypal_request", record)
        finally:
            with self._lock:
                self._running.discard(key)
        if isinstance(result, PayPalError):
            raise result
        return self._shown(request, 201, result)

    def _begin(self, key: str, given: Record, seconds: int) -> str | None:
        if not key:
            return None
        with self._lock:
            if key in self._running:
                description = "A previous request on this resource is currently in progress."
                raise PayPalError(
                    409, "RESOURCE_CONFLICT", {"issue": "PREVIOUS_REQUEST_IN_PROGRESS", "description": description}
                )
            try:
                kept = self.gateway.store.get("paypal_request", key)
            except Missing:
                kept = None
            if kept is None or kept["created"] + seconds <= self.gateway.now():
                self._running.add(key)
                return None
        if kept["given"] != given:
            raise refused("DUPLICATE_REQUEST_ID", "The value of PayPal-Request-Id header has already been used.")
        return str(kept["result"])

    def _effect(self, write: Write, given: Record, names: tuple[str, ...]) -> Record | PayPalError:
        try:
            return write.run(self.gateway, given, names)
        except PayPalError as error:
            if not error.keeps_effects:
                raise
            return error

    def _shown(self, request: Request, status: int, record: Record) -> Answer:
        whole = view(self.gateway, record)
        if request.headers.get("prefer", "return=minimal") == "return=representation":
            return json_answer(status, whole)
        return json_answer(status, {name: whole[name] for name in ("id", "status", "links")})


def _body(request: Request) -> tuple[Record, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise PayPalError(415, "UNSUPPORTED_MEDIA_TYPE")
    try:
        text = request.body.decode("utf-8") or "{}"
        given = json.loads(text)
    except ValueError as error:
        raise malformed("MALFORMED_REQUEST_JSON", "/", "The request JSON is not well formed.") from error
    if not isinstance(given, dict):
        raise malformed("MALFORMED_REQUEST_JSON", "/", "The request JSON is no object.")
    return given, text
