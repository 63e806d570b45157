"""The ground every test stands on: a real PostgreSQL, a database of its own for each test process, and the cast.

Tests connect as the web login, commit really, and make accounts of their own, so that nothing has to be cleaned.
A run of unit tests, or of the fake gateway's, needs none of it and starts at once.
"""

import os
from pathlib import Path

import django
import pytest
from django.conf import settings

from tests.ground import Ground, own_database

WITHOUT_DATABASE = tuple(Path(__file__).parent / name for name in ("unit", "fake_gateway"))
SCHEMATHESIS = "schemathesis.pytest.plugin"
_ground: Ground | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the database before anything is collected: models read their settings when they are imported."""
    global _ground
    worker = "PYTEST_XDIST_WORKER" in os.environ
    if not worker:
        _ground = Ground()
    os.environ["DJANGO_SETTINGS_MODULE"] = "igny8_core.settings"
    if _only_units(config):
        return
    if _ground is not None:
        _ground.prepare()
    if worker or not config.getoption("numprocesses", default=None):
        own_database()
    os.environ["IGNY8_PROCESS"] = "web"
    django.setup()
    settings.PASSWORD_HASHERS = ["tests.staff.QuickArgon2"]
    for plugin in ("tests.fixtures", "tests.gateways.fixtures", SCHEMATHESIS):
        config.pluginmanager.import_plugin(plugin)


def pytest_unconfigure() -> None:
    """Stop our server and remove its folder."""
    if _ground is not None:
        _ground.remove()


def _only_units(config: pytest.Config) -> bool:
    asked = [(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args]
    return all(any(path.is_relative_to(folder) for folder in WITHOUT_DATABASE) for path in asked)
