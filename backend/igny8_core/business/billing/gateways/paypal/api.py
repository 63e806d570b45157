"""Calls of PayPal's API: the token, the request id, and what each way to fail says of what happened.

Over `requests`, which Stripe's library brings anyway, so that a process holds one HTTP library and not two.
"""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from igny8_core.business.billing.gateways.base import (
    AccessRefused,
    Declined,
    GatewayError,
    NothingHappened,
    NotTaken,
    NotThere,
    OutcomeUnknown,
)
from igny8_core.business.billing.gateways.unsent import never_left
from igny8_core.kit.on_demand import OnDemand

if TYPE_CHECKING:
    import requests
else:
    requests = OnDemand("requests")

CONNECT_SECONDS, READ_SECONDS = 2, 10
AMOUNT_ISSUES = frozenset(
    {
        "CANNOT_BE_ZERO_OR_NEGATIVE",
        "CURRENCY_NOT_SUPPORTED",
        "CURRENCY_NOT_SUPPORTED_FOR_COUNTRY",
        "CURRENCY_NOT_SUPPORTED_FOR_MERCHANT",
        "DECIMALS_NOT_SUPPORTED",
        "DECIMAL_PRECISION",
        "INVALID_CURRENCY_CODE",
        "MAX_VALUE_EXCEEDED",
    }
)
ACCOUNT_ISSUES = frozenset(
    {"PAYEE_ACCOUNT_INVALID", "PAYEE_ACCOUNT_LOCKED_OR_CLOSED", "PAYEE_ACCOUNT_RESTRICTED", "PERMISSION_DENIED"}
)
AT_WORK_ISSUES = frozenset({"ORDER_COMPLETION_IN_PROGRESS", "PREVIOUS_REQUEST_IN_PROGRESS"})
_WORD = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPalSettings:
    """The keys of a deployment, and where PayPal is: its API, and the certificates that its messages are signed with.

    `trial_root` is the root certificate of what stands in for PayPal in trials; None means those that the web trusts.
    """

    client_id: str
    client_secret: str = field(repr=False)
    webhook_id: str
    live: bool
    base: str
    certificates: str
    trial_root: Path | None = None


class Refusal(Declined):
    """PayPal understood what was asked for and has not done it; `issue` is its word for why."""

    def __init__(self, told: str, issue: str) -> None:
        super().__init__(told)
        self.issue = issue


class _Token(Struct):
    access_token: str


class _Detail(Struct):
    issue: str | None = None


class Failure(Struct):
    """What PayPal says of a refusal."""

    name: str | None = None
    error: str | None = None
    debug_id: str | None = None
    details: list[_Detail] | None = None


class Api:
    """PayPal's API with the keys of a deployment; its token is kept for the process until PayPal refuses it."""

    def __init__(self, settings: PayPalSettings) -> None:
        self._settings = settings
        self._token = ""
        self._lock = threading.Lock()

    @cached_property
    def _session(self) -> "requests.Session":
        session = requests.Session()
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return session

    def get[T](self, path: str, shape: type[T], *, query: Mapping[str, str] | None = None) -> T:
        """Read something of this shape. Raises `GatewayError`."""
        return _content(self._call("GET", path, query=query), shape)

    def post[T](self, path: str, body: bytes, shape: type[T], *, request_id: str = "") -> T:
        """Change something; once, however often it is sent with the same request id. Raises `GatewayError`."""
        return _content(self._call("POST", path, body=body, request_id=request_id), shape)

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        query: Mapping[str, str] | None = None,
        request_id: str = "",
    ) -> "requests.Response":
        headers = {"Content-Type": "application/json", "Prefer": "return=representation"}
        if request_id:
            headers["PayPal-Request-Id"] = request_id
        token = self._current_token(refused="")
        for is_last in (False, True):
            response = self._send(method, path, body=body, query=query, headers=headers, auth=_Bearer(token))
            if response.status_code != 401 or is_last:
                break
            token = self._current_token(refused=token)
        return response

    def _current_token(self, *, refused: str) -> str:
        """The token of this process, a new one if the last was refused. Nothing has happened where there is none."""
        with self._lock:
            if self._token == refused:
                pair = (self._settings.client_id, self._settings.client_secret)
                given = {"grant_type": "client_credentials"}
                try:
                    response = self._send("POST", "/v1/oauth2/token", body=given, headers={}, auth=pair)
                    self._token = _content(response, _Token).access_token
                except OutcomeUnknown as error:
                    raise NothingHappened(f"{error} It was asked for a token.") from error
            return self._token

    def _send(self, method: str, path: str, *, auth: Any, body: Any = None, **more: Any) -> "requests.Response":
        """One request, without redirects. `auth` is always given: a file of passwords on the machine would be used."""
        query = more.pop("query", None)
        try:
            return self._session.request(
                method,
                self._settings.base + path,
                params=query,
                data=body,
                auth=auth,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                **more,
            )
        except requests.RequestException as error:
            told = f"PayPal: {type(error).__name__}."
            raise (NothingHappened(told) if never_left(error) else OutcomeUnknown(told)) from error


class _Bearer:
    """Puts a token into a request."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: "requests.PreparedRequest") -> "requests.PreparedRequest":
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _content[T](response: "requests.Response", shape: type[T]) -> T:
    """What an answer holds. Raises what a failure means."""
    if response.status_code not in (200, 201, 202):
        try:
            given = msgspec.json.decode(response.content, type=Failure)
        except (msgspec.DecodeError, ValueError, RecursionError):
            given = Failure()
        raise meaning(response.status_code, given, debug_header=response.headers.get("Paypal-Debug-Id"))
    try:
        return msgspec.json.decode(response.content, type=shape)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        # It was given after the work was done, or not: nobody knows.
        raise OutcomeUnknown(f"PayPal: {response.status_code}, and the answer cannot be read.") from error


def meaning(status: int, given: Failure, *, debug_header: str | None = None) -> GatewayError:
    """What an answer that is an error says of what happened."""
    issue = _word(given.details[0].issue) if given.details else ""
    debug = _word(given.debug_id) or _word(debug_header)
    parts = [str(status), _word(given.name) or _word(given.error), issue]
    told = "PayPal: " + " ".join([*filter(None, parts), *([f"debug_id {debug}"] if debug else [])])
    if status in (401, 403) or issue in ACCOUNT_ISSUES:
        return AccessRefused(told)
    if status == 404:
        return NotThere(told)
    if issue in AMOUNT_ISSUES:
        return NotTaken(told)
    if status in (400, 415, 422) and issue not in AT_WORK_ISSUES:
        return Refusal(told, issue)
    if status == 429:
        return NothingHappened(told)
    # 5xx, 409 (a twin runs), redirects, and whatever else nobody has told us of.
    return OutcomeUnknown(told)


def _word(value: object) -> str:
    """One of PayPal's own words. Its sentences may quote what a payer typed."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""
