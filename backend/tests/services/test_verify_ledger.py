"""`verify_ledger` and `verify/` recount everything: each number that somebody bends behind the code's back is named."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.api.test_approvals import decide, submitted
from tests.api.test_refunds_and_credits import bought, refund
from tests.cast import ADMIN, Cast

BACKEND = Path(__file__).resolve().parents[2]
BENT = [
    ("ledger_balance", "amount_minor = amount_minor - 1 WHERE account_id = %s AND code = 'revenue'", "its lines say"),
    ("ledger_balance", "amount_minor = amount_minor + 1 WHERE account_id = %s AND unit = 'CREDITS' AND code = 'credits'",
     "balance of credits in CREDITS"),
    ("ledger_journalline", "amount_minor = amount_minor + 1 WHERE account_id = %s AND code = 'receivable'"
     " AND amount_minor < 0", "does not sum to zero"),
    ("ledger_journalline", "balance_minor = balance_minor + 1 WHERE account_id = %s AND code = 'receivable'",
     "does not follow"),
    ("billing_invoice", "amount_settled_minor = amount_settled_minor - 1 WHERE account_id = %s AND status = 'pending'",
     "its allocations"),
    ("billing_allocation", "charges_minor = charges_minor + 1 WHERE account_id = %s AND charges_minor > 0",
     "bank charges of account"),
    ("billing_payment", "amount_received_minor = amount_received_minor + 1 WHERE account_id = %s"
     " AND amount_received_minor = 40000", "its payments say"),
    ("billing_payment", "amount_refunded_minor = amount_refunded_minor + 1 WHERE account_id = %s"
     " AND amount_refunded_minor > 0", "its refunds"),
    ("billing_refund", "amount_minor = amount_minor - 1 WHERE account_id = %s AND status = 'pending'",
     "its pending refunds"),
    ("billing_refund", "from_balance_minor = from_balance_minor + 1 WHERE account_id = %s AND status = 'pending'",
     "customer balance of account"),
    ("billing_invoice", "credits_granted = credits_granted - 1 WHERE account_id = %s AND credits_granted > 0",
     "credits granted to account"),
    ("billing_invoice", "amount_tax_minor = amount_tax_minor + 1 WHERE account_id = %s AND status = 'pending'",
     "tax of account"),
]  # fmt: skip


def verify_ledger() -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "verify_ledger"], cwd=BACKEND, text=True, capture_output=True,
        env={**os.environ, "IGNY8_PROCESS": "worker"}, check=False,
    )  # fmt: skip


@contextmanager
def bent(owner: psycopg.Connection[Any], cast: Cast, table: str, change: str) -> Iterator[None]:
    """The rows as somebody with the owner's password would leave them; afterwards as they were."""
    rows = owner.execute(f"SELECT * FROM {table} WHERE account_id = %s", [cast.account.id])
    assert rows.description is not None
    names = [column.name for column in rows.description]
    bendable = [name for name in names if name.endswith(("_minor", "credits_granted"))]
    before = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    with owner.transaction():
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        assert owner.execute(f"UPDATE {table} SET {change}", [cast.account.id]).rowcount >= 1
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    try:
        yield
    finally:
        with owner.transaction():
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for row in before:
                sets = ", ".join(f"{name} = %({name})s" for name in bendable)
                owner.execute(f"UPDATE {table} SET {sets} WHERE id = %(id)s", {n: row[n] for n in ("id", *bendable)})
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """An account with everything the recount looks at: charges, excess, credits, refunds done and pending, money due."""
    _, short = submitted(cast)
    decide(cast.approver, short, "approve", {"amount_received": "995.00"})
    _, part = submitted(cast, reference="FT 2")
    decide(cast.approver, part, "approve", {"amount_received": "400.00"})
    _, over = bought(cast, received="5000.00")
    refund(cast, over, amount="100.00")
    refund(cast, over, amount="600.00", destination="transfer")
    return cast


def test_an_untouched_ledger_verifies(busy: Cast) -> None:
    done = verify_ledger()
    assert (done.returncode, done.stderr) == (0, "")
    assert "journals verify" in done.stdout
    found = busy.support.get(f"{ADMIN}verify/").json()["data"]
    assert found["ledger"].keys() == {"ok", "journals", "problems"}
    assert found["events"].keys() == {"ok", "events", "first_bad"}
    assert (found["ledger"]["ok"], found["events"]["ok"], found["events"]["first_bad"]) == (True, True, None)
    assert found["ledger"]["journals"] > 0 < found["events"]["events"]


@pytest.mark.parametrize(("table", "change", "problem"), BENT, ids=[f"{one[0]}: {one[2]}" for one in BENT])
def test_a_bent_number_is_named(
    busy: Cast, owner_connection: psycopg.Connection[Any], table: str, change: str, problem: str
) -> None:
    with bent(owner_connection, busy, table, change):
        found = busy.support.get(f"{ADMIN}verify/").json()["data"]["ledger"]
    assert found["ok"] is False
    assert problem in "\n".join(found["problems"])
    assert busy.support.get(f"{ADMIN}verify/").json()["data"]["ledger"]["problems"] == []


def test_the_command_exits_non_zero_on_drift(busy: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    table, change, problem = BENT[0]
    with bent(owner_connection, busy, table, change):
        done = verify_ledger()
    assert done.returncode != 0
    assert problem in done.stderr
    assert "The ledger has drifted: 2 problems." in done.stderr
    assert verify_ledger().returncode == 0
