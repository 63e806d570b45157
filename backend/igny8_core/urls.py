"""Every address of the product. A room is imported when one of its addresses is first requested."""

from django.urls import path
from django.views.generic.base import RedirectView

from igny8_core.http import health, on_demand
from igny8_core.portal import routing

handler400 = routing.bad_request
handler404 = routing.not_found
handler500 = routing.server_error

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="portal:home"), name="root"),
    on_demand.addresses("portal/", "igny8_core.portal.urls.urlpatterns", namespace="portal"),
    on_demand.addresses("admin/", "igny8_core.console.urls.urlpatterns", namespace="admin"),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/schema/", on_demand.view("igny8_core.http.api_document.api_document"), name="schema"),
    path("api/docs/", on_demand.view("igny8_core.http.api_pages.swagger"), name="docs"),
    path("api/redoc/", on_demand.view("igny8_core.http.api_pages.redoc"), name="redoc"),
    on_demand.addresses("api/v1/auth/", "igny8_core.business.platform.urls.urlpatterns"),
    on_demand.addresses("api/v1/billing/", "igny8_core.business.billing.urls.account_urlpatterns"),
    on_demand.addresses("api/v1/billing/", "igny8_core.business.ledger.urls.account_urlpatterns"),
    on_demand.addresses("api/v1/billing/", "igny8_core.business.documents.urls.account_urlpatterns"),
    on_demand.addresses("api/v1/admin/billing/", "igny8_core.business.billing.urls.operator_urlpatterns"),
    on_demand.addresses("api/v1/admin/billing/", "igny8_core.business.ledger.urls.operator_urlpatterns"),
    on_demand.addresses("api/v1/admin/billing/", "igny8_core.business.documents.urls.operator_urlpatterns"),
    on_demand.addresses("api/v1/admin/billing/", "igny8_core.business.banking.urls.operator_urlpatterns"),
    on_demand.addresses("api/v1/admin/approvals-pending/", "igny8_core.business.billing.urls.waiting_urlpatterns"),
    on_demand.addresses("api/v1/admin/accounts/", "igny8_core.business.ledger.urls.credit_urlpatterns"),
    on_demand.addresses("api/v1/webhooks/", "igny8_core.business.billing.urls.webhook_urlpatterns"),
    on_demand.addresses("api/v1/account/", "igny8_core.business.platform.urls.account_urlpatterns"),
    on_demand.addresses("api/v1/admin/", "igny8_core.business.platform.urls.operator_urlpatterns"),
]
