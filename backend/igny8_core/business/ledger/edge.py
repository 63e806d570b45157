"""What pages and other rooms' commands may use of this room's edge: answers, checked input, views' helpers."""

from igny8_core.business.ledger.answers import CreditTransactionAnswer

__all__ = [
    "CreditTransactionAnswer",
]
