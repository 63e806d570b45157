"""What a payment gateway can say of a checkout, and what follows from it for the payment. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from igny8_core.business.billing.domain.payment_states import PaymentStatus


class GatewayStatus(StrEnum):
    """Where a checkout stands at its gateway; the values are stored."""

    OPEN = "open"
    """The payer can pay, and has not. An attempt that was declined changes nothing: the next one may succeed."""
    PROCESSING = "processing"
    """The payer has done their part; the money is on its way, for days with some methods."""
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    """Nobody can pay here any more, and nobody has."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """Send the payer's browser to this address."""

    url: str


@dataclass(frozen=True, slots=True)
class PostForm:
    """Let the payer's browser post these fields to this address."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PushSent:
    """The payer's telephone has been asked; there is nothing to show but that."""


@dataclass(frozen=True, slots=True)
class QR:
    """Show this text as a QR code."""

    text: str


type Action = Redirect | PostForm | PushSent | QR
"""What the payer's browser does next."""


@dataclass(frozen=True, slots=True)
class Fee:
    """What the gateway kept of a payment, in minor units of the currency it settles in, which may be another."""

    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a gateway answered when it was asked for a checkout; amounts in minor units of `currency`.

    `reference` is the payment that the checkout was made for, as the gateway tells it. `charge` names the money for
    a later refund. `live` says whether it is real money. `reason` is why the money waits or was refused, in the
    gateway's word. `action` is what the payer does next, where that is told. `agreement` names what the payer has
    agreed to where the money comes only once it is collected; empty where nothing waits for that.
    `gave_back` says that some of the money went back, or is disputed.
    """

    status: GatewayStatus
    reference: str
    amount_minor: int
    currency: str
    live: bool
    charge: str = ""
    payer: str = ""
    reason: str = ""
    paid_at: datetime | None = None
    fee: Fee | None = None
    action: Action | None = None
    agreement: str = ""
    gave_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What we asked the gateway for."""

    reference: str
    amount_minor: int
    currency: str
    live: bool


class Move(StrEnum):
    """What becomes of a payment once its gateway has answered."""

    STAY = "stay"
    WAIT = "wait"
    SETTLE = "settle"
    FAIL = "fail"
    CLOSE = "close"


UNDECIDED = frozenset({PaymentStatus.PENDING, PaymentStatus.PROCESSING})
"""The statuses of a payment that its gateway has not decided yet."""


def difference(state: State, expected: Expected) -> str:
    """How a gateway's answer differs from what we asked it for, as a sentence; empty where it does not."""
    if state.reference != expected.reference:
        return "The gateway's checkout belongs to another payment."
    if state.live != expected.live:
        return "The gateway's checkout is of the other mode: test instead of live, or live instead of test."
    if state.currency != expected.currency:
        return f"The gateway reports {state.currency or 'no currency'} instead of {expected.currency}."
    if state.amount_minor != expected.amount_minor:
        return (
            f"The gateway reports {state.amount_minor} instead of {expected.amount_minor} minor units of"
            f" {expected.currency}."
        )
    return ""


def move(status: PaymentStatus, answered: GatewayStatus) -> Move:
    """What follows from a gateway's word for a payment; what is decided stays decided."""
    if status not in UNDECIDED:
        return Move.STAY
    match answered:
        case GatewayStatus.PAID:
            return Move.SETTLE
        case GatewayStatus.FAILED:
            return Move.FAIL
        case GatewayStatus.EXPIRED:
            return Move.CLOSE
        case GatewayStatus.PROCESSING:
            return Move.WAIT if status is PaymentStatus.PENDING else Move.STAY
        case GatewayStatus.OPEN:
            return Move.STAY


FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)
LONGEST_ON_ITS_WAY = timedelta(hours=6)
AFTER_EXPIRY = timedelta(minutes=2)
GIVEN_UP_AFTER, ON_ITS_WAY_GIVEN_UP_AFTER = timedelta(days=3), timedelta(days=30)
SURELY_NOT_THERE_AFTER = timedelta(minutes=10)
"""How long a call that we lost sight of may still be working. What is not there by then never will be."""


def next_ask(
    *, now: datetime, begun_at: datetime, expires_at: datetime, asks: int, answered: GatewayStatus | None
) -> datetime | None:
    """When a gateway is asked again without anybody's wish; None when a person has to look.

    `answered` is its last word, None while there is none. The waits double; a checkout that is open is left alone until
    nobody can pay there any more, since the gateway tells us by itself what happens before.
    """
    on_its_way = answered is GatewayStatus.PROCESSING
    if answered is GatewayStatus.OPEN and now < expires_at:
        return expires_at + AFTER_EXPIRY
    if now - begun_at > (ON_ITS_WAY_GIVEN_UP_AFTER if on_its_way else GIVEN_UP_AFTER):
        return None
    longest = LONGEST_ON_ITS_WAY if on_its_way else LONGEST_WAIT
    doubled: timedelta = FIRST_WAIT * 2 ** min(asks, 16)
    return now + min(doubled, longest)


type ActionDocument = dict[str, str | dict[str, str]]


def action_document(action: Action) -> ActionDocument:
    """An action as it is stored and answered."""
    match action:
        case Redirect(url):
            return {"type": "redirect", "url": url}
        case PostForm(url, fields):
            return {"type": "form", "url": url, "fields": dict(fields)}
        case PushSent():
            return {"type": "push"}
        case QR(text):
            return {"type": "qr", "text": text}
