"""The tables of billing: invoices, payments, allocations, refunds, and payment methods."""

from igny8_core.business.billing.models.credit_package import CreditPackage, CreditPackagePrice
from igny8_core.business.billing.models.gateway import Checkout, Dispute, GatewayMessage
from igny8_core.business.billing.models.invoice import Invoice, InvoiceCounter, InvoiceLine
from igny8_core.business.billing.models.payment import Payment, PaymentDuplicate
from igny8_core.business.billing.models.payment_method import AccountPaymentMethod, PaymentMethodConfig
from igny8_core.business.billing.models.proof import PaymentProof
from igny8_core.business.billing.models.saved_card import SavedCard
from igny8_core.business.billing.models.settlement import Allocation, Approval, ApprovalLimit, Refund

__all__ = [
    "AccountPaymentMethod",
    "Allocation",
    "Approval",
    "ApprovalLimit",
    "Checkout",
    "CreditPackage",
    "CreditPackagePrice",
    "Dispute",
    "GatewayMessage",
    "Invoice",
    "InvoiceCounter",
    "InvoiceLine",
    "Payment",
    "PaymentDuplicate",
    "PaymentMethodConfig",
    "PaymentProof",
    "Refund",
    "SavedCard",
]
