"""The tables of billing: invoices, payments, and the ways to pay."""

from igny8_core.business.billing.models.invoice import Invoice, InvoiceCounter, InvoiceLine
from igny8_core.business.billing.models.payment import Payment, PaymentDuplicate
from igny8_core.business.billing.models.payment_method import AccountPaymentMethod, PaymentMethodConfig

__all__ = [
    "AccountPaymentMethod",
    "Invoice",
    "InvoiceCounter",
    "InvoiceLine",
    "Payment",
    "PaymentDuplicate",
    "PaymentMethodConfig",
]
