"""Settings of a web process: everything except what only the worker and the commands need.

A web process records events and never defers a job, so it has neither the queue nor the rooms' tasks.
"""

import sys

# Django REST framework imports it for a test client: an eighth of our start-up time for something unused here.
# `asgi.py` lets it in again after the start: the library of a gateway does use it.
sys.modules["requests"] = None  # type: ignore[assignment]

from igny8_core.settings import *  # noqa: E402, F403
from igny8_core.settings import INSTALLED_APPS as EVERY_APP  # noqa: E402

INSTALLED_APPS = [app for app in EVERY_APP if app != "procrastinate.contrib.django"]
