"""The HTTP room as a Django app: it owns the idempotency rows and the throttle counters."""

from django.apps import AppConfig

from igny8_core.http import logs


class HttpConfig(AppConfig):
    name = "igny8_core.http"
    label = "http"

    def ready(self) -> None:
        """Configure logging, so that all log lines have one form."""
        logs.configure()
