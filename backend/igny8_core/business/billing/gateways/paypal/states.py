"""What an order of PayPal's says, as a state of ours."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from igny8_core.business.billing.domain.gateway_states import Fee, GatewayStatus, Redirect, State
from igny8_core.business.billing.gateways.paypal.amounts import Money
from igny8_core.business.billing.gateways.paypal.money_back import Refund

type _Instant = Annotated[datetime, Meta(tz=True)]

PAYERS_LINKS = ("payer-action", "approve")


class _Reason(Struct):
    reason: str = ""


class _Breakdown(Struct):
    paypal_fee: Money | None = None


class _Capture(Struct):
    id: str
    status: str
    amount: Money
    create_time: _Instant | None = None
    update_time: _Instant | None = None
    status_details: _Reason | None = None
    seller_receivable_breakdown: _Breakdown | None = None


class _Payments(Struct):
    captures: list[_Capture] = []
    refunds: list[Refund] = []


class _Unit(Struct):
    amount: Money
    custom_id: str = ""
    payments: _Payments | None = None


class Link(Struct):
    """An address that an answer leads to."""

    href: str
    rel: str


class _Payer(Struct):
    payer_id: str = ""


class Order(Struct):
    """An order, as far as we read it."""

    id: str
    status: str
    purchase_units: list[_Unit]
    update_time: str = ""
    payer: _Payer | None = None
    links: list[Link] = []


def payers_address(links: list[Link]) -> str:
    """Where the payer approves; empty where there is nothing to approve (any more)."""
    return next((link.href for link in links if link.rel in PAYERS_LINKS), "")


def refunds_of(order: Order) -> list[Refund]:
    """The refunds of an order's money, also those that PayPal made by itself."""
    return [refund for unit in order.purchase_units if unit.payments is not None for refund in unit.payments.refunds]


def state_of(order: Order, *, live: bool) -> State:
    """The state of an order. Raises `ValueError` for what is none.

    PayPal's answers do not say their mode; its two hosts know each other's orders not.
    """
    (unit,) = order.purchase_units
    captures = [] if unit.payments is None else unit.payments.captures
    capture = captures[0] if captures else None
    status = _status(order, capture)
    money = unit.amount if capture is None else capture.amount
    address = payers_address(order.links)
    is_there = capture is not None and capture.status == "COMPLETED"
    fee = None if capture is None or capture.seller_receivable_breakdown is None else _fee(capture)
    return State(
        status=status,
        reference=unit.custom_id,
        amount_minor=money.minor(),
        currency=money.currency_code,
        live=live,
        charge="" if capture is None else capture.id,
        payer="" if order.payer is None else order.payer.payer_id[:80],
        reason="" if capture is None or capture.status_details is None else capture.status_details.reason[:80],
        # A capture that waited is there since its last change; one that was refunded, since its beginning.
        paid_at=None if capture is None else capture.update_time if is_there else capture.create_time,
        fee=fee,
        gave_back=capture is not None and capture.status in ("PARTIALLY_REFUNDED", "REFUNDED"),
        action=Redirect(address) if status is GatewayStatus.OPEN and address else None,
        agreement=(order.update_time or order.id) if order.status == "APPROVED" else "",
    )


def _status(order: Order, capture: _Capture | None) -> GatewayStatus:
    """`COMPLETED` says that the order was captured, and not that the money is here: that the capture says."""
    match order.status, None if capture is None else capture.status:
        case "CREATED" | "SAVED" | "PAYER_ACTION_REQUIRED" | "APPROVED", _:
            return GatewayStatus.OPEN
        case "VOIDED", _:
            return GatewayStatus.EXPIRED
        case "COMPLETED", "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED":
            return GatewayStatus.PAID
        case "COMPLETED", "PENDING":
            return GatewayStatus.PROCESSING
        case "COMPLETED", "DECLINED" | "FAILED":
            return GatewayStatus.FAILED
    raise ValueError(f"an order that is {order.status!r}, its capture {capture and capture.status!r}")


def _fee(capture: _Capture) -> Fee | None:
    fee = None if capture.seller_receivable_breakdown is None else capture.seller_receivable_breakdown.paypal_fee
    return None if fee is None else Fee(fee.minor(), fee.currency_code)
