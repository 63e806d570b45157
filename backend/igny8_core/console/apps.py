"""The operators' console as a Django application, and the admin bound to it."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ConsoleConfig(AppConfig):
    default = True
    name = "igny8_core.console"
    label = "console"


class OperatorAdminConfig(admin_apps.SimpleAdminConfig):
    """Without autodiscovery of tables: `console.urls` names them when an operator opens the console."""

    default = False
    default_site = "igny8_core.console.site.OperatorSite"
