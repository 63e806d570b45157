"""The platform room as a Django app, so that its commands are found."""

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "igny8_core.business.platform"
    label = "platform"
