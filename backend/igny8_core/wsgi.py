"""The web process's entry: runs under the web login."""

import os

import django

from igny8_core.env import keep_private
from igny8_core.http.chunked import ChunkedBodies
from igny8_core.http.requests import TolerantHandler

keep_private()
os.environ.setdefault("IGNY8_PROCESS", "web")
os.environ["DJANGO_SETTINGS_MODULE"] = "igny8_core.web_settings"

django.setup(set_prefix=False)
application = ChunkedBodies(TolerantHandler())
