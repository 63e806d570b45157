"""The billing room as a Django app."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "igny8_core.business.billing"
    label = "billing"
