"""The payment methods. Pure."""

from enum import StrEnum


class PaymentMethod(StrEnum):
    """How money reaches us; the values are stored and appear in the API."""

    BANK_TRANSFER = "bank_transfer"
    LOCAL_WALLET = "local_wallet"
    STRIPE = "stripe"
    PAYPAL = "paypal"


MANUAL: frozenset[PaymentMethod] = frozenset({PaymentMethod.BANK_TRANSFER, PaymentMethod.LOCAL_WALLET})
"""The methods that a payer submits with a reference and an operator approves."""
ONLINE = tuple(method for method in PaymentMethod if method not in MANUAL)
"""The methods that a gateway stands for."""
