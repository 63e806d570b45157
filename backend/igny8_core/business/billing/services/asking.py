"""Asking a gateway how a checkout stands, and letting that become of the payment what the gateway says.

Whatever makes us ask (a message, the payer's browser, a clock, an operator), the gateway's own answer decides, under
the locks of invoice and payment. So messages may come twice, late, in any order, or never. What is to go back through
the gateway is sent by asking, too: only its own list says what it has not sent yet.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from igny8_core.accounts.models import Account
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.domain.errors import GatewayUnavailable, InvalidTransition
from igny8_core.business.billing.domain.gateway_states import (
    SURELY_NOT_THERE_AFTER,
    UNDECIDED,
    GatewayStatus,
    Move,
    State,
    action_document,
    difference,
    move,
    next_ask,
)
from igny8_core.business.billing.domain.money_back import MoneyBack
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.saved_cards import decline_sentence
from igny8_core.business.billing.gateways.base import (
    Forgotten,
    Gateway,
    GatewayError,
    NothingHappened,
    OutcomeUnknown,
    RefundOrder,
)
from igny8_core.business.billing.gateways.cards import KeepsCards
from igny8_core.business.billing.models import Checkout, Payment, Refund
from igny8_core.business.billing.selectors.disputes import was_charged_back
from igny8_core.business.billing.services import gateway_refunds, settlement, transitions
from igny8_core.business.billing.services.checkout_rows import (
    AT_WORK,
    Held,
    adopt_handle,
    decide_to_collect,
    disagree,
    expected_of,
    is_wanted,
    lock_checkout,
    record_about,
    write,
)
from igny8_core.business.billing.services.disputes import may_take_back
from igny8_core.business.billing.services.gateway_refunds import Sent
from igny8_core.business.billing.services.gateways import calling, gateway_of
from igny8_core.business.billing.services.taking_back import take_back, take_late_failure
from igny8_core.business.ledger.domain.chart import Code, JournalKind, cash
from igny8_core.business.ledger.domain.entry import Entry
from igny8_core.business.ledger.public import post
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import GATEWAY, EventType
from igny8_core.kit import clock
from igny8_core.kit.errors import AppError, NotFound

LOOK_BACK = timedelta(minutes=5)
"""The gateway's clock may be behind ours."""
NO_ANSWER = "The payment gateway did not answer. Nothing was changed; try again."
TRY_AGAIN_SECONDS = 10
NEVER_OPENED = "The gateway never opened the checkout."
NOT_FINISHED = "Nobody paid before the checkout was closed."
GATEWAY_FAILED = "The gateway could not collect the money."

GIVEN_UP = "The gateway gave no answer for too long, so nobody asks it by itself any more."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """A checkout to be asked about; `closes` says that nobody is to pay there any more.

    `is_paid` says that we know already that it was paid, so that the question is what went back; `refunds` are to be
    sent. `by_card` says that it is the charge of a saved card.
    """

    account_id: UUID
    payment_id: UUID
    gateway: str
    handle: str
    begun_at: datetime
    closes: bool = False
    is_paid: bool = False
    refunds: tuple[RefundOrder, ...] = ()
    by_card: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of asking: a state, or a failure.

    Neither: the gateway has no checkout for this payment, or (with a handle) has forgotten it. `back` is what went
    back, None where nobody asked or the gateway did not answer that; `sent` is what was sent then.
    """

    handle: str
    state: State | None = None
    failure: GatewayError | None = None
    back: MoneyBack | None = None
    sent: tuple[Sent, ...] = ()


def asked_of(*, account_id: UUID, payment_id: UUID, closes: bool = False) -> Asked | None:
    """What to ask about a payment; None where it has no checkout. What its invoice takes no more is to be closed."""
    checkouts = Checkout.objects.for_account(account_id).filter(payment_id=payment_id)
    checkout = checkouts.select_related("payment__invoice").first()
    if checkout is None:
        return None
    payment, invoice = checkout.payment, checkout.payment.invoice
    assert invoice is not None, "a checkout is for one invoice"
    by_card = checkout.card_id is not None
    # A page closes by itself; a bank that asks its customer about a charge would wait for ever.
    over = not is_wanted(payment, invoice) or (by_card and clock.now() >= checkout.expires_at)
    return Asked(
        account_id=account_id,
        payment_id=payment_id,
        gateway=checkout.gateway,
        handle=payment.gateway_handle,
        begun_at=checkout.begun_at,
        closes=checkout.state in ("", GatewayStatus.OPEN) and (closes or over),
        is_paid=checkout.state == GatewayStatus.PAID,
        refunds=gateway_refunds.orders_of(checkout),
        by_card=by_card,
    )


def asked_of_refund(refund: Refund) -> Asked:
    """The question that has a refund sent."""
    asked = asked_of(account_id=refund.account_id, payment_id=refund.payment_id)
    assert asked is not None, "its payment came by a gateway"
    return asked


def question(*, account_id: UUID | None, payment_id: UUID) -> Asked:
    """What somebody asks a gateway about a payment, of this account or of any.

    Raises `NotFound`, `InvalidTransition`.
    """
    payments = Payment.objects.across_accounts() if account_id is None else Payment.objects.for_account(account_id)
    owner_id = payments.filter(id=payment_id).values_list("account_id", flat=True).first()
    if owner_id is None:
        raise NotFound
    asked = asked_of(account_id=owner_id, payment_id=payment_id)
    if asked is None:
        raise InvalidTransition("This payment was not made at a gateway.")
    return asked


def question_on_return(*, account_id: UUID, payment_id: UUID) -> Asked | None:
    """What to ask when a payer comes back from the gateway; None where nothing is left to be collected there."""
    undecided = Payment.objects.for_account(account_id).filter(id=payment_id, status__in=sorted(map(str, UNDECIDED)))
    asked = asked_of(account_id=account_id, payment_id=payment_id) if undecided.exists() else None
    gateway = None if asked is None else gateway_of(asked.gateway)
    return asked if gateway is not None and gateway.traits.collects else None


def ask(asked: Asked) -> Heard:
    """Ask the gateway, collect what its payer has agreed to, and have it send what is to go back.

    Outside of any transaction.
    """
    heard = _ask(asked)
    if asked.closes or heard.state is None or not heard.state.agreement:
        return heard
    state = heard.state
    is_ours = unit_of_work.run(
        lambda: decide_to_collect(asked.account_id, asked.payment_id, heard.handle, state),
        scope=Scope.tenant(asked.account_id),
        actor=GATEWAY,
    )
    # Back to the pool with it: somebody else's request may need it while we wait.
    connection.close()
    return _collect(asked, heard.handle, state) if is_ours else heard


def _ask(asked: Asked) -> Heard:
    handle, state = asked.handle, None
    try:
        if asked.by_card and not handle and clock.now() - asked.begun_at < AT_WORK:
            # Whoever charges it has more than one call to make, and asking ends what is not finished.
            raise NothingHappened("the card is being charged")
        with calling(asked.gateway) as gateway:
            handle = handle or _find(gateway, asked) or ""
            if not handle:
                return Heard("")
            state = gateway.cancel(handle) if asked.closes else gateway.fetch(handle)
            if state.status is not GatewayStatus.PAID or not (asked.is_paid or state.gave_back):
                return Heard(handle, state)
            back = gateway.money_back(handle, state.charge)
            return Heard(handle, state, back=back, sent=gateway_refunds.send(gateway, asked.refunds, back.refunds))
    except Forgotten:
        return Heard(handle)
    except GatewayError as failure:
        return Heard(handle, state, failure)


def _collect(asked: Asked, handle: str, state: State) -> Heard:
    """Take the money. The key names what the payer has agreed to, so that one who agrees again is not answered as
    before.
    """
    try:
        with calling(asked.gateway) as gateway:
            return Heard(handle, gateway.collect(handle, key=f"{asked.payment_id}:{state.agreement}:collect"))
    except GatewayError as failure:
        return Heard(handle, failure=failure)


def _find(gateway: Gateway, asked: Asked) -> str | None:
    reference, since = str(asked.payment_id), asked.begun_at - LOOK_BACK
    if not asked.by_card:
        return gateway.find(reference, since=since)
    return gateway.find_charge(reference, since=since) if isinstance(gateway, KeepsCards) else None


def hear(asked: Asked, heard: Heard) -> Payment:
    """Let the answer become of the payment what it says, and note when to ask again."""
    late = asked.is_paid and heard.state is not None and heard.state.status is GatewayStatus.FAILED
    to_unsettle = late or may_take_back(heard.back)
    held = lock_checkout(account_id=asked.account_id, payment_id=asked.payment_id, to_unsettle=to_unsettle)
    if heard.handle:
        adopt_handle(held, heard.handle)
    known = held.checkout.problem
    if heard.state is None and heard.failure is not None:
        _not_answered(held, heard.failure)
    elif heard.state is None and heard.handle:
        _forgotten(held)
    elif heard.state is None:
        _not_there(held)
    elif asked.closes and held.checkout.state not in ("", GatewayStatus.OPEN) and not _is_final(heard.state):
        # While we had it closed, somebody has decided to collect it: their answer decides.
        schedule(held)
    elif late and held.payment.status == PaymentStatus.SUCCEEDED:
        if take_late_failure(held, heard.state):
            schedule(held)
    else:
        take_state(held, heard.state)
    if heard.back is not None and not held.checkout.problem:
        take_back(held, heard.back, sent=heard.sent, known_problem=known)
    elif asked.refunds:
        gateway_refunds.note_silence(account_id=asked.account_id, payment_id=asked.payment_id)
    return held.payment


def heard_or(asked: Asked, heard: Heard) -> AppError | None:
    """The same for somebody who waits: `GatewayUnavailable` where the gateway gave no answer, to nobody yet."""
    payment = hear(asked, heard)
    if heard.failure is None or payment.status not in UNDECIDED:
        return None
    return GatewayUnavailable(NO_ANSWER, retry_after_seconds=TRY_AGAIN_SECONDS)


def take_state(held: Held, state: State) -> None:
    """Let a gateway's answer become of the payment what it says; one that differs from our order settles nothing."""
    payment, checkout = held.payment, held.checkout
    problem = difference(state, expected_of(held))
    if problem:
        disagree(held, problem)
        return
    if checkout.state == GatewayStatus.PAID and state.status is not GatewayStatus.PAID:
        # An answer that was on its way while another one settled the payment.
        return
    if state.agreement:
        # The payer has agreed, and it was decided not to collect: now, or never.
        if payment.status in UNDECIDED:
            schedule(held, waits=True)
        return
    fresh: dict[str, Any] = {"charge": state.charge, "payer": state.payer}
    if state.action is not None:
        fresh["action"] = action_document(state.action)
    if state.reason and state.reason != checkout.reason:
        told = {"payment_id": str(payment.id), "gateway": checkout.gateway, "reason": state.reason}
        logger.warning("checkout_reason", extra=told)
    kept = {name: value for name, value in fresh.items() if value}
    write(held, state=state.status.value, reason=state.reason, **kept)
    step = move(PaymentStatus(payment.status), state.status)
    match step:
        case Move.SETTLE:
            settlement.settle(
                payment=payment,
                invoices={held.invoice.id: held.invoice},
                received_minor=state.amount_minor,
                value_date=_value_date(payment.account_id, state.paid_at or clock.now()),
                decided_alone_by_id=None,
            )
        case Move.WAIT:
            transitions.apply(payment, to=PaymentStatus.PROCESSING)
        case Move.FAIL:
            reason = GATEWAY_FAILED if checkout.card_id is None else decline_sentence(state.reason)
            transitions.apply(payment, to=PaymentStatus.FAILED, reason=reason)
        case Move.CLOSE:
            transitions.apply(payment, to=PaymentStatus.CANCELLED, reason=NOT_FINISHED)
        case Move.STAY:
            if (
                state.status is GatewayStatus.PAID
                and payment.status not in (*UNDECIDED, *_SETTLED)
                and not was_charged_back(payment)
            ):
                disagree(held, f"The gateway says that this payment is paid, and it is {payment.status}.")
                return
    _take_fee(held, state)
    schedule(held)


_SETTLED = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED})


def schedule(held: Held, *, problem: str = "", waits: bool = False) -> None:
    """Note that the gateway was asked and when it is asked again; `problem` is why it did not answer.

    `waits` says that an open checkout is not left alone until it expires.
    """
    checkout, now = held.checkout, clock.now()
    state = GatewayStatus(checkout.state) if checkout.state and not waits else None
    asks = checkout.asks + 1
    again = next_ask(
        now=now, begun_at=checkout.begun_at, expires_at=checkout.expires_at, asks=checkout.asks, answered=state
    )
    done = state in (GatewayStatus.FAILED, GatewayStatus.EXPIRED) or (
        state is GatewayStatus.PAID and checkout.fee_minor is not None
    )
    gives_up = again is None and not done and state is not GatewayStatus.PAID
    told = f"{GIVEN_UP} {problem}".strip()[:300] if gives_up else ""
    write(held, asks=asks, asked_at=now, next_ask_at=None if done else again, problem=told)
    if gives_up:
        record_about(EventType.CHECKOUT_GIVEN_UP, held)
        logger.error(
            "checkout_given_up",
            extra={"payment_id": str(held.payment.id), "gateway": checkout.gateway, "problem": problem},
        )


def _is_final(state: State) -> bool:
    """Whether money has come, is coming, or was refused: what a checkout does not say because it was closed."""
    return state.status in (GatewayStatus.PAID, GatewayStatus.PROCESSING, GatewayStatus.FAILED)


def _not_answered(held: Held, failure: GatewayError) -> None:
    """Ask again later; what may have been collected is on its way until we know."""
    collecting = held.checkout.state == GatewayStatus.PROCESSING
    if collecting and isinstance(failure, OutcomeUnknown) and held.payment.status == PaymentStatus.PENDING:
        transitions.apply(held.payment, to=PaymentStatus.PROCESSING)
    schedule(held, problem=str(failure))


def _forgotten(held: Held) -> None:
    """Nobody can pay there any more. Nobody has, unless we have tried to collect: then a person has to look at last."""
    if held.checkout.state not in ("", GatewayStatus.OPEN):
        schedule(held, problem="The gateway does not know this checkout any more.")
        return
    write(held, state=GatewayStatus.EXPIRED.value, asked_at=clock.now(), next_ask_at=None, problem="")
    if held.payment.status in UNDECIDED:
        transitions.apply(held.payment, to=PaymentStatus.CANCELLED, reason=NOT_FINISHED)


def _not_there(held: Held) -> None:
    """The gateway has never opened it; after a while no call of ours can still be about to."""
    if clock.now() - held.checkout.begun_at < SURELY_NOT_THERE_AFTER:
        schedule(held)
        return
    write(held, state=GatewayStatus.EXPIRED.value, asked_at=clock.now(), next_ask_at=None, problem="")
    if held.payment.status in UNDECIDED:
        transitions.apply(held.payment, to=PaymentStatus.CANCELLED, reason=NEVER_OPENED)


def _take_fee(held: Held, state: State) -> None:
    """Book what the gateway kept, once; in its own currency, outside of the invoice's arithmetic."""
    payment, fee = held.payment, state.fee
    if fee is None or held.checkout.fee_minor is not None or payment.status not in _SETTLED:
        return
    write(held, fee_minor=fee.amount_minor, fee_currency=fee.currency)
    if fee.amount_minor:
        lines = {Code.GATEWAY_FEES.value: fee.amount_minor, cash(payment.payment_method): -fee.amount_minor}
        post(Entry(JournalKind.GATEWAY_FEE, payment.id, fee.currency, lines), account_id=payment.account_id)


def _value_date(account_id: UUID, instant: datetime) -> date:
    zone = Account.objects.values_list("time_zone", flat=True).get(id=account_id)
    return instant.astimezone(ZoneInfo(zone)).date()
