"""`/readyz` is red when the ground is not what the product stands on; `/metrics` is not for everybody."""

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.test import Client
from psycopg import sql
from tests.cast import Cast

BACKEND = Path(__file__).resolve().parents[2]
ASK = """
import django
django.setup()
from django.test import Client
answer = Client().get('/readyz')
print(answer.status_code, answer.content.decode())
"""

FORGET_THE_LAST = """DELETE FROM django_migrations WHERE id = (
 SELECT max(id) FROM django_migrations WHERE app = 'billing') RETURNING id, app, name, applied"""


def readyz(**environment: str) -> tuple[int, dict[str, str]]:
    """What a web process that starts with this environment says of itself."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK],
        cwd=BACKEND,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    status, _, body = done.stdout.strip().partition(" ")
    document: dict[str, str] = json.loads(body)
    return int(status), document


def test_ready(cast: Cast) -> None:
    answer = cast.anonymous.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_red_without_a_database() -> None:
    nowhere = urlsplit(settings.ENV.web_url)._replace(query="host=127.0.0.1&port=1").geturl()
    assert readyz(IGNY8_WEB_DATABASE_URL=nowhere) == (
        503,
        {"status": "not ready", "problem": "the database cannot be reached"},
    )


def test_red_while_a_migration_is_missing(owner_connection: psycopg.Connection[Any]) -> None:
    row = owner_connection.execute(FORGET_THE_LAST).fetchone()
    try:
        assert readyz() == (503, {"status": "not ready", "problem": "migrations are missing"})
    finally:
        assert row is not None
        owner_connection.execute("INSERT INTO django_migrations (id, app, name, applied) VALUES (%s, %s, %s, %s)", row)
    assert readyz()[0] == 200


def test_red_under_the_owners_login() -> None:
    status, document = readyz(IGNY8_PROCESS="owner")
    assert (status, document["status"]) == (503, "not ready")
    assert document["problem"].startswith("the web login must be no superuser")


@pytest.fixture
def leaky_login(owner_connection: psycopg.Connection[Any]) -> Iterator[str]:
    """The URL of a login that inherits what the operator role may see: isolation would be off without a sign."""
    name, operator = f"leaky_{uuid.uuid4().hex[:12]}", settings.DATABASE_ROLES.operator
    leaky = sql.Identifier(name)
    owner_connection.execute(sql.SQL("CREATE ROLE {} LOGIN INHERIT PASSWORD 'leaky'").format(leaky))
    try:
        owner_connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(operator), leaky))
        owner_connection.execute(sql.SQL("GRANT SELECT ON django_migrations TO {}").format(leaky))
        parts = urlsplit(settings.ENV.web_url)
        yield parts._replace(netloc=f"{name}:leaky@{parts.netloc.rpartition('@')[2]}").geturl()
    finally:
        owner_connection.execute(sql.SQL("REVOKE SELECT ON django_migrations FROM {}").format(leaky))
        owner_connection.execute(sql.SQL("DROP ROLE {}").format(leaky))


def test_red_under_a_login_that_inherits_the_operator_role(leaky_login: str) -> None:
    status, document = readyz(IGNY8_WEB_DATABASE_URL=leaky_login)
    assert status == 503
    assert document["problem"].endswith("not inherit the operator role")


def test_metrics_are_prometheus_text_for_this_machine(cast: Cast) -> None:
    answer = cast.anonymous.get("/metrics")
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    gauge = r"# HELP (igny8_\w+) [^\n]+\n# TYPE \1 gauge\n\1 [0-9.]+\n"
    assert re.fullmatch(f"(?:{gauge})+", answer.content.decode())
    assert re.findall(gauge, answer.content.decode()) == ["igny8_event_dispatch_lag_seconds", "igny8_events_pending"]


@pytest.mark.parametrize("extra", [{"REMOTE_ADDR": "203.0.113.9"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}])
def test_metrics_are_nobody_elses(extra: dict[str, str]) -> None:
    answer = Client().get("/metrics", **extra)
    assert (answer.status_code, answer.content) == (403, b"forbidden\n")


def test_metrics_with_a_token_want_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, metrics_token="tell-me"))
    far = {"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer tell-me"}
    assert Client().get("/metrics", **far).status_code == 200
    for wrong in ("Bearer tell-m", "tell-me", "Bearer é", ""):
        assert Client().get("/metrics", HTTP_AUTHORIZATION=wrong).status_code == 403, wrong
