"""Every address of the product."""

from typing import cast

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.generic.base import RedirectView
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView

from igny8_core.business.banking import urls as banking
from igny8_core.business.billing.urls import account_urlpatterns, operator_urlpatterns
from igny8_core.business.documents import urls as documents
from igny8_core.business.ledger import urls as ledger
from igny8_core.business.platform import urls as platform_urls
from igny8_core.http import health
from igny8_core.http.api_document import api_document
from igny8_core.portal import routing

handler400 = routing.bad_request
handler404 = routing.not_found
handler500 = routing.server_error

# Both viewers write style elements and ReDoc starts a worker from a blob; scripts stay our own files.
DOCS_CSP: dict[str, list[str]] = {
    **cast("dict[str, list[str]]", settings.SECURE_CSP),
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "worker-src": [CSP.SELF, "blob:"],
}

READ_ONLY = ["get", "head"]

_swagger = SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=READ_ONLY)
_redoc = SpectacularRedocView.as_view(url_name="schema", template_name="http/redoc.html", http_method_names=READ_ONLY)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="portal:home"), name="root"),
    path("portal/", include("igny8_core.portal.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/schema/", api_document, name="schema"),
    path("api/docs/", csp_override(DOCS_CSP)(_swagger), name="docs"),
    path("api/redoc/", csp_override(DOCS_CSP)(_redoc), name="redoc"),
    path("api/v1/auth/", include("igny8_core.business.platform.urls")),
    path("api/v1/billing/", include(account_urlpatterns)),
    path("api/v1/billing/", include(ledger.account_urlpatterns)),
    path("api/v1/billing/", include(documents.account_urlpatterns)),
    path("api/v1/admin/billing/", include(operator_urlpatterns)),
    path("api/v1/admin/billing/", include(ledger.operator_urlpatterns)),
    path("api/v1/admin/billing/", include(documents.operator_urlpatterns)),
    path("api/v1/admin/billing/", include(banking.operator_urlpatterns)),
    path("api/v1/admin/accounts/", include(ledger.credit_urlpatterns)),
    path("api/v1/account/", include(platform_urls.account_urlpatterns)),
    path("api/v1/admin/", include(platform_urls.operator_urlpatterns)),
]
