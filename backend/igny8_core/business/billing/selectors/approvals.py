"""What an approval is decided on, read after its payment is locked. On the hot path: one statement, by hand."""

import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from igny8_core.business.billing.domain.payment_states import OPEN
from igny8_core.business.billing.models import Payment

_OPEN = ", ".join(f"'{status}'" for status in sorted(OPEN))
# Of several configurations the account's country wins over `*`, and of one country's the most generous.
GROUNDS = f"""SELECT
 (SELECT amount_minor FROM billing_approvallimit WHERE currency = p.currency),
 CASE WHEN EXISTS (SELECT 1 FROM billing_payment o WHERE o.account_id = p.account_id AND o.invoice_id = p.invoice_id
  AND o.status IN ({_OPEN}) AND o.id <> p.id) THEN 0
 ELSE coalesce((SELECT c.tolerance_minor FROM billing_paymentmethodconfig c JOIN accounts_account t
  ON t.id = p.account_id AND c.country IN (t.country, '*')
  WHERE c.currency = p.currency AND c.payment_method = p.payment_method
  ORDER BY c.country = '*', c.tolerance_minor DESC LIMIT 1), 0) END,
 a.operator_id, a.amount_received_minor, a.value_date
 FROM billing_payment p LEFT JOIN billing_approval a ON a.account_id = p.account_id AND a.payment_id = p.id
 WHERE p.account_id = %s AND p.id = %s ORDER BY a.id"""


MEANT_FOR = "SELECT account_id, invoice_id, plan FROM billing_payment WHERE id = %s"


@dataclass(frozen=True, slots=True)
class GivenApproval:
    """Who has approved a payment already, and what they have seen."""

    operator_id: UUID
    amount_received_minor: int
    value_date: date | None


@dataclass(frozen=True, slots=True)
class Grounds:
    """What stands beside the payment itself; amounts in minor units.

    `limit_minor` is above how much two operators must approve, None where there is no limit. `tolerance_minor` is how
    much too little closes an invoice: nothing while another payment of it is open, the rest is on its way.
    """

    limit_minor: int | None
    tolerance_minor: int
    given: tuple[GivenApproval, ...]


def meant_for(payment_id: UUID) -> tuple[UUID, set[UUID]] | None:
    """A payment's account and the invoices it is meant for, to be locked before it; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(MEANT_FOR, [payment_id])
        row = cursor.fetchone()
    if row is None:
        return None
    account_id, invoice_id, plan = row
    planned = {UUID(planned_id) for planned_id, _ in json.loads(plan or "[]")}
    return account_id, planned if invoice_id is None else {invoice_id, *planned}


def grounds_of(payment: Payment) -> Grounds:
    """Limit, tolerance and the approvals given before, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(GROUNDS, [payment.account_id, payment.id])
        rows = cursor.fetchall()
    limit_minor, tolerance_minor, *_ = rows[0]
    given = tuple(GivenApproval(*approval) for _, _, *approval in rows if approval[0] is not None)
    return Grounds(limit_minor, tolerance_minor, given)
