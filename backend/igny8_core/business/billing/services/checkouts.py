"""Paying an invoice at a gateway: begun in one transaction, opened by a call outside, finished in another one.

Between the two nothing is locked. What the first has written (a payment that is `pending`, and its checkout) is enough
to go on after a crash: the same payment is the same order under the same key, and so the same checkout at the gateway.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, Sum

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.availability import available
from igny8_core.business.billing.domain.errors import (
    AmountExceedsDue,
    GatewayUnavailable,
    InvoiceAlreadyPaid,
    InvoiceNotPayable,
    MethodNotAvailable,
)
from igny8_core.business.billing.domain.gateway_states import (
    SURELY_NOT_THERE_AFTER,
    UNDECIDED,
    ActionDocument,
    GatewayStatus,
    Move,
    action_document,
    move,
)
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.return_addresses import ensure_return_address
from igny8_core.business.billing.gateways.base import (
    Gateway,
    GatewayError,
    NothingHappened,
    NotTaken,
    NotThere,
    Order,
    Started,
)
from igny8_core.business.billing.gateways.cards import Charge, KeepsCards
from igny8_core.business.billing.models import Checkout, Invoice, Payment, SavedCard
from igny8_core.business.billing.selectors.submissions import method_configs
from igny8_core.business.billing.services import transitions
from igny8_core.business.billing.services.asking import TRY_AGAIN_SECONDS, Asked, Heard, ask, hear, schedule
from igny8_core.business.billing.services.checkout_rows import AT_WORK, Held, adopt_handle, is_wanted, lock_checkout
from igny8_core.business.billing.services.gateways import calling, gateway_of, is_offered
from igny8_core.business.billing.services.payment_service import PaymentService
from igny8_core.kit import clock
from igny8_core.kit.errors import AppError, NotFound, RequestInProgress
from igny8_core.kit.locks import conditional_update, lock_one

RESUMABLE = timedelta(minutes=15)
"""How long a checkout that never came back is gone on with: the gateway takes no order that expires too soon."""
LEAST_LEFT = timedelta(minutes=5)
"""How long an open checkout must still be open to be worth sending a payer there."""
COULD_NOT_REACH = "The gateway could not be reached; nothing was charged."
NOT_TAKEN = "The gateway does not take this amount."
CARD_GONE = "The gateway does not keep this card any more; nothing was charged."


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """Which invoice a payer wants to pay at which gateway, and where their browser comes back to."""

    invoice_id: UUID
    payment_method: PaymentMethod
    success_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A checkout that is written down and not yet open; `order` is None where an open one is asked about instead.

    `replaced` are the invoice's other open checkouts, which are to be closed first.
    """

    asked: Asked
    order: Order | Charge | None
    replaced: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of the calls: what was opened or heard, or why not; and what became of those that were replaced."""

    started: Started | None = None
    heard: Heard | None = None
    failure: GatewayError | None = None
    replaced: tuple[tuple[Asked, Heard], ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A payment with what its payer does next; `action` is None where nobody knows yet what the gateway has done."""

    payment_id: UUID
    action: ActionDocument | None


def begin_checkout(
    *, account: Account, request: CheckoutRequest, card: SavedCard | None = None, resumed: UUID | None = None
) -> Begun:
    """Write a checkout down, or find one to go on with; `resumed` is what an earlier try has written.

    With a `card` it is the charge of that card. Raises, in this order: `ValidationError`, `NotFound`,
    `InvoiceAlreadyPaid`, `InvoiceNotPayable`, `MethodNotAvailable`, `AmountExceedsDue`, and `RequestInProgress` while
    another request opens the same one, or charges a card.
    """
    for field in ("success_url", "cancel_url"):
        ensure_return_address(getattr(request, field), hosts=settings.ENV.return_hosts, field=field)
    invoice = lock_one(Invoice.objects.for_account(account).filter(id=request.invoice_id))
    if invoice is None:
        raise NotFound
    _ensure_payable(invoice)
    own = _open_ones(invoice)
    left_minor = _left_minor(invoice, own)
    _ensure_offered(account, request, invoice, max(left_minor, 0))
    if left_minor <= 0:
        raise AmountExceedsDue("Nothing is left to pay: the full amount is already paid or submitted.")
    same = [one for one in own if _is_same(one, request, card, left_minor)]
    if any(_may_be_charging(one) for one in own if one not in same):
        raise RequestInProgress("A saved card is being charged.", retry_after_seconds=TRY_AGAIN_SECONDS)
    others = tuple(_asked(one, closes=True) for one in own if one not in same)
    for checkout in same:
        if checkout.payment.gateway_handle:
            return Begun(_asked(checkout), None, others)
        if checkout.payment_id == resumed or clock.now() - checkout.begun_at >= AT_WORK:
            return Begun(_asked(checkout), _order(checkout, invoice, card), others)
        raise RequestInProgress("Another request is opening this checkout.", retry_after_seconds=TRY_AGAIN_SECONDS)
    checkout = _insert(account, invoice, request, card, left_minor)
    return Begun(_asked(checkout), _order(checkout, invoice, card), others)


def open_checkout(begun: Begun) -> Brought:
    """Call the gateway; outside of any transaction. Raises nothing that a gateway may do."""
    heard: list[tuple[Asked, Heard]] = []
    for other in begun.replaced:
        heard.append((other, ask(other)))
        if not _is_closed(heard[-1][1]):
            # It may be paid, so that a second checkout would be one too many.
            return Brought(failure=NothingHappened("another checkout is not closed"), replaced=tuple(heard))
    done = tuple(heard)
    if begun.order is None:
        return Brought(heard=ask(begun.asked), replaced=done)
    try:
        with calling(begun.asked.gateway) as gateway:
            if isinstance(begun.order, Charge):
                return Brought(heard=_charged(gateway, begun.order, begun.asked), replaced=done)
            return Brought(started=gateway.start(begun.order, key=_key(begun.asked, "start")), replaced=done)
    except GatewayError as failure:
        return Brought(failure=failure, replaced=done)


def finish_checkout(begun: Begun, brought: Brought) -> Opened | AppError:
    """Write down what came of the calls. A refusal is returned, since what was written stands.

    It is one of those of `begin_checkout`, or `GatewayUnavailable` where certainly nothing happened.
    """
    held = write_outcome(begun, brought)
    refusal = _refusal(held, brought)
    return refusal or Opened(held.payment.id, None if brought.failure else held.checkout.action)


def write_outcome(begun: Begun, brought: Brought) -> Held:
    """Write down what came of the calls, whatever it is."""
    for asked, heard in brought.replaced:
        hear(asked, heard)
    asked = begun.asked
    if brought.heard is not None:
        hear(asked, brought.heard)
    held = lock_checkout(account_id=asked.account_id, payment_id=asked.payment_id)
    if brought.started is not None:
        _write_opened(held, brought.started)
    elif isinstance(brought.failure, NothingHappened):
        _write_nothing(held, brought.failure)
    elif brought.failure is not None:
        _write_unknown(held, brought.failure)
    return held


def _ensure_payable(invoice: Invoice) -> None:
    if invoice.status == InvoiceStatus.PAID:
        raise InvoiceAlreadyPaid
    if invoice.status != InvoiceStatus.PENDING:
        raise InvoiceNotPayable


def _charged(gateway: Gateway, charge: Charge, asked: Asked) -> Heard:
    assert isinstance(gateway, KeepsCards), "only a gateway that keeps cards has one to charge"
    charged = gateway.charge(charge, key=_key(asked, "charge"))
    return Heard(charged.handle, charged.state)


def _open_ones(invoice: Invoice) -> list[Checkout]:
    """The invoice's checkouts, at every gateway, where somebody may still pay, the newest first."""
    rows = Checkout.objects.for_account(invoice.account_id).filter(
        payment__invoice_id=invoice.id,
        payment__status__in=sorted(map(str, UNDECIDED)),
        state__in=["", GatewayStatus.OPEN.value],
        problem="",
    )
    return list(rows.select_related("payment").order_by("-payment__sequence"))


def _left_minor(invoice: Invoice, own: list[Checkout]) -> int:
    """What is neither settled nor submitted. An open checkout submits nothing: it may be left by its payer for ever.

    One that is being collected does.
    """
    submitted = Payment.objects.for_account(invoice.account_id).filter(
        Q(status__in=[PaymentStatus.PENDING_APPROVAL.value, PaymentStatus.PROCESSING.value])
        | Q(status=PaymentStatus.PENDING.value, checkouts__state=GatewayStatus.PROCESSING.value),
        invoice_id=invoice.id,
    )
    others = submitted.exclude(id__in=[one.payment_id for one in own]).aggregate(sum=Sum("amount_minor"))["sum"]
    return invoice.amount_total_minor - invoice.amount_settled_minor - int(others or 0)


def _ensure_offered(account: Account, request: CheckoutRequest, invoice: Invoice, amount_minor: int) -> None:
    offered = available(
        method_configs(account.country),
        country=account.country,
        currency=invoice.currency,
        amount_minor=amount_minor or None,
    )
    ways = [one for one in offered if one.payment_method == request.payment_method]
    if not any(is_offered(one, amount_minor=amount_minor or None) for one in ways):
        raise MethodNotAvailable


def _may_be_charging(checkout: Checkout) -> bool:
    """Whether a call that charges a card may still be under way, of which the gateway cannot tell us yet."""
    young = clock.now() - checkout.begun_at < SURELY_NOT_THERE_AFTER
    return checkout.card_id is not None and not checkout.payment.gateway_handle and young


def _is_same(checkout: Checkout, request: CheckoutRequest, card: SavedCard | None, amount_minor: int) -> bool:
    """Whether a payer who asks again may be sent to this one; one that was lost too long ago is left to the worker."""
    fresh = checkout.begun_at + RESUMABLE if not checkout.payment.gateway_handle else checkout.expires_at - LEAST_LEFT
    return (
        (checkout.gateway, checkout.card_id) == (request.payment_method.value, None if card is None else card.id)
        and checkout.payment.amount_minor == amount_minor
        and (checkout.success_url, checkout.cancel_url) == (request.success_url, request.cancel_url)
        and clock.now() < fresh
    )


def _insert(
    account: Account, invoice: Invoice, request: CheckoutRequest, card: SavedCard | None, amount_minor: int
) -> Checkout:
    gateway, now = gateway_of(request.payment_method), clock.now()
    assert gateway is not None, "it is offered"
    payment = PaymentService.begin_gateway_payment(
        account=account, invoice=invoice, payment_method=request.payment_method, amount_minor=amount_minor
    )
    return Checkout.objects.create(
        account=account,
        payment=payment,
        card=card,
        gateway=gateway.name,
        live=gateway.live,
        success_url=request.success_url,
        cancel_url=request.cancel_url,
        begun_at=now,
        expires_at=now + gateway.traits.open_for,
        # Should this process die before the gateway has answered.
        next_ask_at=now + AT_WORK,
    )


def _asked(checkout: Checkout, *, closes: bool = False) -> Asked:
    return Asked(
        account_id=checkout.account_id,
        payment_id=checkout.payment_id,
        gateway=checkout.gateway,
        handle=checkout.payment.gateway_handle,
        begun_at=checkout.begun_at,
        closes=closes,
        by_card=checkout.card_id is not None,
    )


def _order(checkout: Checkout, invoice: Invoice, card: SavedCard | None) -> Order | Charge:
    """From what is frozen alone: a retry has to be the same order."""
    if card is not None:
        return Charge(
            reference=str(checkout.payment_id),
            amount_minor=checkout.payment.amount_minor,
            currency=checkout.payment.currency,
            description=f"Invoice {invoice.number}",
            card=card.card_handle,
            customer=card.customer,
            return_url=checkout.success_url,
        )
    return Order(
        reference=str(checkout.payment_id),
        amount_minor=checkout.payment.amount_minor,
        currency=checkout.payment.currency,
        description=f"Invoice {invoice.number}",
        success_url=checkout.success_url,
        cancel_url=checkout.cancel_url,
        expires_at=checkout.expires_at,
    )


def _key(asked: Asked, operation: str) -> str:
    return f"{asked.payment_id}:1:{operation}"


def _is_closed(heard: Heard) -> bool:
    """Whether nobody can pay there any more, and nobody has."""
    if heard.failure is not None:
        return False
    return heard.state is None or move(PaymentStatus.PENDING, heard.state.status) in (Move.CLOSE, Move.FAIL)


def _write_opened(held: Held, started: Started) -> None:
    adopt_handle(held, started.handle)
    rows = Checkout.objects.for_account(held.checkout.account_id).filter(id=held.checkout.id)
    held.checkout.state, held.checkout.action = GatewayStatus.OPEN.value, action_document(started.action)
    conditional_update(rows, state=held.checkout.state, action=held.checkout.action)
    schedule(held)
    if not is_wanted(held.payment, held.invoice):
        # It was settled or taken back while the gateway opened it: the worker closes it at once.
        conditional_update(rows, next_ask_at=clock.now())


def _write_nothing(held: Held, failure: NothingHappened) -> None:
    """Certainly nobody can pay there: an order that was never opened is over."""
    if held.payment.gateway_handle:
        return
    rows = Checkout.objects.for_account(held.checkout.account_id).filter(id=held.checkout.id)
    held.checkout.state = GatewayStatus.EXPIRED.value
    conditional_update(rows, state=held.checkout.state, problem=str(failure)[:300], next_ask_at=None)
    if held.payment.status in UNDECIDED:
        reasons = {NotTaken: NOT_TAKEN, NotThere: CARD_GONE}
        reason = reasons.get(type(failure), COULD_NOT_REACH)
        transitions.apply(held.payment, to=PaymentStatus.CANCELLED, reason=reason)


def _write_unknown(held: Held, failure: GatewayError) -> None:
    if held.payment.status == PaymentStatus.PENDING:
        transitions.apply(held.payment, to=PaymentStatus.PROCESSING)
    schedule(held)


def _refusal(held: Held, brought: Brought) -> AppError | None:
    """Why the payer is sent nowhere, if so."""
    if isinstance(brought.failure, NotTaken):
        return MethodNotAvailable()
    if held.invoice.status == InvoiceStatus.PAID or held.payment.status == PaymentStatus.SUCCEEDED:
        return InvoiceAlreadyPaid()
    if held.invoice.status != InvoiceStatus.PENDING:
        return InvoiceNotPayable()
    if isinstance(brought.failure, NothingHappened):
        return GatewayUnavailable(retry_after_seconds=TRY_AGAIN_SECONDS)
    if held.checkout.state == GatewayStatus.PROCESSING:
        return AmountExceedsDue("Your payment is on its way, so there is nothing left to pay.")
    # An open checkout can be paid once, so that it is answered again even while its gateway says nothing.
    if brought.heard is not None and (held.payment.status not in UNDECIDED or held.checkout.action is None):
        return GatewayUnavailable(retry_after_seconds=TRY_AGAIN_SECONDS)
    if brought.started is not None and not is_wanted(held.payment, held.invoice):
        return AmountExceedsDue()
    return None
