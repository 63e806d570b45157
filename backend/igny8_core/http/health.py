"""`/healthz`, `/readyz`, `/metrics`: for load balancers and monitors, outside the API's envelopes."""

import secrets
from ipaddress import ip_address
from pathlib import Path
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from psycopg_pool import PoolTimeout

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"

HARMLESS_LOGIN = """SELECT r.rolsuper OR r.rolbypassrls OR pg_has_role(r.oid, %s, 'USAGE')
 OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid) FROM pg_roles r WHERE r.rolname = session_user"""


class _Ready:
    """Migrations are only ever added: once all were applied, this process need not check again."""

    migrated = False


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the database answers, is migrated, is reached through a harmless login, and the queue can be read."""
    try:
        problem = _problem()
    except (DatabaseError, InterfaceError, PoolTimeout):
        problem = "the database cannot be reached"
    if problem:
        return JsonResponse({"status": "not ready", "problem": problem}, status=503)
    return JsonResponse({"status": "ready"})


def metrics(request: HttpRequest) -> HttpResponse:
    """Metrics in Prometheus format, for callers on this machine or with the metrics token."""
    if not _may_read_metrics(request):
        return HttpResponse("forbidden\n", status=403, content_type="text/plain")
    pending, oldest = _dispatch_lag()
    text = _gauge("igny8_event_dispatch_lag_seconds", "Age of the oldest event no subscriber was told of.", oldest)
    text += _gauge("igny8_events_pending", "Events no subscriber was told of.", pending)
    return HttpResponse(text, content_type=PROMETHEUS)


def _gauge(name: str, meaning: str, value: float) -> str:
    return f"# HELP {name} {meaning}\n# TYPE {name} gauge\n{name} {value}\n"


def _problem() -> str:
    with connection.cursor() as cursor:
        if not _Ready.migrated:
            cursor.execute("SELECT app, name FROM django_migrations")
            if not _migrations() <= set(cursor.fetchall()):
                return "migrations are missing"
            _Ready.migrated = True
        cursor.execute(HARMLESS_LOGIN, [settings.DATABASE_ROLES.operator])
        row = cursor.fetchone()
        if row is None or row[0]:
            return (
                "the web login must be no superuser, not bypass row-level security, own no table"
                " and not inherit the operator role"
            )
    _dispatch_lag()
    return ""


def _migrations() -> set[tuple[str, str]]:
    """The migrations of every app by file name: importing them, as Django does, costs memory that the process never
    needs again.
    """
    folders = {config.label: Path(config.path, "migrations") for config in apps.get_app_configs()}
    return {(label, found.name) for label, folder in folders.items() for found in iter_modules([str(folder)])}


def _dispatch_lag() -> tuple[int, float]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pending, oldest_seconds FROM events_dispatch_lag()")
        row = cursor.fetchone()
    assert row is not None
    return row[0], row[1]


def _may_read_metrics(request: HttpRequest) -> bool:
    token = settings.ENV.metrics_token
    if token:
        return secrets.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        return "HTTP_X_FORWARDED_FOR" not in request.META and ip_address(address).is_loopback
    except ValueError:
        return False
