"""PayPal's own amounts, and what its orders say."""

from typing import Any

import msgspec
import pytest
from igny8_core.business.billing.domain.gateway_states import GatewayStatus, Redirect, State
from igny8_core.business.billing.domain.money_back import DisputeStatus, Returned, ReturnStatus
from igny8_core.business.billing.gateways.base import NotTaken
from igny8_core.business.billing.gateways.paypal import money_back, states
from igny8_core.business.billing.gateways.paypal.amounts import CURRENCIES, from_wire, to_wire
from tests.unit.paypal_server import CAPTURE, ORDER, order


@pytest.mark.parametrize(
    ("amount_minor", "currency", "wire"),
    [
        *((1500, "EUR", "15.00"), (5, "USD", "0.05"), (600, "JPY", "600"), (600, "HUF", "6"), (60_000, "TWD", "600")),
        (99_999_999_999, "USD", "999999999.99"),
    ],
)
def test_amounts(amount_minor: int, currency: str, wire: str) -> None:
    assert (to_wire(amount_minor, currency), from_wire(wire, currency)) == (wire, amount_minor)


@pytest.mark.parametrize(
    ("amount_minor", "currency"),
    [(650, "HUF"), (1, "TWD"), (0, "EUR"), (-1, "EUR"), *((100, name) for name in ("PKR", "INR", "BRL", "CNY", "KES"))],
)
def test_what_paypal_cannot_write(amount_minor: int, currency: str) -> None:
    with pytest.raises(NotTaken):
        to_wire(amount_minor, currency)


@pytest.mark.parametrize(
    ("wire", "currency"),
    [("1.005", "EUR"), ("6.5", "JPY"), ("1e3", "EUR"), ("-1.00", "EUR"), ("1,00", "EUR"), ("", "EUR"), ("1", "PKR")],
)
def test_what_cannot_be_read(wire: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_wire(wire, currency)
    assert len(CURRENCIES) == 21


def state_of(document: dict[str, Any]) -> State:
    """What an order is taken for."""
    return states.state_of(msgspec.convert(document, states.Order), live=False)


@pytest.mark.parametrize(
    ("document", "status"),
    [
        *((order(name), GatewayStatus.OPEN) for name in ("CREATED", "SAVED", "APPROVED", "PAYER_ACTION_REQUIRED")),
        (order("VOIDED"), GatewayStatus.EXPIRED),
        (order("COMPLETED", {**CAPTURE, "status": "PENDING"}), GatewayStatus.PROCESSING),
        *((order("COMPLETED", {**CAPTURE, "status": name}), GatewayStatus.FAILED) for name in ("DECLINED", "FAILED")),
        *(
            (order("COMPLETED", {**CAPTURE, "status": name}), GatewayStatus.PAID)
            for name in ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")
        ),
    ],
)
def test_completed_is_not_paid(document: dict[str, Any], status: GatewayStatus) -> None:
    assert state_of(document).status is status


def test_a_state_with_its_money() -> None:
    found = state_of(order("COMPLETED", CAPTURE, payer={"payer_id": "QYR5Z8XDVJNXQ"}))
    assert (found.reference, found.amount_minor, found.currency, found.charge, found.payer, found.live) == (
        *("pay_1", 1500, "EUR", "3C679366HH908993F"),
        *("QYR5Z8XDVJNXQ", False),
    )
    assert found.fee is not None
    assert (found.fee.amount_minor, found.fee.currency) == (101, "EUR")
    # Money that waited is there since PayPal let it go.
    assert found.paid_at is not None
    assert found.paid_at.hour == 13
    waits = {**CAPTURE, "status": "PENDING", "status_details": {"reason": "UNILATERAL"}}
    waits.pop("seller_receivable_breakdown")
    waiting = state_of(order("COMPLETED", waits))
    assert (waiting.reason, waiting.fee) == ("UNILATERAL", None)
    agreed = state_of(order("APPROVED", update_time="2026-11-26T12:00:00Z"))
    assert (agreed.agreement, state_of(ORDER).agreement) == ("2026-11-26T12:00:00Z", "")
    assert state_of(ORDER).action == Redirect(ORDER["links"][0]["href"])


@pytest.mark.parametrize(
    "document", [order("COMPLETED"), order("NEW"), order("COMPLETED", {**CAPTURE, "status": "MAYBE"})]
)
def test_states_that_nobody_knows(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="an order that is"):
        state_of(document)


def refund(**more: Any) -> Returned:
    """A refund as PayPal answers it."""
    said = {"id": "1JU0", "status": "COMPLETED", "amount": {"currency_code": "JPY", "value": "600"}, **more}
    return money_back.returned_of(msgspec.convert(said, money_back.Refund))


@pytest.mark.parametrize(
    ("said", "status"),
    [
        *(("COMPLETED", ReturnStatus.DONE), ("PENDING", ReturnStatus.ON_ITS_WAY)),
        *(("FAILED", ReturnStatus.FAILED), ("CANCELLED", ReturnStatus.FAILED)),
    ],
)
def test_a_refund(said: str, status: ReturnStatus) -> None:
    found = refund(status=said, invoice_id="refund_1", custom_id="pay_1", status_details={"reason": "ECHECK"})
    assert (found.handle, found.reference, found.amount_minor, found.currency) == ("1JU0", "refund_1", 600, "JPY")
    assert (found.status, found.reason) == (status, "ECHECK")
    # PayPal writes the capture's own numbers where nobody of ours has asked for it.
    assert refund(invoice_id="pay_1", custom_id="pay_1").reference == refund().reference == ""


def test_a_refund_that_nobody_knows() -> None:
    with pytest.raises(LookupError):
        refund(status="MAYBE")


DISPUTE: dict[str, Any] = {
    "dispute_id": "PP-D-1",
    "status": "WAITING_FOR_SELLER_RESPONSE",
    "dispute_amount": {"currency_code": "EUR", "value": "15.00"},
    "dispute_life_cycle_stage": "CHARGEBACK",
    "reason": "UNAUTHORISED",
    "seller_response_due_date": "2026-12-06T12:00:00Z",
}


@pytest.mark.parametrize(
    ("change", "status", "refundable"),
    [
        ({}, DisputeStatus.NEEDS_RESPONSE, False),
        ({"status": "UNDER_REVIEW"}, DisputeStatus.UNDER_REVIEW, False),
        ({"dispute_life_cycle_stage": "INQUIRY"}, DisputeStatus.WARNING_NEEDS_RESPONSE, True),
        (
            {"dispute_life_cycle_stage": "INQUIRY", "status": "WAITING_FOR_BUYER_RESPONSE"},
            DisputeStatus.WARNING_UNDER_REVIEW,
            True,
        ),
        *(
            ({"status": "RESOLVED", "dispute_outcome": {"outcome_code": code}}, status, False)
            for code, status in (
                ("RESOLVED_SELLER_FAVOUR", DisputeStatus.WON),
                ("CANCELED_BY_BUYER", DisputeStatus.WON),
                ("RESOLVED_BUYER_FAVOUR", DisputeStatus.LOST),
                ("ACCEPTED", DisputeStatus.LOST),
                ("", DisputeStatus.LOST),
            )
        ),
    ],
)
def test_a_dispute(change: dict[str, Any], status: DisputeStatus, refundable: bool) -> None:
    found = money_back.disputed_of(msgspec.convert({**DISPUTE, **change}, money_back.Dispute))
    assert (found.status, found.refundable, found.is_taken, found.fee) == (status, refundable, False, None)
    assert (found.handle, found.amount_minor, found.currency, found.reason) == ("PP-D-1", 1500, "EUR", "UNAUTHORISED")
    assert found.respond_by is not None
    assert found.respond_by.day == 6
