"""What an approval is decided on, read after its payment is locked. A hot path: one hand-written statement."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from igny8_core.business.billing.domain.approvals import NO_LIMIT_SET, UNLIMITED, WINDOW, approvals_needed
from igny8_core.business.billing.domain.payment_states import OPEN
from igny8_core.business.billing.models import Payment
from igny8_core.kit import clock

_OPEN = ", ".join(f"'{status}'" for status in sorted(OPEN))
LIMIT_OF = f"""coalesce((SELECT coalesce(l.amount_minor, {UNLIMITED}) FROM billing_approvallimit l
  WHERE l.currency = {{currency}}), {NO_LIMIT_SET})"""
"""The limit of a currency, always as a number: a row without an amount means that there is no limit."""
# Read from the index alone, which only contains what one operator decided alone.
DECIDED_ALONE = """SELECT coalesce(sum(d.amount_received_minor), 0) FROM billing_payment d
  WHERE d.account_id = p.account_id AND d.decided_alone_by_id = %(operator_id)s AND d.currency = p.currency
  AND d.status IN ('succeeded', 'refunded') AND d.approved_at > %(since)s"""
# A configuration for the account's country takes precedence over `*`, and within a country the most generous one.
GROUNDS = f"""SELECT
 {LIMIT_OF.format(currency="p.currency")},
 ({DECIDED_ALONE}),
 EXISTS (SELECT 1 FROM billing_payment o WHERE o.account_id = p.account_id AND o.invoice_id = p.invoice_id
  AND o.status IN ({_OPEN}) AND o.id <> p.id),
 coalesce((SELECT c.tolerance_minor FROM billing_paymentmethodconfig c JOIN accounts_account t
  ON t.id = p.account_id AND c.country IN (t.country, '*')
  WHERE c.currency = p.currency AND c.payment_method = p.payment_method
  ORDER BY c.country = '*', c.tolerance_minor DESC LIMIT 1), 0),
 a.operator_id, a.amount_received_minor, a.value_date, a.note
 FROM billing_payment p LEFT JOIN billing_approval a ON a.account_id = p.account_id AND a.payment_id = p.id
 WHERE p.account_id = %(account_id)s AND p.id = %(payment_id)s ORDER BY a.id"""


REFUND_GROUNDS = f"""SELECT {LIMIT_OF.format(currency="%(currency)s")},
 (SELECT coalesce(sum(r.amount_minor), 0) FROM billing_refund r
  WHERE r.account_id = %(account_id)s AND r.requested_by_id = %(operator_id)s AND r.currency = %(currency)s
  AND r.approvals_needed = 1 AND r.destination IN ('original', 'transfer')
  AND r.status IN ('pending', 'processing', 'completed') AND r.created_at > %(since)s)"""
MEANT_FOR = "SELECT account_id, invoice_id, plan FROM billing_payment WHERE id = %s"


@dataclass(frozen=True, slots=True)
class GivenApproval:
    """Who has already approved a payment, and the amount they entered."""

    operator_id: UUID
    amount_received_minor: int
    value_date: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is known besides the payment itself; amounts in minor units.

    `limit_minor` is the amount above which two operators must approve. `decided_alone_minor` is what the deciding
    operator has decided alone for the account within a day. `tolerance_minor` is how far the amount may deviate for
    this method; `others_open` says that another payment of the invoice is open.
    """

    limit_minor: int
    decided_alone_minor: int
    others_open: bool
    tolerance_minor: int
    given: tuple[GivenApproval, ...]

    def needed_for(self, amount_minor: int, *, received_minor: int) -> int:
        """How many operators must approve this amount, of which `received` arrived, if the deciding operator is the
        first.
        """
        largest = max(amount_minor, received_minor + self.decided_alone_minor)
        return approvals_needed(amount_minor=largest, limit_minor=self.limit_minor)

    @property
    def closing_tolerance_minor(self) -> int:
        """The underpayment that still closes an invoice: zero while another payment of it is open."""
        return 0 if self.others_open else self.tolerance_minor


def meant_for(payment_id: UUID) -> tuple[UUID, set[UUID]] | None:
    """A payment's account and the invoices it is meant for, to be locked before it; None if it does not exist."""
    with connection.cursor() as cursor:
        cursor.execute(MEANT_FOR, [payment_id])
        row = cursor.fetchone()
    if row is None:
        return None
    account_id, invoice_id, plan = row
    planned = {UUID(planned_id) for planned_id, _ in json.loads(plan or "[]")}
    return account_id, planned if invoice_id is None else {invoice_id, *planned}


def grounds_of(payment: Payment, *, operator_id: UUID) -> Grounds:
    """What `operator_id` decides on; earlier approvals come oldest first.

    The caller holds the lock on the account: two concurrent readers would otherwise both find that nothing was decided
    yet.
    """
    values: dict[str, UUID | datetime] = {
        "account_id": payment.account_id,
        "payment_id": payment.id,
        "operator_id": operator_id,
        "since": clock.now() - WINDOW,
    }
    with connection.cursor() as cursor:
        cursor.execute(GROUNDS, values)
        rows = cursor.fetchall()
    limit_minor, decided_alone, others_open, tolerance_minor, *_ = rows[0]
    given = tuple(GivenApproval(*approval) for _, _, _, _, *approval in rows if approval[0] is not None)
    return Grounds(limit_minor, int(decided_alone), others_open, tolerance_minor, given)


def refund_approvals_needed(payment: Payment, *, operator_id: UUID, amount_minor: int) -> int:
    """How many operators must approve refunding this much; what this operator approved alone within a day counts too.

    The caller holds the lock on the account.
    """
    values: dict[str, UUID | datetime | str] = {
        "account_id": payment.account_id,
        "currency": payment.currency,
        "operator_id": operator_id,
        "since": clock.now() - WINDOW,
    }
    with connection.cursor() as cursor:
        cursor.execute(REFUND_GROUNDS, values)
        limit_minor, decided_alone = cursor.fetchone() or (NO_LIMIT_SET, 0)
    return approvals_needed(amount_minor=amount_minor + int(decided_alone), limit_minor=limit_minor)
