"""Every address of the product."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView

from igny8_core.business.billing.urls import account_urlpatterns, operator_urlpatterns
from igny8_core.http import health, routing

handler400 = routing.bad_request
handler404 = routing.not_found
handler500 = routing.server_error

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/redoc/", SpectacularRedocView.as_view(url_name="schema"), name="redoc"),
    path("api/v1/auth/", include("igny8_core.business.platform.urls")),
    path("api/v1/billing/", include(account_urlpatterns)),
    path("api/v1/admin/billing/", include(operator_urlpatterns)),
]
