"""A checkout's rows under their locks: what was ordered, whether it is still wanted, and the decision to collect it."""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from igny8_core.business.billing.domain.gateway_states import UNDECIDED, Expected, GatewayStatus, State, difference
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.models import Checkout, Invoice, Payment
from igny8_core.business.billing.services.settlement import touched_by_unsettling
from igny8_core.events.catalogue import EventType
from igny8_core.events.record import record
from igny8_core.kit import clock
from igny8_core.kit.locks import conditional_update, lock_by_id, lock_one

logger = logging.getLogger(__name__)

AT_WORK = timedelta(seconds=60)
"""How long something that was begun and has no outcome yet is taken to be in another process's hands."""


@dataclass(slots=True)
class Held:
    """A checkout whose rows this transaction holds."""

    invoice: Invoice
    payment: Payment
    checkout: Checkout
    invoices: dict[UUID, Invoice] = field(default_factory=dict)
    """All that are locked: more than its own where the payment may be taken back."""


def lock_checkout(*, account_id: UUID, payment_id: UUID, to_unsettle: bool = False) -> Held:
    """Lock a checkout's invoice (or all that taking the payment back touches), payment and own row, in this order."""
    found = Payment.objects.for_account(account_id).values_list("invoice_id", "currency").get(id=payment_id)
    invoice_id, currency = found
    assert invoice_id is not None, "a checkout is for one invoice"
    ids = {invoice_id}
    if to_unsettle:
        ids |= touched_by_unsettling(account_id=account_id, payment_id=payment_id, currency=currency)
    invoices = {invoice.id: invoice for invoice in lock_by_id(Invoice, account_id=account_id, ids=ids)}
    invoice = invoices[invoice_id]
    (payment,) = lock_by_id(Payment, account_id=account_id, ids=[payment_id])
    checkout = lock_one(Checkout.objects.for_account(account_id).filter(payment_id=payment_id))
    assert checkout is not None, "checkouts are never deleted"
    return Held(invoice, payment, checkout, invoices)


def adopt_handle(held: Held, handle: str) -> None:
    """Write down what the gateway calls the payment, once."""
    payment = held.payment
    if not payment.gateway_handle:
        row = Payment.objects.for_account(payment.account_id).filter(id=payment.id, gateway_handle="")
        conditional_update(row, gateway_handle=handle)
        payment.gateway_handle = handle


def expected_of(held: Held) -> Expected:
    """What we ordered."""
    payment = held.payment
    return Expected(
        reference=str(payment.id),
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        live=held.checkout.live,
    )


def is_wanted(payment: Payment, invoice: Invoice) -> bool:
    """Whether the invoice still takes an undecided payment as a whole."""
    left_minor = invoice.amount_total_minor - invoice.amount_settled_minor
    takes = invoice.status == InvoiceStatus.PENDING and payment.amount_minor <= left_minor
    return payment.status in UNDECIDED and takes


def decide_to_collect(account_id: UUID, payment_id: UUID, handle: str, state: State) -> bool:
    """Whether the money is to be taken: it is what we ordered, and its invoice still takes it as a whole.

    That is written down before the call, under the locks. So nobody cancels it or opens another checkout meanwhile, and
    of two checkouts that were agreed to only one is collected.
    """
    held = lock_checkout(account_id=account_id, payment_id=payment_id)
    invoice, payment, checkout = held.invoice, held.payment, held.checkout
    # A card that is being charged is as good as collected.
    collected = Payment.objects.for_account(account_id).filter(
        Q(checkouts__state=GatewayStatus.PROCESSING.value) | Q(checkouts__card__isnull=False, checkouts__state=""),
        invoice_id=invoice.id,
        status__in=sorted(map(str, UNDECIDED)),
    )
    others_minor = collected.exclude(id=payment.id).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    left_minor = invoice.amount_total_minor - invoice.amount_settled_minor - int(others_minor)
    if (
        difference(state, expected_of(held))
        or not is_wanted(payment, invoice)
        or payment.amount_minor > left_minor
        or checkout.state not in ("", GatewayStatus.OPEN, GatewayStatus.PROCESSING)
    ):
        return False
    adopt_handle(held, handle)
    write(held, state=GatewayStatus.PROCESSING.value, next_ask_at=clock.now() + AT_WORK)
    return True


def write(held: Held, **changes: Any) -> None:
    """Write columns of a checkout."""
    checkout = held.checkout
    conditional_update(Checkout.objects.for_account(checkout.account_id).filter(id=checkout.id), **changes)
    for name, value in changes.items():
        setattr(checkout, name, value)


def record_about(fact: EventType, held: Held) -> None:
    """Record a fact about a checkout, for operators."""
    record(
        fact,
        account_id=held.payment.account_id,
        subject_type="payment",
        subject_id=held.payment.id,
        data={"gateway": held.checkout.gateway, "asks": held.checkout.asks},
    )


def disagree(held: Held, problem: str) -> None:
    """Nothing follows from an answer that differs; a person has to look."""
    if held.checkout.problem != problem:
        record_about(EventType.CHECKOUT_DISAGREED, held)
        logger.error("checkout_disagreed", extra={"payment_id": str(held.payment.id), "problem": problem})
    write(held, problem=problem, asks=held.checkout.asks + 1, asked_at=clock.now(), next_ask_at=None)
