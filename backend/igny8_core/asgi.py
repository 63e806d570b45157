"""Entry point of the web process, which runs under the web login."""

import gc
import os
import sys

import django

from igny8_core.env import keep_private

keep_private()
os.environ.setdefault("IGNY8_PROCESS", "web")
os.environ["DJANGO_SETTINGS_MODULE"] = "igny8_core.web_settings"

django.setup(set_prefix=False)

from igny8_core.http.front import Front  # noqa: E402 - it reads the settings
from igny8_core.http.requests import TolerantHandler  # noqa: E402

del sys.modules["requests"]  # kept out by the settings while everything else is imported

application = Front(TolerantHandler())

# What has been loaded stays: without this the collector walks all of it again and again while requests are served.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
