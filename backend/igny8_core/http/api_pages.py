"""The pages that display the API document."""

from typing import cast

from django.conf import settings
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView

# Both viewers add style elements and ReDoc starts a worker from a blob; scripts are only our own files.
DOCS_CSP: dict[str, list[str]] = {
    **cast("dict[str, list[str]]", settings.SECURE_CSP),
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "worker-src": [CSP.SELF, "blob:"],
}
READ_ONLY = ["get", "head"]

_swagger = SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=READ_ONLY)
_redoc = SpectacularRedocView.as_view(url_name="schema", template_name="http/redoc.html", http_method_names=READ_ONLY)
swagger = csp_override(DOCS_CSP)(_swagger)
redoc = csp_override(DOCS_CSP)(_redoc)
