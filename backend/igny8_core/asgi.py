"""Entry point of the web process, which runs under the web login."""

import os

import django

from igny8_core.env import keep_private

keep_private()
os.environ.setdefault("IGNY8_PROCESS", "web")
os.environ["DJANGO_SETTINGS_MODULE"] = "igny8_core.web_settings"

django.setup(set_prefix=False)

from igny8_core.http.front import Front  # noqa: E402 - it reads the settings
from igny8_core.http.requests import TolerantHandler  # noqa: E402

application = Front(TolerantHandler())
