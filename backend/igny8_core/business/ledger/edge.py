"""What pages and other rooms' commands may use of this room: answers, checked input and view helpers."""

from igny8_core.business.ledger.answers import CreditTransactionAnswer

__all__ = [
    "CreditTransactionAnswer",
]
