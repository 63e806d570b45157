"""The web process's entry: runs under the web login."""

import os

from django.core.wsgi import get_wsgi_application

from igny8_core.http.chunked import ChunkedBodies

os.environ.setdefault("IGNY8_PROCESS", "web")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "igny8_core.settings")

application = ChunkedBodies(get_wsgi_application())
