"""What operators see of a payment beyond what its account sees: approvals, those still required, and allocations."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from igny8_core.business.billing.domain.approvals import approvals_needed_overall
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.selectors.approvals import LIMIT_OF
from igny8_core.business.billing.selectors.payment_rows import PaymentRow
from igny8_core.kit import clock

DUPLICATE_ANYWHERE = """(p.duplicate_reference OR EXISTS (
  SELECT 1 FROM billing_paymentduplicate d WHERE d.account_id = p.account_id AND d.payment_id = p.id))"""
OPERATOR_COLUMNS = f"""{DUPLICATE_ANYWHERE}, p.recorded_by_id, p.value_date, {LIMIT_OF.format(currency="p.currency")},
 (SELECT jsonb_agg(jsonb_build_array(a.operator_id, a.created_at, a.amount_received_minor, a.note) ORDER BY a.id)
  FROM billing_approval a WHERE a.account_id = p.account_id AND a.payment_id = p.id)"""
SETTLED_COLUMN = """(SELECT jsonb_agg(jsonb_build_array(
   s.invoice_id, si.number, s.amount_minor, s.charges_minor, s.reversed_at) ORDER BY s.id)
  FROM billing_allocation s JOIN billing_invoice si ON si.account_id = s.account_id AND si.id = s.invoice_id
  WHERE s.account_id = p.account_id AND s.payment_id = p.id)"""
KEPT = frozenset({PaymentStatus.SUCCEEDED.value, PaymentStatus.REFUNDED.value})
WAITING = frozenset({PaymentStatus.PENDING_APPROVAL.value})


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """An approval that was given."""

    operator_id: UUID
    at: datetime
    amount_received_minor: int
    note: str


@dataclass(frozen=True, slots=True)
class OperatorPaymentRow:
    """A payment with the operators' fields; `duplicate_reference` considers all accounts."""

    payment: PaymentRow
    duplicate_reference: bool
    recorded_by_id: UUID | None
    value_date: date | None
    limit_minor: int
    approvals: list[ApprovalRow]

    @property
    def approvals_needed(self) -> int:
        """How many operators have to approve the largest amount entered so far, or had to."""
        given = (approval.amount_received_minor for approval in self.approvals)
        largest = max(self.payment.amount_minor, self.payment.amount_received_minor or 0, *given)
        return approvals_needed_overall(
            amount_minor=largest,
            limit_minor=self.limit_minor,
            given=len(self.approvals),
            is_settled=self.payment.status in KEPT,
        )

    @property
    def waiting_seconds(self) -> int | None:
        """How long the payment has been awaiting approval; None if it is not."""
        since = self.payment.submitted_at
        if self.payment.status not in WAITING or since is None:
            return None
        return max(0, int((clock.now() - since).total_seconds()))


@dataclass(frozen=True, slots=True)
class SettledRow:
    """What a payment has settled on an invoice, in minor units; `charges_minor` never arrived."""

    invoice_id: UUID
    invoice_number: str
    amount_minor: int
    charges_minor: int
    reversed_at: datetime | None


def operator_row(payment: tuple[Any, ...], extra: tuple[Any, ...]) -> OperatorPaymentRow:
    """Built from the columns of `PaymentRow` and `OPERATOR_COLUMNS`."""
    duplicate, recorded_by_id, value_date, limit_minor, given = extra
    approvals = [
        ApprovalRow(UUID(operator_id), datetime.fromisoformat(at), amount_minor, note)
        for operator_id, at, amount_minor, note in _decoded(given)
    ]
    return OperatorPaymentRow(PaymentRow._make(payment), duplicate, recorded_by_id, value_date, limit_minor, approvals)


def settled_rows(settled: Any) -> list[SettledRow]:
    """The content of `SETTLED_COLUMN`."""
    return [
        SettledRow(UUID(invoice_id), number, amount_minor, charges_minor, at and datetime.fromisoformat(at))
        for invoice_id, number, amount_minor, charges_minor, at in _decoded(settled)
    ]


def to_balance_minor(payment: PaymentRow, settled: list[SettledRow]) -> int | None:
    """The part of a payment that became the account's balance; None before it has succeeded."""
    if payment.status not in KEPT or payment.amount_received_minor is None:
        return None
    return payment.amount_received_minor - sum(row.amount_minor - row.charges_minor for row in settled)


def _decoded(given: Any) -> list[Any]:
    if given is None:
        return []
    return list(json.loads(given) if isinstance(given, str) else given)
