"""The operators' console as a Django application, and the admin bound to it."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ConsoleConfig(AppConfig):
    default = True
    name = "igny8_core.console"
    label = "console"


class OperatorAdminConfig(admin_apps.SimpleAdminConfig):
    """Without the search for tables to show: `console.urls` names them when an operator comes."""

    default = False
    default_site = "igny8_core.console.site.OperatorSite"
