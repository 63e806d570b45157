"""Routes of billing: the account's under `/api/v1/billing/`, the operators' under `/api/v1/admin/`, gateways'."""

from django.urls import path

from igny8_core.business.billing import views
from igny8_core.business.billing.callback_views import GatewayMessageView
from igny8_core.business.billing.gateways.registry import REGISTRY
from igny8_core.business.billing.method_views import SavedMethodViewSet
from igny8_core.business.billing.operator_views.control import ApprovalLimitView, VerifyView
from igny8_core.business.billing.operator_views.invoices import OperatorInvoiceViewSet
from igny8_core.business.billing.operator_views.method_configs import MethodConfigViewSet
from igny8_core.business.billing.operator_views.payments import BulkApproveView, OperatorPaymentViewSet
from igny8_core.business.billing.operator_views.proofs import OperatorProofViewSet
from igny8_core.business.billing.operator_views.refunds import RefundViewSet
from igny8_core.business.billing.operator_views.waiting import WaitingViewSet

_payments, _invoices, _methods = views.PaymentViewSet, views.InvoiceViewSet, SavedMethodViewSet
_proofs, _all_proofs = views.ProofViewSet, OperatorProofViewSet
_packages = views.CreditPackageViewSet
_all_payments, _all_invoices = OperatorPaymentViewSet, OperatorInvoiceViewSet

account_urlpatterns = [
    path("payments/", _payments.as_view({"get": "list"}), name="payments"),
    path("payments/manual/", _payments.as_view({"post": "manual"}), name="payment-manual"),
    path("payments/<uuid:payment_id>/", _payments.as_view({"get": "retrieve"}), name="payment"),
    path("payments/checkout/", _payments.as_view({"post": "checkout"}), name="payment-checkout"),
    path(
        "payments/<uuid:payment_id>/checkout/refresh/",
        _payments.as_view({"post": "refresh"}),
        name="checkout-refresh",
    ),
    path("payments/<uuid:payment_id>/cancel/", _payments.as_view({"post": "cancel"}), name="payment-cancel"),
    path("payments/<uuid:payment_id>/proofs/", _proofs.as_view({"get": "list", "post": "create"}), name="proofs"),
    path("payments/<uuid:payment_id>/proofs/<uuid:proof_id>/", _proofs.as_view({"get": "retrieve"}), name="proof"),
    path("payment-methods/available/", _payments.as_view({"get": "available"}), name="methods-available"),
    path("payment-methods/", _methods.as_view({"get": "list", "post": "create"}), name="saved-methods"),
    path(
        "payment-methods/<uuid:method_id>/",
        _methods.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="saved-method",
    ),
    path(
        "payment-methods/<uuid:method_id>/set_default/",
        _methods.as_view({"post": "set_default"}),
        name="saved-method-default",
    ),
    path("payment-methods/cards/", _methods.as_view({"post": "enter_card"}), name="enter-card"),
    path(
        "payment-methods/cards/<uuid:card_id>/refresh/",
        _methods.as_view({"post": "refresh_card"}),
        name="card-refresh",
    ),
    path("payment-methods/<uuid:method_id>/charge/", _methods.as_view({"post": "charge"}), name="charge-card"),
    path("invoices/", _invoices.as_view({"get": "list"}), name="invoices"),
    path("invoices/<uuid:invoice_id>/", _invoices.as_view({"get": "retrieve"}), name="invoice"),
    path("credit-packages/", _packages.as_view({"get": "list"}), name="credit-packages"),
    path("credit-packages/<uuid:package_id>/purchase/", _packages.as_view({"post": "purchase"}), name="purchase"),
]

operator_urlpatterns = [
    path("payments/", _all_payments.as_view({"get": "list"}), name="all-payments"),
    path("payments/bulk-approve/", BulkApproveView.as_view({"post": "approve_all"}), name="bulk-approve"),
    path("payments/record/", _all_payments.as_view({"post": "record"}), name="record-payment"),
    path("payments/<uuid:payment_id>/", _all_payments.as_view({"get": "retrieve"}), name="any-payment"),
    *[
        path(f"payments/<uuid:payment_id>/{name}/", _all_payments.as_view({"post": name}), name=f"payment-{name}")
        for name in ("approve", "reject", "refund", "bounce", "refresh")
    ],
    path("payments/<uuid:payment_id>/proofs/", _all_proofs.as_view({"get": "list"}), name="any-proofs"),
    path(
        "payments/<uuid:payment_id>/proofs/<uuid:proof_id>/", _all_proofs.as_view({"get": "retrieve"}), name="any-proof"
    ),
    path("refunds/", RefundViewSet.as_view({"get": "list"}), name="refunds"),
    path("refunds/export/", RefundViewSet.as_view({"get": "export"}), name="refunds-export"),
    path("refunds/<uuid:refund_id>/", RefundViewSet.as_view({"get": "retrieve"}), name="refund"),
    path("refunds/<uuid:refund_id>/approve/", RefundViewSet.as_view({"post": "approve"}), name="refund-approve"),
    path("refunds/<uuid:refund_id>/mark-paid/", RefundViewSet.as_view({"post": "mark_paid"}), name="refund-paid"),
    path("refunds/<uuid:refund_id>/cancel/", RefundViewSet.as_view({"post": "cancel"}), name="refund-cancel"),
    path("approval-limits/", ApprovalLimitView.as_view(), name="approval-limits"),
    path("verify/", VerifyView.as_view(), name="verify"),
    path("invoices/", _all_invoices.as_view({"get": "list", "post": "create"}), name="all-invoices"),
    path("invoices/<uuid:invoice_id>/", _all_invoices.as_view({"get": "retrieve"}), name="any-invoice"),
    path("invoices/<uuid:invoice_id>/finalize/", _all_invoices.as_view({"post": "finalize"}), name="finalize"),
    path(
        "invoices/<uuid:invoice_id>/apply-balance/",
        _all_invoices.as_view({"post": "apply_balance"}),
        name="apply-balance",
    ),
    path("invoices/<uuid:invoice_id>/void/", _all_invoices.as_view({"post": "void"}), name="void"),
    path(
        "invoices/<uuid:invoice_id>/mark-uncollectible/",
        _all_invoices.as_view({"post": "mark_uncollectible"}),
        name="mark-uncollectible",
    ),
    path(
        "payment-method-configs/",
        MethodConfigViewSet.as_view({"get": "list", "post": "create"}),
        name="method-configs",
    ),
    path(
        "payment-method-configs/<uuid:config_id>/",
        MethodConfigViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="method-config",
    ),
]

waiting_urlpatterns = [
    path("", WaitingViewSet.as_view({"get": "list"}), name="waiting"),
    path("<uuid:change_id>/confirm/", WaitingViewSet.as_view({"post": "confirm"}), name="confirm-change"),
    path("<uuid:change_id>/reject/", WaitingViewSet.as_view({"post": "reject"}), name="reject-change"),
]

webhook_urlpatterns = [
    path(f"{gateway}/", GatewayMessageView.as_view(gateway=gateway), name=f"{gateway}-message") for gateway in REGISTRY
]
