"""What PayPal's answers and refusals mean, without the product: a server that says what a test wants."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fake_gateway.http_server import RESET, Answer, Request, json_answer
from igny8_core.business.billing.domain.gateway_states import GatewayStatus, Redirect
from igny8_core.business.billing.gateways.base import (
    AccessRefused,
    BadSettings,
    Forgotten,
    GatewayError,
    NothingHappened,
    NotTaken,
    NotThere,
    Order,
    OutcomeUnknown,
)
from igny8_core.business.billing.gateways.paypal import api, settings
from igny8_core.kit import clock
from tests.unit.paypal_server import CAPTURE, ORDER, TOKEN, Said, order


@pytest.fixture
def said() -> Iterator[Said]:
    found = Said()
    yield found
    found.server.shutdown()
    found.server.server_close()


ORDERS, MINE = "/v2/checkout/orders", "/v2/checkout/orders/5O190127TN364715T"
CAPTURING = f"{MINE}/capture"


def refusal(issue: str, status: int = 422) -> tuple[int, Any]:
    """A refusal as PayPal writes it."""
    return status, {"name": "UNPROCESSABLE_ENTITY", "debug_id": "f2a1", "details": [{"issue": issue}]}


AN_ORDER = Order(
    reference="pay_1",
    amount_minor=1500,
    currency="EUR",
    description="Invoice INV-1",
    success_url="https://shop.test/ok",
    cancel_url="https://shop.test/no",
    expires_at=clock.now(),
)


def test_opening(said: Said) -> None:
    said.will(ORDERS, (201, ORDER), (200, ORDER))
    first, second = (said.paypal.start(AN_ORDER, key="pay_1:1:start") for _ in range(2))
    assert first == second
    assert (first.handle, first.action) == ("5O190127TN364715T", Redirect(ORDER["links"][0]["href"]))
    token, one, two = said.asked
    assert token.form() == {"grant_type": "client_credentials"}
    assert token.headers["authorization"].startswith("Basic ")
    assert one.body == two.body
    names = ("authorization", "paypal-request-id", "prefer", "content-type")
    assert [one.headers[name] for name in names] == [
        *("Bearer A21", "pay_1:1:start"),
        *("return=representation", "application/json"),
    ]
    body = json.loads(one.body)
    assert body["purchase_units"] == [
        {
            "custom_id": "pay_1",
            "invoice_id": "pay_1",
            "description": "Invoice INV-1",
            "amount": {"currency_code": "EUR", "value": "15.00"},
        }
    ]


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ((200, None), OutcomeUnknown),
        ((200, []), OutcomeUnknown),
        ((200, {"id": "1"}), OutcomeUnknown),
        ((201, {**ORDER, "id": "../x"}), OutcomeUnknown),
        ((201, {**ORDER, "links": []}), OutcomeUnknown),
        ((201, {**ORDER, "links": [{"href": "javascript:alert(1)", "rel": "approve"}]}), OutcomeUnknown),
        (Answer(200, b"{"), OutcomeUnknown),
        (Answer(200, b"\xff"), OutcomeUnknown),
        (Answer(200, b"[" * 100_000), OutcomeUnknown),
        (Answer(302, headers={"Location": "/v1/oauth2/token"}), OutcomeUnknown),
        (RESET, OutcomeUnknown),
        (json_answer(200, ORDER).ended("cut"), OutcomeUnknown),
        ((500, {}), OutcomeUnknown),
        ((503, None), OutcomeUnknown),
        (refusal("PREVIOUS_REQUEST_IN_PROGRESS", 409), OutcomeUnknown),
        (refusal("PREVIOUS_REQUEST_IN_PROGRESS"), OutcomeUnknown),
        ((429, {"name": "RATE_LIMIT_REACHED"}), NothingHappened),
        ((403, {"name": "NOT_AUTHORIZED"}), AccessRefused),
        (refusal("PAYEE_ACCOUNT_RESTRICTED"), AccessRefused),
        ((404, {"name": "RESOURCE_NOT_FOUND"}), NotThere),
        *((refusal(issue), NotTaken) for issue in sorted(api.AMOUNT_ISSUES)),
        (refusal("DUPLICATE_INVOICE_ID"), api.Refusal),
        ((400, {"name": "INVALID_REQUEST", "details": []}), api.Refusal),
    ],
)
def test_what_each_answer_means(said: Said, answer: Any, meaning: type[GatewayError]) -> None:
    said.will(ORDERS, answer)
    with pytest.raises(GatewayError) as found:
        said.paypal.start(AN_ORDER, key="k")
    assert type(found.value) is meaning
    assert said.calls() == [f"POST {ORDERS}"]


def test_what_an_operator_is_told(said: Said) -> None:
    details = {"details": [{"issue": "INSTRUMENT_DECLINED", "description": "the payer's words"}]}
    said.will(ORDERS, (422, {"name": "UNPROCESSABLE_ENTITY", "debug_id": "f2a1", **details}))
    with pytest.raises(api.Refusal, match=r"^PayPal: 422 UNPROCESSABLE_ENTITY INSTRUMENT_DECLINED debug_id f2a1$"):
        said.paypal.start(AN_ORDER, key="k")
    said.will(ORDERS, json_answer(500, {"name": "\n<b>"}, {"Paypal-Debug-Id": "b7"}))
    with pytest.raises(OutcomeUnknown, match=r"^PayPal: 500 debug_id b7$"):
        said.paypal.start(AN_ORDER, key="k")


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Said()
    said.server.server_close()
    said.server.shutdown()
    with pytest.raises(NothingHappened):
        said.paypal.start(AN_ORDER, key="k")


def test_a_time_out(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "READ_SECONDS", 0.2)
    said.will("/v1/oauth2/token", (200, TOKEN))
    released = threading.Event()
    answer = said._answer

    def slow(request: Request) -> Answer:
        if request.path == ORDERS:
            released.wait(20)
        return answer(request)

    said.will(ORDERS, (201, ORDER))
    said.server.application = slow
    with pytest.raises(OutcomeUnknown):
        said.paypal.start(AN_ORDER, key="k")
    released.set()


def test_a_token_is_kept_and_asked_for_anew_once(said: Said) -> None:
    said.will("/v1/oauth2/token", (200, TOKEN), (200, {**TOKEN, "access_token": "B"}))
    said.will(MINE, (200, ORDER), (401, {"name": "AUTHENTICATION_FAILURE"}), (200, ORDER))
    for _ in range(2):
        said.paypal.fetch("5O190127TN364715T")
    bearers = [one.headers["authorization"] for one in said.asked if "oauth2" not in one.path]
    assert bearers == ["Bearer A21", "Bearer A21", "Bearer B"]
    said.will(MINE, (401, {}), (401, {}))
    with pytest.raises(AccessRefused):
        said.paypal.fetch("5O190127TN364715T")


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ((401, {"error": "invalid_client"}), AccessRefused),
        ((500, {}), NothingHappened),
        ((200, {}), NothingHappened),
        ((200, None), NothingHappened),
        (RESET, NothingHappened),
    ],
)
def test_without_a_token_nothing_has_happened(said: Said, answer: Any, meaning: type[GatewayError]) -> None:
    said.will("/v1/oauth2/token", answer)
    with pytest.raises(GatewayError) as found:
        said.paypal.start(AN_ORDER, key="k")
    assert (type(found.value), said.calls()) == (meaning, [])


PAID = order("COMPLETED", CAPTURE)
APPROVED = order("APPROVED", update_time="2026-11-26T12:00:00Z")


@pytest.mark.parametrize(
    "answer",
    [
        refusal("ORDER_ALREADY_CAPTURED"),
        refusal("ORDER_COMPLETION_IN_PROGRESS"),
        refusal("PREVIOUS_REQUEST_IN_PROGRESS", 409),
        (200, None),
        (500, {}),
        RESET,
    ],
    ids=["already captured", "at work", "a twin at work", "null", "500", "reset"],
)
def test_a_capture_that_was_done_is_found(said: Said, answer: Any) -> None:
    """Also where the answer is `null`, which others took for a failure and captured again."""
    said.will(CAPTURING, answer)
    said.will(MINE, (200, PAID))
    assert said.paypal.collect("5O190127TN364715T", key="k").status is GatewayStatus.PAID
    assert said.calls() == [f"POST {CAPTURING}", f"GET {MINE}"]


@pytest.mark.parametrize("answer", [(200, None), (500, {}), RESET, refusal("ORDER_COMPLETION_IN_PROGRESS")])
def test_a_capture_of_which_nobody_knows(said: Said, answer: Any) -> None:
    said.will(CAPTURING, answer)
    said.will(MINE, (200, APPROVED))
    with pytest.raises(OutcomeUnknown):
        said.paypal.collect("5O190127TN364715T", key="k")


@pytest.mark.parametrize("after", [APPROVED, ORDER])
def test_declined_and_payable_again(said: Said, after: dict[str, Any]) -> None:
    said.will(CAPTURING, refusal("INSTRUMENT_DECLINED"))
    said.will(MINE, (200, after))
    found = said.paypal.collect("5O190127TN364715T", key="k")
    assert (found.status, found.agreement, found.reason) == (GatewayStatus.OPEN, "", "INSTRUMENT_DECLINED")


@pytest.mark.parametrize("issue", ["TRANSACTION_REFUSED", "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED"])
def test_refused_for_good(said: Said, issue: str) -> None:
    said.will(CAPTURING, refusal(issue))
    said.will(MINE, (200, APPROVED))
    found = said.paypal.collect("5O190127TN364715T", key="k")
    assert (found.status, found.agreement, found.reason) == (GatewayStatus.FAILED, "", issue)


def test_refused_in_a_way_that_nobody_knows(said: Said) -> None:
    said.will(CAPTURING, refusal("SOMETHING_NEW"))
    said.will(MINE, (200, APPROVED))
    with pytest.raises(api.Refusal):
        said.paypal.collect("5O190127TN364715T", key="k")


def test_forgotten(said: Said) -> None:
    said.will(MINE, (404, {"name": "RESOURCE_NOT_FOUND"}), (404, {}))
    for ask in (said.paypal.fetch, said.paypal.cancel):
        with pytest.raises(Forgotten):
            ask("5O190127TN364715T")


@pytest.mark.parametrize(
    ("document", "status"),
    [(ORDER, GatewayStatus.EXPIRED), (APPROVED, GatewayStatus.EXPIRED), (PAID, GatewayStatus.PAID)],
)
def test_cancelling_is_our_own_word(said: Said, document: dict[str, Any], status: GatewayStatus) -> None:
    said.will(MINE, (200, document))
    found = said.paypal.cancel("5O190127TN364715T")
    assert (found.status, found.agreement, found.action) == (status, "", None)
    assert said.calls() == [f"GET {MINE}"]


EVENTS = "/v1/notifications/webhooks-events"


def test_the_list_of_events_is_read_to_its_end(said: Said) -> None:
    """Only the query of the next page is taken from the answer: its host could be anybody's."""
    one = {"id": "WH-1", "event_type": "A", "resource_type": "capture", "resource": {"id": "C1"}}
    two = {**one, "id": "WH-2", "resource": {"id": "C2"}}
    following = [{"rel": "next", "href": f"https://evil.test{EVENTS}?page=2&start_time=x"}]
    said.will(EVENTS, (200, {"events": [one, {"id": 7}], "links": following}), (200, {"events": [two], "links": []}))
    found = list(said.paypal.missed(since=clock.now()))
    assert [(each.message.event_id, each.message.subject.charge) for each in found] == [("WH-1", "C1"), ("WH-2", "C2")]
    assert json.loads(found[0].body) == one
    assert said.asked[-1].arguments() == {"page": "2", "start_time": "x"}


KEYS = {
    settings.MODE: "live",
    settings.CLIENT_ID: "client",
    settings.CLIENT_SECRET: "secret",
    settings.WEBHOOK_ID: "webhook",
}
LOCAL = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    "change",
    [
        {settings.MODE: ""},
        {settings.MODE: "test"},
        {settings.CLIENT_SECRET: ""},
        {settings.WEBHOOK_ID: ""},
        {settings.API_BASE: LOCAL},
        {settings.MODE: "sandbox", settings.API_BASE: LOCAL, "IGNY8_DEMO": "0"},
        {settings.MODE: "sandbox", settings.API_BASE: "https://127.0.0.1:1"},
        {settings.MODE: "sandbox", settings.API_BASE: "http://api.example.com"},
        {settings.MODE: "sandbox", settings.API_BASE: f"{LOCAL}/x"},
        {settings.TRIAL_ROOT: "root.pem"},
    ],
)
def test_settings_that_cannot_be_used(change: dict[str, str]) -> None:
    with pytest.raises(BadSettings, match="IGNY8_PAYPAL"):
        settings.configured({**KEYS, **change})


def test_settings() -> None:
    live, sandbox = settings.configured(KEYS), settings.configured({**KEYS, settings.MODE: "sandbox"})
    assert live is not None
    assert sandbox is not None
    assert (live.live, live._settings.base, live._settings.certificates) == (
        *(True, "https://api-m.paypal.com"),
        "https://api.paypal.com",
    )
    assert (sandbox.live, sandbox._settings.base, sandbox._settings.certificates) == (
        *(False, "https://api-m.sandbox.paypal.com"),
        "https://api.sandbox.paypal.com",
    )
    assert "secret" not in repr(live._settings)
    assert settings.configured({}) is None
