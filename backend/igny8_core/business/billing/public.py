"""What other rooms and the pages may use of this room: services, selectors and their result types."""

from igny8_core.business.billing.formats.proof_files import CONTENT_TYPES, MAX_BYTES, CleanFile, clean
from igny8_core.business.billing.selectors import figures
from igny8_core.business.billing.selectors.booking_targets import (
    OpenClaim,
    OpenInvoice,
    account_id_of_invoice,
    bookable_payment,
    bookable_refund,
    invoice_id_of,
    open_claims_like,
    open_invoices_like,
)
from igny8_core.business.billing.selectors.checkouts import open_action
from igny8_core.business.billing.selectors.claims import claim_of
from igny8_core.business.billing.selectors.credit_packages import offered_packages
from igny8_core.business.billing.selectors.disputes import disputes_across_accounts
from igny8_core.business.billing.selectors.dues import awaiting_sums, covered, due_sums, open_invoices, submitted_minor
from igny8_core.business.billing.selectors.invoices import invoice_detail, invoices_across_accounts, invoices_of
from igny8_core.business.billing.selectors.parties import parties_of
from igny8_core.business.billing.selectors.payments import (
    PaymentFilters,
    Span,
    get_payment,
    get_payment_across_accounts,
    list_payments,
    list_payments_across_accounts,
)
from igny8_core.business.billing.selectors.proofs import proofs_across_accounts, proofs_of
from igny8_core.business.billing.selectors.refunds import refunds_across_accounts
from igny8_core.business.billing.selectors.saved_cards import cards_to_enter
from igny8_core.business.billing.selectors.saved_methods import saved_methods
from igny8_core.business.billing.selectors.sources import invoice_numbers, payment_references
from igny8_core.business.billing.selectors.waiting import list_waiting
from igny8_core.business.billing.services import approvals, method_setup, refunds
from igny8_core.business.billing.services.approvals import Decision
from igny8_core.business.billing.services.asking import Heard, ask, hear, question_on_return
from igny8_core.business.billing.services.cancelling import (
    CANCELLABLE,
    cancel_payment,
    cancelled_or,
    checkout_to_cancel,
)
from igny8_core.business.billing.services.charging import ChargeRequest, begin_charge, finish_charge
from igny8_core.business.billing.services.checkouts import (
    Brought,
    CheckoutRequest,
    begin_checkout,
    finish_checkout,
    open_checkout,
)
from igny8_core.business.billing.services.credit_packages import purchase_package
from igny8_core.business.billing.services.locking import LockedInvoice, lock_invoices_across_accounts
from igny8_core.business.billing.services.method_configs import (
    AMOUNTS,
    MethodConfigValues,
    change_config,
    create_config,
    remove_config,
)
from igny8_core.business.billing.services.papers import invoice_facts, late_invoices, payment_facts, receipt_facts
from igny8_core.business.billing.services.payment_service import AvailableMethods, ManualPayment, PaymentService
from igny8_core.business.billing.services.pending_changes import confirm_change
from igny8_core.business.billing.services.proofs import add_proof
from igny8_core.business.billing.services.recording import Planned, RecordedMoney, record_payment
from igny8_core.business.billing.services.saved_cards import (
    BroughtCard,
    CardRequest,
    begin_card,
    finish_card,
    may_save_card,
    open_card,
)

__all__ = [
    "AMOUNTS",
    "CANCELLABLE",
    "CONTENT_TYPES",
    "MAX_BYTES",
    "AvailableMethods",
    "Brought",
    "BroughtCard",
    "CardRequest",
    "ChargeRequest",
    "CheckoutRequest",
    "CleanFile",
    "Decision",
    "Heard",
    "LockedInvoice",
    "ManualPayment",
    "MethodConfigValues",
    "OpenClaim",
    "OpenInvoice",
    "PaymentFilters",
    "PaymentService",
    "Planned",
    "RecordedMoney",
    "Span",
    "account_id_of_invoice",
    "add_proof",
    "approvals",
    "ask",
    "awaiting_sums",
    "begin_card",
    "begin_charge",
    "begin_checkout",
    "bookable_payment",
    "bookable_refund",
    "cancel_payment",
    "cancelled_or",
    "cards_to_enter",
    "change_config",
    "checkout_to_cancel",
    "claim_of",
    "clean",
    "confirm_change",
    "covered",
    "create_config",
    "disputes_across_accounts",
    "due_sums",
    "figures",
    "finish_card",
    "finish_charge",
    "finish_checkout",
    "get_payment",
    "get_payment_across_accounts",
    "hear",
    "invoice_detail",
    "invoice_facts",
    "invoice_id_of",
    "invoice_numbers",
    "invoices_across_accounts",
    "invoices_of",
    "late_invoices",
    "list_payments",
    "list_payments_across_accounts",
    "list_waiting",
    "lock_invoices_across_accounts",
    "may_save_card",
    "method_setup",
    "offered_packages",
    "open_action",
    "open_card",
    "open_checkout",
    "open_claims_like",
    "open_invoices",
    "open_invoices_like",
    "parties_of",
    "payment_facts",
    "payment_references",
    "proofs_across_accounts",
    "proofs_of",
    "purchase_package",
    "question_on_return",
    "receipt_facts",
    "record_payment",
    "refunds",
    "refunds_across_accounts",
    "remove_config",
    "saved_methods",
    "submitted_minor",
]
