"""What pages and other rooms' commands may use of this room: answers, checked input and view helpers."""

from igny8_core.business.billing.answers.covered import covered_invoices
from igny8_core.business.billing.answers.invoices import CreditPackageAnswer, InvoiceAnswer, InvoiceDetailAnswer
from igny8_core.business.billing.answers.payments import (
    OperatorPaymentAnswer,
    OperatorPaymentDetailAnswer,
    PaymentAnswer,
    PaymentDetailAnswer,
)
from igny8_core.business.billing.answers.refunds import RefundAnswer
from igny8_core.business.billing.answers.waiting import WaitingAnswer
from igny8_core.business.billing.operator_views.shapes import (
    ApproveSerializer,
    BulkApproveSerializer,
    Reason,
    ReasonSerializer,
)
from igny8_core.business.billing.views import proof_file

__all__ = [
    "ApproveSerializer",
    "BulkApproveSerializer",
    "CreditPackageAnswer",
    "InvoiceAnswer",
    "InvoiceDetailAnswer",
    "OperatorPaymentAnswer",
    "OperatorPaymentDetailAnswer",
    "PaymentAnswer",
    "PaymentDetailAnswer",
    "Reason",
    "ReasonSerializer",
    "RefundAnswer",
    "WaitingAnswer",
    "covered_invoices",
    "proof_file",
]
