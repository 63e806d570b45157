"""The HTTP room as a Django app: it owns the idempotency rows and the throttle counters."""

from django.apps import AppConfig

from igny8_core.http import logs


class HttpConfig(AppConfig):
    name = "igny8_core.http"
    label = "http"

    def ready(self) -> None:
        """Log lines take one form from here on."""
        logs.configure()
