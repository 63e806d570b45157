"""Money that goes back by PayPal: refunded once, booked once, whoever asked for it."""

from typing import Any

import pytest
from fake_gateway.paypal_api.errors import PayPalError
from igny8_core.business.billing import tasks
from tests.api.test_approvals import verified
from tests.cast import ADMIN, Cast, make_cast
from tests.fake_gateway.driving import eventually
from tests.fake_gateway.paypal_driving import PayPal
from tests.gateways.desk import (
    Desk,
    check_out,
    checkout_of,
    give_back,
    invoice_of,
    janitor,
    later,
    read_messages,
    refresh,
    refund_rows,
)
from tests.gateways.tills import PayPalTill

AMOUNT = "1000.00"


@pytest.fixture
def till(desk: Desk) -> PayPalTill:
    return PayPalTill(desk)


@pytest.fixture
def euros() -> Cast:
    return make_cast("DE", "EUR")


def paid(cast: Cast, till: PayPalTill) -> tuple[Any, str, str]:
    """An invoice paid with PayPal: the ids of invoice, payment and capture."""
    invoice_id = cast.invoice(AMOUNT)
    payment_id = check_out(cast.member, invoice_id, payment_method="paypal").json()["data"]["payment"]["id"]
    (handle,) = till.handles(payment_id)
    till.pay(handle)
    assert refresh(cast.member, payment_id).json()["data"]["status"] == "succeeded"
    return invoice_id, payment_id, till.capture_of(handle)


def refunds(till: PayPalTill) -> list[tuple[str, str, str]]:
    """PayPal's own books: our payment, the amount and the status of each refund."""
    rows = till.desk.get("/books")["paypal"]["refunds"]
    return [(row["custom_id"], row["decimal"], row["status"]) for row in rows]


def hear(cast: Cast, payment_id: str) -> None:
    """The worker asks PayPal about a payment."""
    tasks.ask_gateway(payment_id, str(cast.account.id))


def test_in_parts_and_as_a_whole(euros: Cast, till: PayPalTill) -> None:
    invoice_id, payment_id, _ = paid(euros, till)
    answer = give_back(euros, payment_id, amount="300.00", key="k")
    shown = answer.json()["data"]
    assert (answer.status_code, shown["status"], shown["refund"]["status"]) == (200, "succeeded", "completed")
    assert give_back(euros, payment_id, amount="300.00", key="k").content == answer.content
    rest = give_back(euros, payment_id).json()["data"]
    assert (rest["status"], rest["amount_refunded"]) == ("refunded", AMOUNT)
    assert refunds(till) == [(payment_id, "300.00", "COMPLETED"), (payment_id, "700.00", "COMPLETED")]
    hear(euros, payment_id)
    assert refund_rows(payment_id) == [("completed", 30000), ("completed", 70000)]
    assert invoice_of(euros, invoice_id) == ("paid", AMOUNT)
    verified(euros)


@pytest.mark.parametrize("kind", ["reset_after", "reset_before", "error_500", "truncate"])
def test_a_refund_whose_answer_is_lost(euros: Cast, till: PayPalTill, kind: str) -> None:
    _, payment_id, capture = paid(euros, till)
    till.desk.fail(kind, gateway="paypal", method="POST", path=f"/v2/payments/captures/{capture}/refund")
    answer = give_back(euros, payment_id, amount="400.00").json()["data"]
    assert answer["refund"]["status"] == "processing"
    with later(seconds=20):
        assert janitor(euros) == 1
    assert (refunds(till), refund_rows(payment_id)) == ([(payment_id, "400.00", "COMPLETED")], [("completed", 40000)])
    verified(euros)


def test_paypal_refuses(euros: Cast, till: PayPalTill) -> None:
    _, payment_id, _ = paid(euros, till)
    till.desk.post("/clock", advance_seconds=181 * 86_400)
    shown = give_back(euros, payment_id).json()["data"]["refund"]
    till.desk.post("/clock", offset_seconds=0)
    assert shown["status"] == "failed"
    assert "REFUND_TIME_LIMIT_EXCEEDED" in shown["failure_reason"]
    assert refunds(till) == []
    verified(euros)


def test_made_in_paypals_dashboard(euros: Cast, till: PayPalTill) -> None:
    """Its message leads to the payment by the capture, and it is booked once."""
    invoice_id, payment_id, capture = paid(euros, till)
    _, other, _ = paid(euros, till)
    body = {"amount": {"currency_code": "EUR", "value": "250.00"}}
    assert PayPal(till.desk.running).refund(capture, body).status == 201
    till.desk.send(copies=2)
    eventually(lambda: read_messages() and refund_rows(payment_id) == [("completed", 25000)])
    while read_messages():
        pass
    hear(euros, payment_id)
    assert (refund_rows(payment_id), refund_rows(other)) == ([("completed", 25000)], [])
    assert invoice_of(euros, invoice_id) == ("paid", AMOUNT)
    verified(euros)


def test_taken_back_by_paypal(euros: Cast, till: PayPalTill) -> None:
    _, payment_id, capture = paid(euros, till)
    till.desk.post("/paypal/reverse", capture=capture)
    till.desk.send()
    eventually(lambda: read_messages() and refund_rows(payment_id) == [("completed", 100000)])
    assert refunds(till) == [(payment_id, AMOUNT, "COMPLETED")]
    verified(euros)


@pytest.mark.parametrize(("outcome", "rows"), [("won", []), ("lost", [("completed", 100000)])])
def test_a_dispute(euros: Cast, till: PayPalTill, outcome: str, rows: list[tuple[str, int]]) -> None:
    """It is asked about; what is lost PayPal takes by a refund of its own, which is booked once."""
    _, payment_id, capture = paid(euros, till)
    dispute = till.desk.post("/paypal/dispute", capture=capture)["dispute_id"]
    hear(euros, payment_id)
    assert (refund_rows(payment_id), checkout_of(payment_id).problem) == ([], "")
    till.desk.post("/paypal/resolve_dispute", dispute=dispute, outcome=outcome)
    for _ in range(2):
        hear(euros, payment_id)
    assert refund_rows(payment_id) == rows
    verified(euros)


def test_disputes_that_are_kept_from_us(euros: Cast, till: PayPalTill, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app without the right to see disputes can refund all the same."""
    _, payment_id, _ = paid(euros, till)
    monkeypatch.setattr("fake_gateway.paypal_api.disputes.list_disputes", _refuses)
    assert give_back(euros, payment_id).json()["data"]["refund"]["status"] == "completed"
    assert euros.support.get(f"{ADMIN}payments/{payment_id}/").json()["data"]["status"] == "refunded"


def _refuses(gateway: Any, query: Any) -> Any:
    raise PayPalError(403, "AUTHENTICATION_FAILURE")
