"""The ledger room as a Django app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "igny8_core.business.ledger"
    label = "ledger"
