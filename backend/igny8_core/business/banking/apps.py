"""The banking room as a Django app."""

from django.apps import AppConfig


class BankingConfig(AppConfig):
    name = "igny8_core.business.banking"
    label = "banking"
