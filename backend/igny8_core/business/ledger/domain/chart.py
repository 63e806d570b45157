"""The chart of accounts and the kinds of journals. Pure.

Every code exists once per tenant and currency. Debits are positive, credits negative, so that a journal sums to zero
and a liability (what we owe the customer) shows as a negative number.
"""

from enum import StrEnum

CREDITS_UNIT = "CREDITS"
"""The unit of credits; no ISO 4217 code has seven letters."""

CASH_PREFIX = "cash:"


class Code(StrEnum):
    """The ledger accounts; cash has one per payment method, see `cash`."""

    RECEIVABLE = "receivable"
    REVENUE = "revenue"
    TAX = "tax"
    CUSTOMER_BALANCE = "customer_balance"
    BANK_CHARGES = "bank_charges"
    GATEWAY_FEES = "gateway_fees"
    REFUNDS = "refunds"
    REFUNDS_PAYABLE = "refunds_payable"
    BAD_DEBTS = "bad_debts"
    DISPUTED = "disputed"
    DISPUTE_LOSSES = "dispute_losses"
    CREDITS = "credits"
    CREDITS_GRANTED = "credits_granted"
    CREDITS_USED = "credits_used"
    CREDITS_ADJUSTED = "credits_adjusted"


NEVER_OWED_TO_US: frozenset[str] = frozenset({Code.CUSTOMER_BALANCE.value, Code.CREDITS.value})
"""Liabilities that must not become claims: customers cannot use what they do not have."""


def cash(payment_method: str) -> str:
    """The code of money received by a payment method."""
    return f"{CASH_PREFIX}{payment_method}"


class JournalKind(StrEnum):
    """Why a journal was posted; unique together with source and cycle, so that nothing is posted twice."""

    INVOICE_ISSUED = "invoice_issued"
    INVOICE_VOIDED = "invoice_voided"
    INVOICE_WRITTEN_OFF = "invoice_written_off"
    PAYMENT_SETTLED = "payment_settled"
    PAYMENT_REVERSED = "payment_reversed"
    GATEWAY_FEE = "gateway_fee"
    BALANCE_APPLIED = "balance_applied"
    BALANCE_UNAPPLIED = "balance_unapplied"
    REFUND_TO_BALANCE = "refund_to_balance"
    REFUND_REQUESTED = "refund_requested"
    REFUND_PAID = "refund_paid"
    REFUND_FAILED = "refund_failed"
    REFUND_CANCELLED = "refund_cancelled"
    DISPUTE_WITHDRAWN = "dispute_withdrawn"
    DISPUTE_REINSTATED = "dispute_reinstated"
    DISPUTE_LOST = "dispute_lost"
    CREDITS_GRANTED = "credits_granted"
    CREDITS_TAKEN_BACK = "credits_taken_back"
    CREDITS_RESTORED = "credits_restored"
    CREDITS_CONSUMED = "credits_consumed"
    CREDITS_ADJUSTED = "credits_adjusted"
