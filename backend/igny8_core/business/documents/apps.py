"""The documents room as a Django app."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "igny8_core.business.documents"
    label = "documents"
