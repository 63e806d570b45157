"""Django's settings, all derived from `env.Environment`. No business rules."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.urls import reverse_lazy
from django.utils.csp import CSP

from igny8_core import env
from igny8_core.accounts.database_names import DatabaseRoles
from igny8_core.http.rates import Rate
from igny8_core.kit.locales import DEFAULT_LANGUAGE
from igny8_core.kit.locales import LANGUAGES as LANGUAGE_NAMES

ENV = env.load(os.environ)

SECRET_KEY = ENV.secret_key
DEBUG = False
ALLOWED_HOSTS = list(ENV.allowed_hosts)
ROOT_URLCONF = "igny8_core.urls"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
# The API speaks English; the portal's views choose the language themselves, so that no middleware is needed.
LANGUAGE_CODE = DEFAULT_LANGUAGE
LANGUAGES = list(LANGUAGE_NAMES.items())
STATIC_URL = "/static/"
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

INSTALLED_APPS = [
    "igny8_core.accounts",
    "igny8_core.events",
    "igny8_core.http",
    "igny8_core.business.platform",
    "igny8_core.business.ledger",
    "igny8_core.business.billing",
    "igny8_core.business.documents",
    "igny8_core.business.banking",
    "igny8_core.portal",
    "igny8_core.console",
    "unfold.apps.BasicAppConfig",
    "igny8_core.console.apps.OperatorAdminConfig",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "procrastinate.contrib.django",
    *(["demo", "fake_gateway"] if ENV.demo else []),
]

# Few on purpose: every request pays for each of them.
MIDDLEWARE = [
    "igny8_core.http.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
# Only a trusted proxy may say that the outer connection is encrypted; page links use this scheme.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxies else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# TLS ends at a trusted proxy; cookies are then for https only.
CSRF_COOKIE_NAME = "igny8_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = ENV.trusted_proxies > 0
CSRF_FAILURE_VIEW = "igny8_core.portal.pages.forged"
LANGUAGE_COOKIE_NAME = "igny8_language"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                # The admin requires these two; their context is built when a template asks for it.
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

UNFOLD = {
    "SITE_TITLE": "IGNY8 Billing",
    "SITE_HEADER": "IGNY8 Billing",
    "SITE_SUBHEADER": "Operators",
    "SITE_SYMBOL": "account_balance_wallet",
    "SITE_URL": None,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [f"{STATIC_URL}console/console.css"],
    "SCRIPTS": [f"{STATIC_URL}console/console.js"],
    "ACCOUNT": {"navigation": [{"title": "Sign-in and security", "link": reverse_lazy("admin:security")}]},
    "DASHBOARD_CALLBACK": "igny8_core.console.desks.home.dashboard",
    "COLORS": {
        "primary": {
            "50": "#f0f1ff",
            "100": "#e3e4fe",
            "200": "#cbccfc",
            "300": "#aaacf8",
            "400": "#a3a3f6",
            "500": "#8685f0",
            "600": "#3d3bd1",
            "700": "#3331ad",
            "800": "#2b2a89",
            "900": "#27276c",
            "950": "#17163f",
        },
    },
}
# The console has no session table and no middleware: `access.py` does for its pages what middleware would do for all.
SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410"]

PASSWORD_HASHERS = ["igny8_core.accounts.hashers.BoundedArgon2"]

DATABASE_ROLES = DatabaseRoles.of(ENV)
# The owner is subject to its own policies; it is not a member of the operator role.
TAKES_OPERATOR_ROLE = ENV.process != "owner"


def database(url: str, *, pooled: bool = False) -> dict[str, Any]:
    """Django's settings for the database in a URL."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    host, port = query.pop("host", "") or parts.hostname or "", query.pop("port", "") or str(parts.port or "")
    # Other parameters in the URL (sslmode, sslrootcert …) belong to libpq: dropping them would drop the server check.
    options: dict[str, Any] = {**query, "server_side_binding": True, "prepare_threshold": 2}
    if pooled:
        options["pool"] = {"min_size": 2, "max_size": 8, "timeout": 5, "max_idle": 300}
    return {
        "ENGINE": "igny8_core.kit.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


DEFAULT_FROM_EMAIL = ENV.mail_from


def mailer(url: str) -> dict[str, Any]:
    """Where mail goes: to the SMTP server in a URL (smtps:// for implicit TLS), otherwise to one file per mail."""
    if not url:
        folder = str(ENV.data_dir / "mail")
        return {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": folder}}
    parts = urlsplit(url)
    options = {
        "host": parts.hostname or "localhost",
        "port": parts.port or (465 if parts.scheme == "smtps" else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp+tls",
        "timeout": 10,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}


MAILERS = {"default": mailer(ENV.smtp_url)}
DATABASES = {"default": database(ENV.url, pooled=ENV.process == "web")}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

THROTTLE_ON = ENV.throttle
_GENEROUS = 20 if ENV.demo else 1
THROTTLES = {
    "address": Rate(hits=3000 * _GENEROUS, seconds=60),
    "read": Rate(hits=600 * _GENEROUS, seconds=60),
    "write": Rate(hits=120 * _GENEROUS, seconds=60),
    "login_address": Rate(hits=20 * _GENEROUS, seconds=60),
    "login_email": Rate(hits=5 * _GENEROUS, seconds=60),
    "login_email_anywhere": Rate(hits=50 * _GENEROUS, seconds=60),
    "invitation": Rate(hits=60 * _GENEROUS, seconds=3600),
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["igny8_core.http.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["igny8_core.http.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "igny8_core.http.openapi.EnvelopeSchema",
    "UNAUTHENTICATED_USER": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "IGNY8 Billing",
    "DESCRIPTION": "Payments for the places where customers pay by bank transfer or a local wallet.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["igny8_core.http.openapi.shared_parts"],
    "PREPROCESSING_HOOKS": ["igny8_core.http.openapi.without_own_routes"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "igny8_core.http.logs.JSONFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},
        "factur-x": {"level": "WARNING"},
    },
}
