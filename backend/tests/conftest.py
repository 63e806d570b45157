"""The ground every test stands on: a real PostgreSQL, a database of its own for each test process, and the cast.

Tests connect as the web login, commit really, and make accounts of their own, so that nothing has to be cleaned.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import psycopg
import pytest
from django.conf import settings
from igny8_core.env import ensure_secrets, load, socket_dir
from igny8_core.kit.embedded_postgres import EmbeddedPostgres
from psycopg import sql

BACKEND = Path(__file__).resolve().parents[1]
TEMPLATE = "igny8_test"
_server: Any = None


def _with_database(url: str, name: str) -> str:
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _recreate(url: str, name: str, template: str | None) -> None:
    with psycopg.connect(_with_database(url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        tail = sql.SQL("") if template is None else sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + tail)


def _prepare_server() -> None:
    """In the first process: a server if none is given, and the template that its owner migrates."""
    global _server
    data_dir = Path(tempfile.mkdtemp(prefix="igny8-test-"))
    data_dir.chmod(0o755)
    os.environ |= {
        "IGNY8_DATA_DIR": str(data_dir),
        "IGNY8_THROTTLE": "off",
        "IGNY8_PROCESS": "owner",
        "IGNY8_ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    }
    if not os.environ.get("DATABASE_URL"):
        _server = EmbeddedPostgres(data_dir, secrets=ensure_secrets(data_dir), sockets=socket_dir(data_dir))
        _server.initialise()
        _server.start()
        _server.ensure_owner()
        os.environ["DATABASE_URL"] = load(os.environ).owner_url
    _recreate(os.environ["DATABASE_URL"], TEMPLATE, None)
    os.environ |= {
        "IGNY8_TEST_OWNER_URL": os.environ["DATABASE_URL"],
        "IGNY8_ROLE_PREFIX": TEMPLATE,
        "DATABASE_URL": _with_database(os.environ["DATABASE_URL"], TEMPLATE),
    }
    for command in (
        ["migrate", "--verbosity", "0"],
        ["load_payment_methods", "--enabled", "--verbosity", "0"],
        ["load_credit_packages", "--verbosity", "0"],
    ):
        environment = {**os.environ, "IGNY8_PROCESS": "owner" if command[0] == "migrate" else "worker"}
        subprocess.run(
            [sys.executable, "-W", "ignore", "manage.py", *command], cwd=BACKEND, env=environment, check=True
        )


if "PYTEST_XDIST_WORKER" not in os.environ:
    _prepare_server()
_NAME = f"{TEMPLATE}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
if "PYTEST_XDIST_WORKER" in os.environ or not any(argument.startswith("-n") for argument in sys.argv):
    _recreate(os.environ["IGNY8_TEST_OWNER_URL"], _NAME, TEMPLATE)
os.environ |= {
    "DATABASE_URL": _with_database(os.environ["IGNY8_TEST_OWNER_URL"], _NAME),
    "IGNY8_PROCESS": "web",
    "DJANGO_SETTINGS_MODULE": "igny8_core.settings",
}
django.setup()
settings.PASSWORD_HASHERS = ["tests.staff.QuickArgon2"]

from igny8_core.business.billing.services.limits import set_limit  # noqa: E402

from tests.cast import Cast, as_operator, make_cast  # noqa: E402


def pytest_unconfigure() -> None:
    """Stop our server and remove its folder."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        if _server is not None:
            _server.stop()
        shutil.rmtree(os.environ["IGNY8_DATA_DIR"], ignore_errors=True)


@pytest.fixture
def cast() -> Cast:
    """Two accounts in Pakistan with every role, and the operators: new for each test."""
    return make_cast()


@pytest.fixture
def owner_connection() -> Iterator[psycopg.Connection[Any]]:
    """A connection as the database's owner, for looking and for breaking things."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def limit(owner_connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Four eyes above 500,000.00 PKR."""
    as_operator(lambda: set_limit(currency="PKR", amount="500000.00"))
    yield
    owner_connection.execute("DELETE FROM billing_approvallimit")
