"""The web process's entry: runs under the web login."""

import os

import django

from igny8_core.http.chunked import ChunkedBodies
from igny8_core.http.requests import TolerantHandler

os.environ.setdefault("IGNY8_PROCESS", "web")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "igny8_core.settings")

django.setup(set_prefix=False)
application = ChunkedBodies(TolerantHandler())
