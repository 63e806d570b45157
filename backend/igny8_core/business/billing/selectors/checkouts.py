"""Which checkouts have to be asked about, and where a payer goes on with one."""

from uuid import UUID

from django.db import connection

from igny8_core.business.billing.domain.gateway_states import UNDECIDED, ActionDocument, GatewayStatus
from igny8_core.business.billing.models import Checkout
from igny8_core.kit import clock

AT_ONCE = 200
_UNDECIDED = ", ".join(f"'{status}'" for status in sorted(UNDECIDED))
# A checkout that its invoice takes no more is asked about at once: asking closes it. Whoever asks writes the next time;
# five minutes are for a process that dies in between.
CLAIM_DUE = f"""UPDATE billing_checkout SET next_ask_at = %(now)s::timestamptz + interval '5 minutes' WHERE id IN (
 SELECT c.id FROM billing_checkout c
  JOIN billing_payment p ON p.account_id = c.account_id AND p.id = c.payment_id
  JOIN billing_invoice i ON i.account_id = p.account_id AND i.id = p.invoice_id
 WHERE c.next_ask_at IS NOT NULL AND (c.next_ask_at <= %(now)s OR (
  c.state = 'open' AND c.next_ask_at > %(now)s::timestamptz + interval '5 minutes' AND p.status IN ({_UNDECIDED})
  AND (i.status <> 'pending' OR p.amount_minor > i.amount_total_minor - i.amount_settled_minor)))
 ORDER BY c.next_ask_at LIMIT {AT_ONCE} FOR NO KEY UPDATE OF c SKIP LOCKED) RETURNING account_id, payment_id"""
CLAIM_DUE_REFUNDS = f"""UPDATE billing_refund SET next_ask_at = %(now)s::timestamptz + interval '5 minutes'
 WHERE id IN (SELECT id FROM billing_refund WHERE next_ask_at <= %(now)s
 ORDER BY next_ask_at LIMIT {AT_ONCE} FOR NO KEY UPDATE SKIP LOCKED) RETURNING account_id, payment_id"""
OPEN_OF_INVOICE = f"""SELECT p.id FROM events_event e
 JOIN billing_payment p ON p.account_id = e.account_id AND p.invoice_id = e.subject_id
 JOIN billing_checkout c ON c.account_id = p.account_id AND c.payment_id = p.id
 WHERE e.account_id = %s AND e.id = %s AND p.status IN ({_UNDECIDED}) AND c.state IN ('', 'open') ORDER BY p.id"""


def claim_due() -> list[tuple[UUID, UUID]]:
    """Take the checkouts and refunds whose time has come: their accounts and payments, each once."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_DUE, {"now": clock.now()})
        checkouts: list[tuple[UUID, UUID]] = cursor.fetchall()
        cursor.execute(CLAIM_DUE_REFUNDS, {"now": clock.now()})
        refunds: list[tuple[UUID, UUID]] = cursor.fetchall()
    return list(dict.fromkeys([*checkouts, *refunds]))


def open_checkouts_of(*, account_id: UUID, event_id: UUID) -> list[UUID]:
    """The payments of an invoice, which a fact is about, whose payers may still pay at a gateway."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_OF_INVOICE, [account_id, event_id])
        return [payment_id for (payment_id,) in cursor.fetchall()]


def open_action(*, account_id: UUID, payment_id: UUID) -> ActionDocument | None:
    """What the payer of an open checkout does next; None if nobody can pay there (any more)."""
    open_one = Checkout.objects.for_account(account_id).filter(
        payment_id=payment_id, payment__status__in=sorted(UNDECIDED), state=GatewayStatus.OPEN.value, problem=""
    )
    return open_one.values_list("action", flat=True).first()
