"""The customer portal as a Django application."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "igny8_core.portal"
    label = "portal"
