"""Refunds as operators see them."""

from typing import Self
from uuid import UUID

from igny8_core.business.billing.answers.payments import OperatorPaymentDetailAnswer
from igny8_core.business.billing.models import Refund
from igny8_core.http.answers import Answer, Instant, same_names
from igny8_core.kit.money import format_amount
from igny8_core.kit.sealing import unseal


class RefundPartAnswer(Answer):
    """What a refund takes from an invoice's money, and the credits taken back with it."""

    invoice_id: UUID
    amount: str
    credits: int


class RefundApproverAnswer(Answer):
    """An operator who has agreed to a refund; the first one is whoever requested it."""

    operator_id: UUID
    at: Instant
    note: str


class RefundApprovalsAnswer(Answer):
    """How many operators have to agree to a refund, and who has."""

    needed: int
    given_by: list[RefundApproverAnswer]

    @classmethod
    def of(cls, refund: Refund) -> Self:
        """The approvals of a refund."""
        words = (
            (refund.requested_by_id, refund.created_at, refund.reason),
            (refund.approved_by_id, refund.approved_at, refund.approval_note),
        )
        given = [
            RefundApproverAnswer(operator_id=operator_id, at=at, note=note)
            for operator_id, at, note in words
            if operator_id is not None and at is not None
        ]
        return cls(needed=refund.approvals_needed, given_by=given)


class RefundAnswer(Answer):
    """A refund; only the last four characters of the beneficiary's account are included.

    `beneficiary_known` says whether a bank line or an earlier refund identifies that account as the payer's own; null
    if no account is named.
    """

    id: UUID
    payment_id: UUID
    account_id: UUID
    amount: str
    from_balance: str
    currency: str
    destination: str
    status: str
    reason: str
    failure_reason: str
    parts: list[RefundPartAnswer]
    beneficiary: str | None
    beneficiary_known: bool | None
    approvals: RefundApprovalsAnswer
    created_at: Instant
    completed_at: Instant | None
    failed_at: Instant | None
    cancelled_at: Instant | None

    @classmethod
    def of(cls, refund: Refund) -> Self:
        """The refund."""
        currency = refund.currency
        parts = [
            RefundPartAnswer(
                invoice_id=UUID(part["invoice_id"]),
                amount=format_amount(part["amount_minor"], currency),
                credits=part["credits"],
            )
            for part in refund.parts
        ]
        return cls(
            **same_names(cls, refund)
            | {"parts": parts, "beneficiary_known": refund.beneficiary_known if refund.beneficiary_sealed else None},
            amount=format_amount(refund.amount_minor, currency),
            from_balance=format_amount(refund.from_balance_minor, currency),
            beneficiary=_masked(refund),
            approvals=RefundApprovalsAnswer.of(refund),
        )


class RefundedPaymentAnswer(OperatorPaymentDetailAnswer):
    """The payment after a refund, and the refund."""

    refund: RefundAnswer


def _masked(refund: Refund) -> str | None:
    if not refund.beneficiary_sealed:
        return None
    beneficiary = unseal(refund.beneficiary_sealed)
    return f"{beneficiary['name']}, account ending {beneficiary['iban'][-4:]}"
