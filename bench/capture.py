"""What a request sends to the database, as a pgbench script: run as a process of its own, under the web login.

The request is served here, against the filled database, and each statement is noted with its parameters. So what
pgbench runs cannot drift from the code. Parameters stay parameters (`-M prepared` binds them); those that must differ
from one transaction to the next become expressions, the ids the request made among them.

Reads a JSON document from standard input: method, path, key, body, headers, and `replace`, which maps a parameter's
text to an expression. Writes one to standard output: the script, and the values of its variables.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import django
import psycopg
from django.db import connection
from django.test import Client
from igny8_core.accounts import tenancy
from psycopg.adapt import PyFormat, Transformer

_PLACEHOLDER = re.compile(r"%%|%s|%\((\w+)\)s")


@dataclass(slots=True)
class Script:
    """The statements so far."""

    replace: dict[str, str]
    lines: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    begun: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    inside: bool = False

    def note(self, execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        """Write down a statement, and run it."""
        if many:
            raise RuntimeError("executemany is not written down")
        self.enter(inside=connection.in_atomic_block)
        # The one number a later statement needs that the database has made.
        end = r" \gset made_" if sql.endswith("RETURNING id") else ";"
        self.lines.append(" ".join(self._numbered(sql, params).split()) + end)
        return execute(sql, params, many, context)

    def enter(self, *, inside: bool) -> None:
        """A transaction begins or ends here."""
        if inside != self.inside:
            self.lines.append("BEGIN;" if inside else "COMMIT;")
            self.inside = inside

    def begin(self, send: Callable[[str], datetime], statements: str) -> datetime:
        """Write down how a transaction begins and is bound to its tenant, in one message, and send that."""
        mode, _, binding = statements.partition("; ")
        for text, expression in self.replace.items():
            binding = binding.replace(f"'{text}'", f"({expression})::text")
        self.lines += [r"\startpipeline", f"{mode};", f"{binding};", r"\endpipeline"]
        self.inside = True
        return send(statements)

    def _numbered(self, sql: str, params: Any) -> str:
        """The statement with pgbench's variables in place of its parameters."""
        if not params:
            return sql.replace("%%", "%")
        left = iter(()) if isinstance(params, dict) else iter(params)

        def placed(match: re.Match[str]) -> str:
            if match[0] == "%%":
                return "%"
            value = params[match[1]] if match[1] else next(left)
            by_number = isinstance(value, int) and sql[: match.start()].endswith("WHERE id = ")
            return ":made_id::bigint" if by_number else self._expression(value)

        return _PLACEHOLDER.sub(placed, sql)

    def _expression(self, value: Any) -> str:
        if isinstance(value, list) and value and isinstance(value[0], UUID):
            return f"ARRAY[{', '.join(map(self._expression, value))}]"
        text, kind = _bound(value)
        if text is None:
            return "NULL"
        if text in self.replace:
            return f"({self.replace[text]}){'::text' if isinstance(value, str) else ''}"
        if isinstance(value, UUID) and value.version == 7 and value.int >> 80 >= self.begun:
            return self.made.setdefault(text, self._fresh_id(len(self.made)))
        if not text:
            return f"''{kind}"  # pgbench takes no empty variable
        name = f"p{len(self.variables)}"
        self.variables[name] = text
        return f":{name}{kind}"

    def _fresh_id(self, index: int) -> str:
        """A version 7 id for each client and transaction, the same in every statement; no other script makes it."""
        head = f"{self.begun:012x}"
        client, number = "lpad(to_hex(:client_id::int), 3, '0')", "lpad(to_hex(:n::int), 12, '0')"
        return f"('{head[:8]}-{head[8:]}-7{index:03x}-8' || {client} || '-' || {number})::uuid"


def _bound(value: Any) -> tuple[str | None, str]:
    """The text psycopg sends for a value, and the cast that stands for the type it names."""
    if value is None:
        return None, ""
    if isinstance(value, UUID):
        return str(value), "::uuid"
    transformer = Transformer(connection.connection)
    dumper = transformer.get_dumper(value, PyFormat.TEXT)
    dumped = dumper.dump(value)
    info = psycopg.adapters.types.get(dumper.oid)
    kind = "" if info is None else f"::{info.name}{'[]' if dumper.oid == info.array_oid else ''}"
    return bytes(dumped or b"").decode(), kind


def main() -> None:
    """Serve the request once and print what it sent; raises RuntimeError when it was refused."""
    asked = json.load(sys.stdin)
    django.setup()
    connection.ensure_connection()
    script = Script(asked["replace"])
    tenancy.asked_with_begin = partial(script.begin, tenancy.asked_with_begin)
    with connection.execute_wrapper(script.note):
        answer = Client().generic(
            asked["method"],
            asked["path"],
            asked["body"],
            content_type="application/json",
            headers={"Authorization": f"Bearer {asked['key']}", **asked["headers"]},
        )
    if answer.status_code >= 300:
        raise RuntimeError(f"{asked['method']} {asked['path']} answered {answer.status_code}: {answer.content!r}")
    script.enter(inside=False)
    json.dump({"script": script.lines, "variables": script.variables}, sys.stdout)


if __name__ == "__main__":
    main()
