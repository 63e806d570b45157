"""Everything the gateway remembers, in one SQLite file: objects as JSON, a transaction for each change."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fake_gateway.records import Missing, Record

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    sequence INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, id));
CREATE INDEX IF NOT EXISTS by_kind ON objects (kind, sequence);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY, gateway TEXT NOT NULL, event TEXT NOT NULL, body BLOB NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, due REAL NOT NULL, status INTEGER NOT NULL, note TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tasks (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, subject TEXT NOT NULL, due INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS by_due ON tasks (due);
CREATE INDEX IF NOT EXISTS by_state ON deliveries (state, due);
"""


class Store:
    """One connection behind one lock: the gateway is small, and its answers have to be in one order."""

    def __init__(self, path: Path | None) -> None:
        self.lock = threading.RLock()
        self.database = sqlite3.connect(
            ":memory:" if path is None else str(path), check_same_thread=False, isolation_level=None
        )
        # A killed process loses nothing; only a machine that loses its power may, and this is a demo.
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = OFF")
        self.database.executescript(SCHEMA)
        self._depth = 0

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing; one inside another is part of it."""
        with self.lock:
            if self._depth == 0:
                self.database.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self.database.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self.database.execute("COMMIT")

    def get(self, kind: str, name: str) -> Record:
        """A copy of what is kept; raises `Missing`."""
        with self.lock:
            row = self.database.execute("SELECT body FROM objects WHERE kind = ? AND id = ?", (kind, name)).fetchone()
        if row is None:
            raise Missing(name)
        record: Record = json.loads(row[0])
        return record

    def has(self, kind: str, name: str) -> bool:
        """Whether something is kept under this id."""
        with self.lock:
            found = self.database.execute("SELECT 1 FROM objects WHERE kind = ? AND id = ?", (kind, name)).fetchone()
        return found is not None

    def put(self, kind: str, record: Record) -> Record:
        """Keep a record under its `id`, in the place it has or as the newest."""
        with self.lock:
            self.database.execute(
                "INSERT INTO objects (kind, id, body) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, record["id"], json.dumps(record)),
            )
        return record

    def remove(self, kind: str, name: str) -> None:
        """Forget a record."""
        with self.lock:
            self.database.execute("DELETE FROM objects WHERE kind = ? AND id = ?", (kind, name))

    def newest_first(self, kind: str) -> list[Record]:
        """All records of a kind."""
        with self.lock:
            rows = self.database.execute("SELECT body FROM objects WHERE kind = ? ORDER BY sequence DESC", (kind,))
            return [json.loads(body) for (body,) in rows.fetchall()]

    def add_task(self, name: str, subject: str, due: int) -> None:
        """Remember what has to be done at a time of the gateway's clock."""
        with self.lock:
            self.database.execute("INSERT INTO tasks (name, subject, due) VALUES (?, ?, ?)", (name, subject, due))

    def take_task(self, now: int) -> tuple[str, str] | None:
        """The oldest task that is due, no longer kept; None where nothing is due."""
        with self.lock:
            found = "SELECT number, name, subject FROM tasks WHERE due <= ? ORDER BY due, number LIMIT 1"
            row = self.database.execute(found, (now,)).fetchone()
            if row is None:
                return None
            self.database.execute("DELETE FROM tasks WHERE number = ?", (row[0],))
            return str(row[1]), str(row[2])

    def setting(self, name: str, default: Any) -> Any:
        """A value that is no object: the clock's offset, a certificate."""
        with self.lock:
            row = self.database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return default if row is None else json.loads(row[0])

    def set_setting(self, name: str, value: Any) -> None:
        """Keep such a value."""
        with self.lock:
            self.database.execute(
                "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, json.dumps(value)),
            )

    def clear(self) -> None:
        """Forget objects, tasks and deliveries; settings stay, certificates among them."""
        with self.transaction():
            self.database.execute("DELETE FROM objects")
            self.database.execute("DELETE FROM tasks")
            self.database.execute("DELETE FROM deliveries")
            self.database.execute("DELETE FROM settings WHERE name NOT LIKE 'paypal_%'")

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self.database.close()
