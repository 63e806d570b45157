"""Demo data: written once, through the services, into a database of its own; `migrate` says why it cannot."""

import json
import os
import stat
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from igny8_core.business.banking.domain.lines import StatementEnd, StatementLine, StatementStart
from igny8_core.business.banking.formats.registry import read
from igny8_core.business.billing.domain.invoice_states import InvoiceStatus
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from psycopg import sql
from tests.ground import BACKEND, TEMPLATE, recreate, with_database


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "IGNY8_PROCESS": "owner", **environment}
    command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
    return subprocess.run(command, cwd=BACKEND, env=variables, text=True, capture_output=True, check=False)


@dataclass(frozen=True)
class Demo:
    """A demo's database and data folder."""

    url: str
    folder: Path

    def run(self, *arguments: str, port: str = "8000") -> str:
        """A command that has to work; returns what it printed."""
        done = manage(*arguments, DATABASE_URL=self.url, IGNY8_DATA_DIR=str(self.folder), IGNY8_PORT=port)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def document(self) -> dict[str, Any]:
        """What demo.json says."""
        document: dict[str, Any] = json.loads((self.folder / "demo.json").read_text())
        return document


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    owner, name = os.environ["IGNY8_TEST_OWNER_URL"], f"igny8_demo_{uuid.uuid4().hex[:12]}"
    recreate(owner, name, TEMPLATE)
    yield Demo(with_database(owner, name), tmp_path)
    with psycopg.connect(with_database(owner, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_year_in_every_status_that_verifies(demo: Demo) -> None:
    assert demo.run("seed_demo") == "Demo data is ready.\n"
    first = demo.document
    assert stat.S_IMODE((demo.folder / "demo.json").stat().st_mode) == 0o600
    assert [(one["country"], one["currency"]) for one in first["accounts"]] == [
        ("PK", "PKR"),
        ("DE", "EUR"),
        ("KE", "KES"),
    ]
    assert all(set(one["keys"]) == {"owner", "member", "viewer"} for one in first["accounts"])
    assert set(first["operators"]) == {"support", "approver", "second_approver", "finance", "admin"}
    with psycopg.connect(demo.url) as connection:
        for account in first["accounts"]:
            statuses = "SELECT DISTINCT status FROM billing_{} WHERE account_id = %s"
            payments = connection.execute(statuses.format("payment"), [account["id"]]).fetchall()
            invoices = connection.execute(statuses.format("invoice"), [account["id"]]).fetchall()
            assert {row[0] for row in payments} == {*map(str, PaymentStatus)}
            assert {row[0] for row in invoices} == {*map(str, InvoiceStatus)} - {"draft"}
        span = connection.execute(
            "SELECT max(created_at) - min(created_at) > '300 days' FROM billing_payment"
        ).fetchone()
        future = connection.execute("SELECT count(*) FROM events_event WHERE occurred_at > now()").fetchone()
        assert (span, future) == ((True,), (0,))
    assert "verify" in demo.run("verify_events")
    demo.run("verify_ledger")
    assert demo.run("seed_demo", port="8123") == ""
    assert demo.document == {**first, "base_url": "http://127.0.0.1:8123"}
    demo.run("seed_demo_statement")
    with (demo.folder / "demo-statement.xml").open("rb") as file:
        found, items = read(file)
        start, *lines, end = items
    assert (found, isinstance(start, StatementStart) and start.account) == ("camt053", "PK36SCBL0000001123456702")
    booked = [line.amount_minor for line in lines if isinstance(line, StatementLine)]
    assert (len(booked), booked[-2:]) == (len(lines), [18_250_00, -1_160_00])
    assert len(lines) > 4
    assert end == StatementEnd(closing_minor=250_000_00 + sum(booked))


def test_without_demo_mode_there_is_no_demo(tmp_path: Path) -> None:
    done = manage("seed_demo", IGNY8_DATA_DIR=str(tmp_path), IGNY8_DEMO="0", IGNY8_THROTTLE="on")
    assert done.returncode != 0
    assert "Unknown command: 'seed_demo'" in done.stderr
    assert list(tmp_path.glob("demo*")) == []


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://nobody:x@127.0.0.1:1/none", "The database cannot be reached: "),
        ("mysql://nobody@127.0.0.1/none", "A database URL looks like postgresql://user:password@host:5432/database."),
    ],
)
def test_migrate_says_in_a_sentence_why_it_cannot(tmp_path: Path, url: str, sentence: str) -> None:
    done = manage("migrate", DATABASE_URL=url, IGNY8_DATA_DIR=str(tmp_path), IGNY8_ROLE_PREFIX="none")
    assert done.returncode != 0
    assert sentence in done.stderr
