"""The billing room as a Django app."""

from typing import Any

from django.apps import AppConfig
from django.core import checks

from igny8_core.kit.on_demand import OnDemand

# Its models are not there yet when this module is imported.
gateways = OnDemand("igny8_core.business.billing.services.gateways")


class BillingConfig(AppConfig):
    name = "igny8_core.business.billing"
    label = "billing"

    def ready(self) -> None:
        """Let `manage.py check` say what is wrong with the gateways' settings."""
        checks.register(check_gateways)


def check_gateways(**_: Any) -> list[checks.CheckMessage]:
    """An error for each gateway whose settings cannot be used."""
    return [checks.Error(problem, id="billing.E001") for problem in gateways.settings_problems()]
