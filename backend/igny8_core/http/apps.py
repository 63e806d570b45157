"""The HTTP room as a Django app: it owns the idempotency rows and the throttle counters."""

from django.apps import AppConfig


class HttpConfig(AppConfig):
    name = "igny8_core.http"
    label = "http"
