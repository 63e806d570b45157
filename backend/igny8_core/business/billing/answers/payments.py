"""Payments as accounts and as operators see them."""

from datetime import date
from operator import itemgetter
from typing import Annotated, Any, Self
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import asdict

from igny8_core.business.billing.models import PaymentProof
from igny8_core.business.billing.selectors.operator_rows import (
    ApprovalRow,
    OperatorPaymentRow,
    SettledRow,
    to_balance_minor,
)
from igny8_core.business.billing.selectors.payment_rows import PaymentRow
from igny8_core.business.billing.selectors.payments import OperatorPaymentDetail, PaymentDetail, StatusChange
from igny8_core.http.answers import Answer, Instant, same_names
from igny8_core.kit.errors import AppError
from igny8_core.kit.money import format_amount, format_optional


class InvoiceRefAnswer(Answer):
    """The invoice of a payment."""

    id: UUID
    number: str | None
    status: str


class PaymentAnswer(Answer):
    """A payment as its account sees it."""

    id: UUID
    invoice: InvoiceRefAnswer | None
    invoice_id: UUID | None
    amount: str
    currency: str
    amount_received: str | None
    amount_refunded: str
    payment_method: str
    status: str
    transaction_reference: str
    failure_reason: str
    notes: str
    duplicate_reference: bool
    paid_on: date | None
    created_at: Instant
    updated_at: Instant
    submitted_at: Instant | None
    approved_at: Instant | None
    processed_at: Instant | None
    failed_at: Instant | None
    refunded_at: Instant | None
    cancelled_at: Instant | None

    @classmethod
    def of(cls, row: PaymentRow) -> Self:
        """The payment of a row."""
        return cls(*_values(row))


# Columns that are answered unchanged only need the same name in the row and in the answer. Lists are a hot path and
# pick them by position: access by name takes twice as long.
_NAMES = PaymentAnswer.__struct_fields__
_INVOICE, _AMOUNT, _RECEIVED, _REFUNDED = map(_NAMES.index, ("invoice", "amount", "amount_received", "amount_refunded"))
_MADE = frozenset({_INVOICE, _AMOUNT, _RECEIVED, _REFUNDED})
_picked = itemgetter(*(0 if at in _MADE else PaymentRow._fields.index(name) for at, name in enumerate(_NAMES)))


def _values(row: PaymentRow) -> list[Any]:
    """The answer's fields in order."""
    values, currency = list(_picked(row)), row.currency
    values[_INVOICE] = (
        None
        if row.invoice_id is None
        else InvoiceRefAnswer(id=row.invoice_id, number=row.invoice_number, status=row.invoice_status or "")
    )
    values[_AMOUNT] = format_amount(row.amount_minor, currency)
    values[_RECEIVED] = format_optional(row.amount_received_minor, currency)
    values[_REFUNDED] = format_amount(row.amount_refunded_minor, currency)
    return values


class StatusChangeAnswer(Answer):
    """One step of a payment's history."""

    before: str | None = msgspec.field(name="from")
    to: str
    at: Instant
    actor_kind: str
    reason: str

    @classmethod
    def of(cls, step: StatusChange) -> Self:
        """The step of the event log."""
        return cls(before=step.before, to=step.to, at=step.at, actor_kind=step.actor_kind, reason=step.reason)


class PaymentDetailAnswer(PaymentAnswer):
    """A payment with the history of its status."""

    history: list[StatusChangeAnswer]

    @classmethod
    def of_detail(cls, detail: PaymentDetail) -> Self:
        """The payment and its steps, oldest first."""
        payment = asdict(PaymentAnswer.of(detail.payment))
        return cls(**payment, history=[StatusChangeAnswer.of(step) for step in detail.history])


class ApproverAnswer(Answer):
    """An approval that was given."""

    operator_id: UUID
    at: Instant
    amount_received: str
    note: str

    @classmethod
    def of(cls, approval: ApprovalRow, currency: str) -> Self:
        """The approval, with its amount in the payment's currency."""
        amount = format_amount(approval.amount_received_minor, currency)
        return cls(operator_id=approval.operator_id, at=approval.at, amount_received=amount, note=approval.note)


class ApprovalsAnswer(Answer):
    """How many approvals a payment needs and who has given one."""

    needed: int
    given_by: list[ApproverAnswer]


class OperatorPaymentAnswer(PaymentAnswer):
    """A payment as operators see it."""

    account_id: UUID
    recorded_by: UUID | None
    value_date: date | None
    approvals: ApprovalsAnswer
    waiting_seconds: int | None

    @classmethod
    def of_operator(cls, row: OperatorPaymentRow, **more: Any) -> Self:
        """The payment with the operators' fields; `more` holds a subclass's fields."""
        payment = PaymentAnswer.of(row.payment._replace(duplicate_reference=row.duplicate_reference))
        given = [ApproverAnswer.of(approval, row.payment.currency) for approval in row.approvals]
        return cls(
            **asdict(payment),
            account_id=row.payment.account_id,
            recorded_by=row.recorded_by_id,
            value_date=row.value_date,
            approvals=ApprovalsAnswer(needed=row.approvals_needed, given_by=given),
            waiting_seconds=row.waiting_seconds,
            **more,
        )


class SettledAnswer(Answer):
    """What a payment has settled on an invoice."""

    invoice_id: UUID
    invoice_number: str
    amount: str
    bank_charges: str
    reversed_at: Instant | None

    @classmethod
    def of(cls, row: SettledRow, currency: str) -> Self:
        """The allocation, in the payment's currency."""
        return cls(
            invoice_id=row.invoice_id,
            invoice_number=row.invoice_number,
            amount=format_amount(row.amount_minor, currency),
            bank_charges=format_amount(row.charges_minor, currency),
            reversed_at=row.reversed_at,
        )


class OperatorPaymentDetailAnswer(OperatorPaymentAnswer):
    """A payment with what it settled, what became balance, and the history of its status.

    `arrived_late` means that an invoice it was meant for could no longer take any of it.
    """

    allocations: list[SettledAnswer]
    to_balance: str | None
    arrived_late: bool
    history: list[StatusChangeAnswer]

    @classmethod
    def of_operator_detail(cls, detail: OperatorPaymentDetail, **more: Any) -> Self:
        """The payment with everything that operators see; `more` holds a subclass's fields."""
        currency = detail.row.payment.currency
        return cls.of_operator(
            detail.row,
            allocations=[SettledAnswer.of(row, currency) for row in detail.settled],
            to_balance=format_optional(to_balance_minor(detail.row.payment, detail.settled), currency),
            arrived_late=detail.arrived_late,
            history=[StatusChangeAnswer.of(step) for step in detail.history],
            **more,
        )


class BulkResultAnswer(Answer):
    """The result for one payment of a bulk approval; `code` and `error` say why it was refused."""

    id: UUID
    result: Annotated[
        str, Meta(extra_json_schema={"enum": ["succeeded", "pending_approval", "already_succeeded", "refused"]})
    ]
    code: str | UnsetType = UNSET
    error: str | UnsetType = UNSET

    @classmethod
    def of(cls, payment_id: UUID, outcome: str | AppError) -> Self:
        """The payment's status, or the error."""
        if isinstance(outcome, AppError):
            return cls(id=payment_id, result="refused", code=outcome.code, error=outcome.message)
        return cls(id=payment_id, result=outcome)


class BulkResultsAnswer(Answer):
    """One result for each payment, in the order they were sent."""

    results: list[BulkResultAnswer]


class ProofAnswer(Answer):
    """A proof of payment; `name` is the sender's file name."""

    id: UUID
    payment_id: UUID
    name: str
    kind: str
    size_bytes: int
    sha256: str
    created_at: Instant

    @classmethod
    def of(cls, proof: PaymentProof) -> Self:
        """The proof without its bytes."""
        return cls(**same_names(cls, proof))
