"""Charging a saved card for an invoice: a checkout without a page, in the same two transactions.

The bank may want to ask the payer all the same: then the answer leads there, as that of an opened checkout does.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from igny8_core.accounts.models import Account
from igny8_core.business.billing.domain.errors import (
    CardDeclined,
    CardNotUsable,
    GatewayUnavailable,
    InvoiceAlreadyPaid,
    MethodNotAvailable,
)
from igny8_core.business.billing.domain.gateway_states import UNDECIDED
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.domain.saved_cards import CardState
from igny8_core.business.billing.gateways.base import NotTaken, NotThere
from igny8_core.business.billing.models import AccountPaymentMethod, Checkout, SavedCard
from igny8_core.business.billing.services.asking import TRY_AGAIN_SECONDS, asked_of
from igny8_core.business.billing.services.checkout_rows import Held
from igny8_core.business.billing.services.checkouts import (
    Begun,
    Brought,
    CheckoutRequest,
    Opened,
    begin_checkout,
    write_outcome,
)
from igny8_core.business.billing.services.gateways import gateway_of
from igny8_core.kit import clock
from igny8_core.kit.errors import AppError, NotFound


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """Which invoice is to be paid, and where the payer's browser comes back to, should the bank ask them."""

    invoice_id: UUID
    return_url: str = ""


def begin_charge(*, account: Account, method_id: UUID, request: ChargeRequest, resumed: UUID | None = None) -> Begun:
    """Write a charge down, or find the one that an earlier try has begun.

    Raises `NotFound` and `CardNotUsable` for the saved method, and then as `begin_checkout` does.
    """
    card = _card(account, method_id)
    if resumed is not None:
        known = Checkout.objects.for_account(account).filter(payment_id=resumed).exclude(payment__gateway_handle="")
        if known.exclude(payment__status=PaymentStatus.CANCELLED.value).exists():
            # The card has been charged, and the answer was lost on its way.
            asked = asked_of(account_id=account.id, payment_id=resumed)
            assert asked is not None, "it has a checkout"
            return Begun(asked, None)
    address = request.return_url or settings.ENV.base_url
    wanted = CheckoutRequest(request.invoice_id, PaymentMethod(card.gateway), address, address)
    return begin_checkout(account=account, request=wanted, card=card, resumed=resumed)


def finish_charge(begun: Begun, brought: Brought) -> Opened | AppError:
    """Write down what came of the call: paid, on its way, or where the payer goes on.

    A refusal is returned, since what was written stands: `CardDeclined`, `CardNotUsable`, or one of `finish_checkout`.
    """
    held = write_outcome(begun, brought)
    status = held.payment.status
    if status == PaymentStatus.FAILED:
        reason = held.payment.failure_reason
        return CardDeclined(f"{reason} Use another card, or pay another way.", data={"payment_id": held.payment.id})
    if status == PaymentStatus.CANCELLED:
        return _nothing(held, brought)
    # Whatever else is known: a card may have been charged, so that nobody should try another way now.
    waits = status in UNDECIDED and brought.failure is None
    return Opened(held.payment.id, held.checkout.action if waits else None)


def _nothing(held: Held, brought: Brought) -> AppError:
    """Certainly nothing was charged: why not."""
    if held.invoice.status == InvoiceStatus.PAID:
        return InvoiceAlreadyPaid()
    if isinstance(brought.failure, NotTaken):
        return MethodNotAvailable()
    if isinstance(brought.failure, NotThere) and held.checkout.card_id is not None:
        cards = SavedCard.objects.for_account(held.checkout.account_id).filter(id=held.checkout.card_id)
        cards.filter(state=CardState.SAVED.value).update(next_ask_at=clock.now())
        return CardNotUsable()
    return GatewayUnavailable(retry_after_seconds=TRY_AGAIN_SECONDS)


def _card(account: Account, method_id: UUID) -> SavedCard:
    methods = AccountPaymentMethod.objects.for_account(account).select_related("card")
    saved = methods.filter(id=method_id).first()
    if saved is None:
        raise NotFound
    card = saved.card
    gateway = None if card is None else gateway_of(card.gateway)
    if card is None or card.state != CardState.SAVED or gateway is None or gateway.live != card.live:
        raise CardNotUsable
    return card
