"""What a Checkout Session or a Payment Intent of ours says, as a state of ours."""

from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from igny8_core.business.billing.domain.gateway_states import Fee, GatewayStatus, Redirect, State
from igny8_core.business.billing.gateways.stripe.amounts import from_wire

EXPANDED = ["payment_intent.latest_charge.balance_transaction"]
"""What has to come along: the money's own words, the charge, and what Stripe kept of it."""


class _Booking(Struct):
    fee: int
    currency: str


class _Card(Struct):
    brand: str = ""
    last4: str = ""


class _PaidBy(Struct):
    card: _Card | None = None


class _Charge(Struct):
    created: int
    amount_refunded: int = 0
    disputed: bool = False
    balance_transaction: _Booking | str | None = None
    payment_method_details: _PaidBy | None = None


class _Failure(Struct):
    code: str | None = None
    decline_code: str | None = None


class _Intent(Struct):
    id: str
    status: str
    amount_received: int
    latest_charge: _Charge | str | None = None
    last_payment_error: _Failure | None = None


class _Link(Struct):
    url: str | None = None


class _Next(Struct):
    redirect_to_url: _Link | None = None


class _OwnIntent(_Intent, kw_only=True):
    """One that we have made ourselves, to charge a saved card."""

    amount: int
    currency: str
    livemode: bool
    metadata: dict[str, str]
    next_action: _Next | None = None


class _Session(Struct):
    status: str
    payment_status: str
    currency: str
    amount_total: int
    livemode: bool
    client_reference_id: str | None = None
    payment_intent: _Intent | str | None = None
    url: str | None = None


def state_of(document: object) -> State:
    """The state of an expanded session. Raises `ValueError` or `msgspec.ValidationError` for what is none."""
    session = msgspec.convert(document, _Session)
    intent = session.payment_intent if isinstance(session.payment_intent, _Intent) else None
    charge = None if intent is None else _charge(intent)
    status, currency = _status(session, intent), session.currency.upper()
    # What was asked for, and once it is paid what has come.
    received = status is GatewayStatus.PAID and intent is not None
    return State(
        status=status,
        reference=session.client_reference_id or "",
        amount_minor=from_wire(intent.amount_received if received and intent else session.amount_total, currency),
        currency=currency,
        live=session.livemode,
        charge="" if intent is None else intent.id,
        payer="" if charge is None else _payer(charge),
        reason="" if intent is None else _reason(intent),
        paid_at=None if charge is None else datetime.fromtimestamp(charge.created, UTC),
        fee=_fee(charge),
        gave_back=_gave_back(charge),
        action=Redirect(session.url) if status is GatewayStatus.OPEN and session.url else None,
    )


def state_of_intent(document: object) -> State:
    """The state of an expanded intent of ours. Raises as `state_of` does."""
    intent = msgspec.convert(document, _OwnIntent)
    charge, status, currency = _charge(intent), _intent_status(intent), intent.currency.upper()
    step = None if intent.next_action is None else intent.next_action.redirect_to_url
    return State(
        status=status,
        reference=intent.metadata.get("payment", ""),
        amount_minor=from_wire(
            intent.amount_received if status is GatewayStatus.PAID else intent.amount,
            currency,
        ),
        currency=currency,
        live=intent.livemode,
        charge=intent.id,
        payer="" if charge is None else _payer(charge),
        reason=_reason(intent),
        paid_at=None if charge is None else datetime.fromtimestamp(charge.created, UTC),
        fee=_fee(charge),
        gave_back=_gave_back(charge),
        action=Redirect(step.url) if status is GatewayStatus.OPEN and step is not None and step.url else None,
    )


def _intent_status(intent: _OwnIntent) -> GatewayStatus:
    """An intent whose attempt has failed waits for another one, and we make none."""
    match intent.status:
        case "succeeded":
            return GatewayStatus.PAID
        case "processing":
            return GatewayStatus.PROCESSING
        case "requires_action":
            return GatewayStatus.OPEN
        case "requires_payment_method" | "requires_confirmation":
            return GatewayStatus.FAILED
        case "canceled":
            return GatewayStatus.EXPIRED
    raise ValueError(f"an intent that is {intent.status!r}")


def _status(session: _Session, intent: _Intent | None) -> GatewayStatus:
    """`complete` alone says that the payer has done their part, and not that money is here."""
    match session.status, session.payment_status:
        case "open", _:
            return GatewayStatus.OPEN
        case "expired", _:
            return GatewayStatus.EXPIRED
        case "complete", "paid":
            return GatewayStatus.PAID
        case "complete", "unpaid":
            failed = intent is not None and intent.status in ("requires_payment_method", "canceled")
            return GatewayStatus.FAILED if failed else GatewayStatus.PROCESSING
    raise ValueError(f"a session that is {session.status!r} and {session.payment_status!r}")


def _payer(charge: _Charge) -> str:
    card = None if charge.payment_method_details is None else charge.payment_method_details.card
    return f"{card.brand} {card.last4}" if card is not None and card.brand and card.last4 else ""


def _charge(intent: _Intent) -> _Charge | None:
    return intent.latest_charge if isinstance(intent.latest_charge, _Charge) else None


def _gave_back(charge: _Charge | None) -> bool:
    return charge is not None and (charge.amount_refunded > 0 or charge.disputed)


def _reason(intent: _Intent) -> str:
    failure = intent.last_payment_error
    return "" if failure is None else failure.decline_code or failure.code or ""


def _fee(charge: _Charge | None) -> Fee | None:
    booking = None if charge is None else charge.balance_transaction
    if not isinstance(booking, _Booking):
        return None
    currency = booking.currency.upper()
    return Fee(from_wire(booking.fee, currency), currency)
