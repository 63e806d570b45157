"""Creates the PostgreSQL roles that a deployment runs under; `migrate` calls it before the first migration.

An owner with CREATEROLE is enough. An administrator creates the roles named by IGNY8_WEB_DATABASE_URL and
IGNY8_WORKER_DATABASE_URL: they must exist, and are only checked and granted privileges.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from psycopg import sql

WEB_SETTINGS = {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "30s"}
WORKER_SETTINGS = {"statement_timeout": "300s", "lock_timeout": "10s"}


def ensure_roles(cursor: Any) -> None:
    """Create or refresh the three roles; running it again changes nothing."""
    names = settings.DATABASE_ROLES
    _ensure_role(cursor, name=names.operator, password=None)
    for name, password, limits in (
        (names.web, settings.ENV.web_password, WEB_SETTINGS),
        (names.worker, settings.ENV.worker_password, WORKER_SETTINGS),
    ):
        if password is None:
            _require_harmless(cursor, name)
        else:
            _ensure_role(cursor, name=name, password=password)
            _set_limits(cursor, name, limits)
        cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(names.operator), sql.Identifier(name)))


def _ensure_role(cursor: Any, *, name: str, password: str | None) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    attributes = "NOINHERIT" if password is None else "LOGIN NOINHERIT PASSWORD {}"
    cursor.execute(
        sql.SQL(f"{verb} ROLE {{}} " + attributes).format(
            sql.Identifier(name), *([] if password is None else [sql.Literal(password)])
        )
    )


def _set_limits(cursor: Any, name: str, limits: dict[str, str]) -> None:
    """Set on the role rather than in start-up options, which a pooling proxy would drop."""
    for setting, value in limits.items():
        cursor.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(
                sql.Identifier(name), sql.Identifier(setting), sql.Literal(value)
            )
        )


def _require_harmless(cursor: Any, name: str) -> None:
    cursor.execute("SELECT rolsuper OR rolbypassrls OR rolinherit FROM pg_roles WHERE rolname = %s", [name])
    row = cursor.fetchone()
    if row is None:
        raise ImproperlyConfigured(f"The database role {name} named by a database URL does not exist.")
    if row[0]:
        raise ImproperlyConfigured(
            f"The database role {name} must be NOSUPERUSER NOBYPASSRLS NOINHERIT, or tenants would not be kept apart."
        )
