"""The statements of a request, taken from the product itself, as a pgbench script.

The request is served in this process, as the web login, against the filled database, and what it sends is noted. So
the script cannot drift from the code. Values that must differ each time are replaced by expressions of pgbench's.
"""

import os
import sys
from collections.abc import Mapping
from typing import Any

from bench.world import PROJECT, World


def connect(world: World) -> None:
    """Make this process a web process of the world; once."""
    sys.path.insert(0, str(PROJECT / "backend"))
    os.environ |= {
        "IGNY8_DATA_DIR": str(world.data_dir), "IGNY8_PROCESS": "web", "IGNY8_THROTTLE": "off",
        "DJANGO_SETTINGS_MODULE": "igny8_core.settings", "IGNY8_ALLOWED_HOSTS": "testserver",
    }  # fmt: skip
    import django  # noqa: PLC0415

    django.setup()


def script(
    method: str, path: str, key: str, body: bytes, *, headers: Mapping[str, str], replace: Mapping[str, str]
) -> str:
    """Serve the request once and return what it sent; raises RuntimeError when it was refused."""
    import psycopg  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    noted: list[str] = []
    inside = False

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        nonlocal inside
        if connection.in_atomic_block and not inside:
            noted.append("BEGIN")
            inside = True
        noted.append(_literal(sql, params))
        return execute(sql, params, many, context)

    def _literal(sql: str, params: Any) -> str:
        cursor = psycopg.ClientCursor(connection.connection)
        return cursor.mogrify(sql, params) if params else sql.replace("%%", "%")

    connection.ensure_connection()
    with connection.execute_wrapper(note):
        answer = Client().generic(
            method, path, body, content_type="application/json",
            headers={"Authorization": f"Bearer {key}", **headers},
        )  # fmt: skip
    if answer.status_code >= 300:
        raise RuntimeError(f"{method} {path} answered {answer.status_code}: {answer.content!r}")
    noted.append("COMMIT")
    text = ";\n".join(" ".join(statement.split()) for statement in noted) + ";\n"
    text = text.replace(":=", "=")
    for literal, expression in replace.items():
        text = text.replace(literal, expression)
    return text
