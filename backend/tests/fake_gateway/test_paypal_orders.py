"""PayPal's orders, captures and refunds: made, approved on the page, captured once, given back."""

import threading
from typing import Any

import pytest
from fake_gateway.paypal_api import api
from tests.fake_gateway.driving import PATIENCE_SECONDS, Driver, Got, Product, Sleep, call, eventually
from tests.fake_gateway.paypal_driving import PayPal, capture_of, issue_of, link_of

FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def captured(paypal: PayPal, driver: Driver, funding: str = "balance", **more: Any) -> Any:
    """The capture of a new order."""
    order = paypal.order(**more).json()["id"]
    driver.post("/paypal/approve", order=order, funding=funding)
    return capture_of(paypal.capture(order).json())


def test_approved_on_the_page_and_captured(paypal: PayPal, driver: Driver, product: Product) -> None:
    made = paypal.order()
    order = made.json()
    assert (made.status, order["status"], order["purchase_units"][0]["custom_id"]) == (
        201,
        "PAYER_ACTION_REQUIRED",
        "pay_1",
    )
    page = link_of(order, "payer-action") or ""
    shown = call("GET", page)
    assert (shown.status, b"15.00 EUR" in shown.body, b"Demo gateway: no money moves" in shown.body) == (
        200,
        True,
        True,
    )
    back = call("POST", page, "funding=balance", **FORM)
    assert (back.status, back.headers["location"]) == (
        303,
        f"https://shop.test/back?a=b&token={order['id']}&PayerID=DEMOPAYER0001",
    )
    assert paypal.get(f"/v2/checkout/orders/{order['id']}").json()["status"] == "APPROVED"
    done = paypal.capture(order["id"])
    capture = capture_of(done.json())
    assert (done.status, done.json()["status"], capture["status"]) == (201, "COMPLETED", "COMPLETED")
    assert capture["custom_id"] == "pay_1"
    assert capture["seller_receivable_breakdown"] == {
        "gross_amount": {"currency_code": "EUR", "value": "15.00"},
        "paypal_fee": {"currency_code": "EUR", "value": "1.01"},
        "net_amount": {"currency_code": "EUR", "value": "13.99"},
    }
    assert paypal.get(f"/v2/payments/captures/{capture['id']}").json() == capture
    eventually(lambda: len(product.requests) == 2)
    books = driver.get("/books")["paypal"]
    assert (books["captured"], books["fees"]) == ({"EUR": {"decimal": "15.00"}}, {"EUR": {"decimal": "1.01"}})


def test_without_a_source_the_link_is_approve(paypal: PayPal) -> None:
    unit = {"amount": {"currency_code": "EUR", "value": "1.00"}}
    order = paypal.post("/v2/checkout/orders", {"intent": "CAPTURE", "purchase_units": [unit]}).json()
    assert (order["status"], link_of(order, "payer-action")) == ("CREATED", None)
    assert "token=" in (link_of(order, "approve") or "")
    minimal = paypal.post(
        "/v2/checkout/orders", {"intent": "CAPTURE", "purchase_units": [unit]}, Prefer="return=minimal"
    )
    assert sorted(minimal.json()) == ["id", "links", "status"]


def test_one_request_id_one_order(paypal: PayPal, driver: Driver) -> None:
    first, second = paypal.order(), paypal.order()
    assert (first.status, second.status) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert issue_of(paypal.order(value="16.00")) == "DUPLICATE_REQUEST_ID"
    driver.post("/clock", advance_seconds=6 * 3600 - 60)
    assert paypal.order().status == 200
    driver.post("/clock", advance_seconds=120)
    assert paypal.order().json()["id"] != first.json()["id"]


def test_a_request_id_is_needed_with_a_source(paypal: PayPal) -> None:
    refused = paypal.order(key="")
    assert (refused.status, issue_of(refused)) == (400, "PAYPAL_REQUEST_ID_REQUIRED")
    assert paypal.order(key="k" * 109).status == 400


def test_a_twin_that_is_still_running(paypal: PayPal, driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = Sleep()
    monkeypatch.setattr(api, "time", sleep)
    driver.post("/faults", kind="delay", times=1, gateway="paypal")
    got: list[Got] = []
    thread = threading.Thread(target=lambda: got.append(paypal.order()))
    thread.start()
    assert sleep.began.wait(PATIENCE_SECONDS)
    twin = paypal.order()
    sleep.end()
    thread.join()
    assert (twin.status, issue_of(twin)) == (409, "PREVIOUS_REQUEST_IN_PROGRESS")
    assert (got[0].status, paypal.order().status) == (201, 200)


def test_captured_once(paypal: PayPal, driver: Driver) -> None:
    order = paypal.order().json()["id"]
    assert issue_of(paypal.capture(order)) == "ORDER_NOT_APPROVED"
    driver.post("/paypal/approve", order=order)
    first, again = paypal.capture(order), paypal.capture(order)
    assert (first.status, again.status, first.json()["id"]) == (201, 200, again.json()["id"])
    assert issue_of(paypal.capture(order, key="another")) == "ORDER_ALREADY_CAPTURED"
    assert len(driver.get("/books")["paypal"]["captures"]) == 1


def test_an_order_lives_three_hours(paypal: PayPal, driver: Driver) -> None:
    order = paypal.order().json()["id"]
    driver.post("/paypal/approve", order=order)
    driver.post("/clock", advance_seconds=3 * 3600 - 60)
    assert paypal.get(f"/v2/checkout/orders/{order}").status == 200
    driver.post("/clock", advance_seconds=120)
    assert paypal.get(f"/v2/checkout/orders/{order}").status == 404
    assert issue_of(paypal.capture(order)) == "ORDER_EXPIRED"


def test_declined_and_paid_by_something_else(paypal: PayPal, driver: Driver) -> None:
    order = paypal.order().json()["id"]
    driver.post("/paypal/approve", order=order, funding="declined")
    refused = paypal.capture(order)
    assert (refused.status, issue_of(refused)) == (422, "INSTRUMENT_DECLINED")
    assert f"token={order}" in (link_of(refused.json(), "redirect") or "")
    assert paypal.get(f"/v2/checkout/orders/{order}").json()["status"] == "PAYER_ACTION_REQUIRED"
    driver.post("/paypal/approve", order=order)
    assert paypal.capture(order).status == 201


@pytest.mark.parametrize(("call_name", "status"), [("complete", "COMPLETED"), ("deny", "DECLINED")])
def test_money_that_waits(paypal: PayPal, driver: Driver, call_name: str, status: str) -> None:
    capture = captured(paypal, driver, "ECHECK")
    assert (capture["status"], capture["status_details"]) == ("PENDING", {"reason": "ECHECK"})
    assert "seller_receivable_breakdown" not in capture
    assert issue_of(paypal.refund(capture["id"], {})) == "REFUND_NOT_ALLOWED"
    assert driver.get("/books")["paypal"]["captures"] == []
    assert driver.post(f"/paypal/{call_name}", capture=capture["id"])["status"] == status


def test_an_order_for_immediate_payment_takes_no_echeck(paypal: PayPal, driver: Driver) -> None:
    order = paypal.order(context={"payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED"}).json()
    page = link_of(order, "payer-action") or ""
    assert b"eCheck" not in call("GET", page).body
    assert b"PAYMENT_SOURCE_CANNOT_BE_USED" in call("POST", page, "funding=ECHECK", **FORM).body


def test_an_invoice_number_pays_once(paypal: PayPal, driver: Driver) -> None:
    captured(paypal, driver, unit={"invoice_id": "INV-1"})
    refused = paypal.order(key="order-2", unit={"invoice_id": "INV-1"})
    assert (refused.status, issue_of(refused)) == (422, "DUPLICATE_INVOICE_ID")


@pytest.mark.parametrize(
    ("value", "currency", "issue"),
    [
        ("15.001", "EUR", "DECIMAL_PRECISION"),
        ("6.00", "JPY", "DECIMALS_NOT_SUPPORTED"),
        ("6.5", "HUF", "DECIMALS_NOT_SUPPORTED"),
        ("0", "EUR", "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ("-1", "EUR", "INVALID_PARAMETER_SYNTAX"),
        ("1,00", "EUR", "INVALID_PARAMETER_SYNTAX"),
        ("10000001", "EUR", "MAX_VALUE_EXCEEDED"),
        ("1500.00", "PKR", "CURRENCY_NOT_SUPPORTED"),
        ("1.00", "BRL", "CURRENCY_NOT_SUPPORTED_FOR_COUNTRY"),
    ],
)
def test_an_amount_that_is_refused(paypal: PayPal, value: str, currency: str, issue: str) -> None:
    assert issue_of(paypal.order(value, currency)) == issue


@pytest.mark.parametrize(
    ("value", "currency", "written"), [("6", "JPY", "6"), ("15.5", "EUR", "15.50"), ("7", "USD", "7.00")]
)
def test_how_an_amount_is_written(paypal: PayPal, value: str, currency: str, written: str) -> None:
    assert paypal.order(value, currency).json()["purchase_units"][0]["amount"]["value"] == written


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit": {"custom_id": "c" * 128}}, "/purchase_units/0/custom_id"),
        ({"unit": {"items": []}}, "/purchase_units/0/items"),
        ({"context": {"brand": "x"}}, "/payment_source/paypal/experience_context/brand"),
        ({"context": {"user_action": "PAY"}}, "/payment_source/paypal/experience_context/user_action"),
        ({"context": {"return_url": "ftp://shop.test"}}, "/payment_source/paypal/experience_context/return_url"),
        ({"body": {"intent": "AUTHORIZE"}}, "/intent"),
        ({"body": {"application_context": {}}}, "/application_context"),
        ({"body": {"purchase_units": []}}, "/purchase_units"),
    ],
)
def test_an_order_that_is_refused(paypal: PayPal, change: dict[str, Any], field: str) -> None:
    refused = paypal.order(**change)
    assert (refused.status, refused.json()["details"][0]["field"]) == (400, field)
    assert refused.json()["debug_id"] == refused.headers["paypal-debug-id"]


def test_given_back_in_parts(paypal: PayPal, driver: Driver) -> None:
    capture = captured(paypal, driver)["id"]
    part = paypal.refund(capture, {"amount": {"currency_code": "EUR", "value": "5.00"}, "note_to_payer": "Sorry"})
    assert (part.status, part.json()["status"], part.json()["amount"]["value"]) == (201, "COMPLETED", "5.00")
    assert part.json()["seller_payable_breakdown"]["total_refunded_amount"]["value"] == "5.00"
    assert paypal.get(f"/v2/payments/captures/{capture}").json()["status"] == "PARTIALLY_REFUNDED"
    for amount, issue in (
        ({"currency_code": "EUR", "value": "10.01"}, "REFUND_AMOUNT_EXCEEDED"),
        ({"currency_code": "USD", "value": "1.00"}, "REFUND_CAPTURE_CURRENCY_MISMATCH"),
    ):
        assert issue_of(paypal.refund(capture, {"amount": amount}, key="r2")) == issue
    rest = paypal.refund(capture, {}, key="r3").json()
    assert rest["amount"]["value"] == "10.00"
    assert paypal.get(f"/v2/payments/refunds/{rest['id']}").json() == rest
    assert issue_of(paypal.refund(capture, {}, key="r4")) == "CAPTURE_FULLY_REFUNDED"
    assert driver.get("/books")["paypal"]["refunded"] == {"EUR": {"decimal": "15.00"}}


def test_a_refund_has_one_effect_for_45_days(paypal: PayPal, driver: Driver) -> None:
    capture = captured(paypal, driver)["id"]
    body = {"amount": {"currency_code": "EUR", "value": "1.00"}}
    first = paypal.refund(capture, body).json()
    driver.post("/clock", advance_seconds=45 * 86_400 - 60)
    paypal = PayPal(driver.running)
    again = paypal.refund(capture, body)
    assert (again.status, again.json()["id"]) == (200, first["id"])
    driver.post("/clock", advance_seconds=120)
    assert paypal.refund(capture, body).json()["id"] != first["id"]
    driver.post("/clock", advance_seconds=136 * 86_400)
    assert issue_of(PayPal(driver.running).refund(capture, body, key="r5")) == "REFUND_TIME_LIMIT_EXCEEDED"


@pytest.mark.parametrize(
    ("call_name", "status", "left"),
    [("settle_refund", "COMPLETED", "REFUNDED"), ("fail_refund", "FAILED", "COMPLETED")],
)
def test_a_refund_that_waits(paypal: PayPal, driver: Driver, call_name: str, status: str, left: str) -> None:
    capture = captured(paypal, driver, "ECHECK")["id"]
    driver.post("/paypal/complete", capture=capture)
    refund = paypal.refund(capture, {}).json()
    assert (refund["status"], refund["status_details"]) == ("PENDING", {"reason": "ECHECK"})
    assert driver.post(f"/paypal/{call_name}", refund=refund["id"])["status"] == status
    assert paypal.get(f"/v2/payments/captures/{capture}").json()["status"] == left


def test_taken_back_by_paypal(paypal: PayPal, driver: Driver) -> None:
    capture = captured(paypal, driver)["id"]
    assert driver.post("/paypal/reverse", capture=capture)["status"] == "REFUNDED"
    assert [each["reversal"] for each in driver.get("/books")["paypal"]["refunds"]] == [True]


@pytest.mark.parametrize(
    ("outcome", "code", "status"),
    [("won", "RESOLVED_SELLER_FAVOUR", "COMPLETED"), ("lost", "RESOLVED_BUYER_FAVOUR", "REFUNDED")],
)
def test_a_dispute(paypal: PayPal, driver: Driver, product: Product, outcome: str, code: str, status: str) -> None:
    capture = captured(paypal, driver)["id"]
    opened = driver.post("/paypal/dispute", capture=capture, reason="UNAUTHORISED")
    assert opened["disputed_transactions"][0]["seller_transaction_id"] == capture
    assert paypal.get(f"/v1/customer/disputes/{opened['dispute_id']}").json() == opened
    closed = driver.post("/paypal/resolve_dispute", dispute=opened["dispute_id"], outcome=outcome)
    assert (closed["status"], closed["dispute_outcome"]["outcome_code"]) == ("RESOLVED", code)
    assert paypal.get(f"/v2/payments/captures/{capture}").json()["status"] == status
    eventually(lambda: len(product.requests) == (4 if outcome == "won" else 5))
