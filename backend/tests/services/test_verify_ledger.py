"""`verify_ledger` and `verify/` recount: each number that somebody bends behind the code's back is named.

What is new since the last recount is found by the next one, what was verified before by a full one.
"""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from igny8_core.business.billing.selectors.verification import CHECKS
from igny8_core.business.ledger.domain.chart import Code
from tests.api.test_approvals import decide, submitted
from tests.api.test_refunds_and_credits import bought, refund
from tests.cast import ADMIN, Cast

BACKEND = Path(__file__).resolve().parents[2]
BENT = [
    ("ledger_balance", "amount_minor = amount_minor - 1 WHERE account_id = %s AND code = 'revenue'", "its lines say"),
    (
        "ledger_balance",
        "amount_minor = amount_minor + 1 WHERE account_id = %s AND unit = 'CREDITS' AND code = 'credits'",
        "balance of credits in CREDITS",
    ),
    (
        "ledger_journalline",
        "amount_minor = amount_minor + 1 WHERE account_id = %s AND code = 'receivable' AND amount_minor < 0",
        "does not sum to zero",
    ),
    (
        "ledger_journalline",
        "balance_minor = balance_minor + 1 WHERE account_id = %s AND code = 'receivable'",
        "does not follow",
    ),
    (
        "billing_invoice",
        "amount_settled_minor = amount_settled_minor - 1 WHERE account_id = %s AND status = 'pending'",
        "its allocations",
    ),
    (
        "billing_allocation",
        "charges_minor = charges_minor + 1 WHERE account_id = %s AND charges_minor > 0",
        "bank charges of account",
    ),
    (
        "billing_payment",
        "amount_received_minor = amount_received_minor + 1 WHERE account_id = %s AND amount_received_minor = 40000",
        "its payments say",
    ),
    (
        "billing_payment",
        "amount_refunded_minor = amount_refunded_minor + 1 WHERE account_id = %s AND amount_refunded_minor > 0",
        "its refunds",
    ),
    (
        "billing_refund",
        "amount_minor = amount_minor - 1 WHERE account_id = %s AND status = 'pending'",
        "its pending refunds",
    ),
    (
        "billing_refund",
        "from_balance_minor = from_balance_minor + 1 WHERE account_id = %s AND status = 'pending'",
        "customer balance of account",
    ),
    (
        "billing_invoice",
        "credits_granted = credits_granted - 1 WHERE account_id = %s AND credits_granted > 0",
        "credits granted to account",
    ),
    (
        "billing_invoice",
        "amount_tax_minor = amount_tax_minor + 1 WHERE account_id = %s AND status = 'pending'",
        "tax of account",
    ),
]


FORGED_LINES = """INSERT INTO ledger_journalline (id, account_id, journal_id, code, unit, amount_minor, balance_minor)
 SELECT gen_random_uuid(), %(account)s, %(journal)s, l.code, 'PKR', l.amount, l.amount + coalesce((SELECT amount_minor
  FROM ledger_balance b WHERE b.account_id = %(account)s AND b.unit = 'PKR' AND b.code = l.code), 0)
 FROM (VALUES (%(code)s, 700::bigint), ('revenue', -700)) l(code, amount)"""
FORGED_JOURNAL = """INSERT INTO ledger_journal (id, account_id, kind, source_id, cycle, unit, memo, posted_at)
 VALUES (%(journal)s, %(account)s, 'invoice_written_off', %(source)s, 9, 'PKR', '', now())"""
MOVED_BALANCES = """INSERT INTO ledger_balance AS b (id, account_id, unit, code, amount_minor)
 SELECT gen_random_uuid(), %(account)s, 'PKR', l.code, l.amount
 FROM (VALUES (%(code)s, 700::bigint), ('revenue', -700)) l(code, amount)
 ON CONFLICT (account_id, unit, code) DO UPDATE SET amount_minor = b.amount_minor + excluded.amount_minor"""
GUARDED = ("ledger_journal", "ledger_journalline", "ledger_balance")


def verify_ledger(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "verify_ledger", *options],
        cwd=BACKEND,
        text=True,
        capture_output=True,
        env={**os.environ, "IGNY8_PROCESS": "worker"},
        check=False,
    )


def recounted(cast: Cast, *, full: bool = False) -> Any:
    answer = cast.support.get(f"{ADMIN}verify/?full={str(full).lower()}")
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]["ledger"]


@contextmanager
def unguarded(owner: psycopg.Connection[Any], *tables: str) -> Iterator[None]:
    """As somebody with the owner's password works: no trigger of ours stands in the way."""
    with owner.transaction():
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@contextmanager
def forged(owner: psycopg.Connection[Any], account: uuid.UUID, *, source: Any, code: str, moved: bool) -> Iterator[str]:
    """A journal that sums to zero, of lines that run on, with the balances moved or not; afterwards it is gone."""
    named = {"account": account, "journal": uuid.uuid4(), "source": source, "code": code}
    before = owner.execute("SELECT code, amount_minor FROM ledger_balance WHERE account_id = %s", [account]).fetchall()
    with unguarded(owner, *GUARDED):
        for statement in (FORGED_JOURNAL, FORGED_LINES, *([MOVED_BALANCES] if moved else [])):
            owner.execute(statement, named)
    try:
        yield str(named["journal"])
    finally:
        with unguarded(owner, *GUARDED):
            owner.execute("DELETE FROM ledger_journalline WHERE journal_id = %(journal)s", named)
            owner.execute("DELETE FROM ledger_journal WHERE id = %(journal)s", named)
            owner.execute(
                "DELETE FROM ledger_balance WHERE account_id = %s AND NOT code = ANY(%s)",
                [account, [code for code, _ in before]],
            )
            for one, amount in before:
                owner.execute(
                    "UPDATE ledger_balance SET amount_minor = %s WHERE account_id = %s AND code = %s AND unit = 'PKR'",
                    [amount, account, one],
                )


@contextmanager
def bent(owner: psycopg.Connection[Any], cast: Cast, table: str, change: str) -> Iterator[None]:
    """The rows as somebody with the owner's password would leave them; afterwards as they were."""
    rows = owner.execute(f"SELECT * FROM {table} WHERE account_id = %s", [cast.account.id])
    assert rows.description is not None
    names = [column.name for column in rows.description]
    bendable = [name for name in names if name.endswith(("_minor", "credits_granted"))]
    before = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    with unguarded(owner, table):
        assert owner.execute(f"UPDATE {table} SET {change}", [cast.account.id]).rowcount >= 1
    try:
        yield
    finally:
        with unguarded(owner, table):
            for row in before:
                sets = ", ".join(f"{name} = %({name})s" for name in bendable)
                owner.execute(f"UPDATE {table} SET {sets} WHERE id = %(id)s", {n: row[n] for n in ("id", *bendable)})


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """An account with all that the recount looks at: charges, excess, credits, refunds, what is due, what was given up."""
    _, short = submitted(cast)
    decide(cast.approver, short, "approve", {"amount_received": "995.00"})
    _, part = submitted(cast, reference="FT 2")
    decide(cast.approver, part, "approve", {"amount_received": "400.00"})
    _, over = bought(cast, received="5000.00")
    refund(cast, over, amount="100.00")
    refund(cast, over, amount="600.00", destination="transfer")
    assert cast.finance.post(f"{ADMIN}invoices/{cast.invoice('300.00')}/mark-uncollectible/").status_code == 200
    return cast


def test_an_untouched_ledger_verifies(busy: Cast) -> None:
    done = verify_ledger()
    assert (done.returncode, done.stderr) == (0, "")
    assert "journals verify" in done.stdout
    found = busy.support.get(f"{ADMIN}verify/").json()["data"]
    assert found["ledger"].keys() == {"ok", "journals", "recounted", "problems"}
    assert found["events"].keys() == {"ok", "events", "recounted", "first_bad", "bad_chains", "bad"}
    assert (found["ledger"]["ok"], found["events"]["ok"], found["events"]["first_bad"]) == (True, True, None)
    assert found["ledger"]["journals"] > 0 < found["events"]["events"]


def test_a_recount_goes_on_from_the_last_one(busy: Cast) -> None:
    recounted(busy)
    _, payment_id = submitted(busy, reference="FT new")
    assert decide(busy.approver, payment_id, "approve").status_code == 200
    new = busy.support.get(f"{ADMIN}verify/").json()["data"]
    assert new["ledger"]["recounted"] == 2  # the invoice was issued, the payment settled
    idle = busy.support.get(f"{ADMIN}verify/").json()["data"]
    assert (idle["ledger"]["recounted"], idle["events"]["recounted"]) == (0, 0)
    everything = busy.support.get(f"{ADMIN}verify/?full=true").json()["data"]
    for what in ("ledger", "events"):
        total = "journals" if what == "ledger" else what
        assert new[what][total] == idle[what][total] == everything[what][total] == everything[what]["recounted"]


def test_how_much_is_recounted_is_asked_for_in_one_way(cast: Cast) -> None:
    for query in ("full=1", "full=True", "full=", "full=true&full=true", "all=true", "page_size=5"):
        assert cast.support.get(f"{ADMIN}verify/?{query}").status_code == 400


@pytest.mark.parametrize(("table", "change", "problem"), BENT, ids=[f"{one[0]}: {one[2]}" for one in BENT])
def test_a_bent_number_is_named(
    busy: Cast, owner_connection: psycopg.Connection[Any], table: str, change: str, problem: str
) -> None:
    """New, it is found by the next recount; verified before, by a full one, and by the next in which its row counts."""
    with bent(owner_connection, busy, table, change):
        found = recounted(busy)
    assert found["ok"] is False
    assert problem in "\n".join(found["problems"])
    assert recounted(busy)["problems"] == []
    with bent(owner_connection, busy, table, change):
        assert problem in "\n".join(recounted(busy, full=True)["problems"])
    assert recounted(busy)["problems"] == []


def test_what_was_verified_counts_again_once_something_happens_to_it(
    busy: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    _, payment_id = submitted(busy, reference="FT old")
    decide(busy.approver, payment_id, "approve")
    assert recounted(busy)["problems"] == []
    change = f"amount_received_minor = amount_received_minor + 1 WHERE account_id = %s AND id = '{payment_id}'"
    with bent(owner_connection, busy, "billing_payment", change):
        assert recounted(busy)["problems"] == []
        assert refund(busy, payment_id, amount="10.00", destination="transfer").status_code == 200
        named = "\n".join(recounted(busy)["problems"])
    assert "cash of account" in named
    assert "customer balance of account" in named
    assert recounted(busy)["problems"] == []


def test_a_verified_line_that_was_written_anew_is_named(busy: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    """The lines and balances agree with each other; the stored point remembers what they were."""
    recounted(busy)
    shifted = (
        "balance_minor = balance_minor + 1, amount_minor = amount_minor + 1 WHERE account_id = %s AND code = 'tax'"
    )
    invoice_id = busy.finance.post(
        f"{ADMIN}invoices/",
        {
            "account_id": str(busy.account.id),
            "currency": "PKR",
            "lines": [
                {"kind": "subscription", "description": "Plan", "quantity": 1, "unit_amount": "10.00", "tax_rate": "10"}
            ],
        },
    ).json()["data"]["id"]
    busy.finance.post(f"{ADMIN}invoices/{invoice_id}/finalize/")
    assert recounted(busy)["problems"] == []
    with bent(owner_connection, busy, "ledger_journalline", shifted):
        for full in (False, True):
            assert "left -100 when it was verified at" in "\n".join(recounted(busy, full=full)["problems"])
    assert recounted(busy)["problems"] == []


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("code", "known", "moved", "problems"),
    [
        ("refunds", True, True, ["refunds of account", "revenue of account"]),
        ("bad_debts", True, True, ["bad debts of account", "revenue of account"]),
        ("receivable", False, True, ["which billing does not know"]),
        ("made_up", False, False, ["balance of made_up in PKR", "balance of revenue in PKR"]),
    ],
)
def test_a_forged_journal_is_named(
    busy: Cast,
    owner_connection: psycopg.Connection[Any],
    code: str,
    *,
    known: bool,
    moved: bool,
    problems: list[str],
    full: bool,
) -> None:
    source = busy.invoice() if known else uuid.uuid4()
    recounted(busy)
    with forged(owner_connection, busy.account.id, source=source, code=code, moved=moved):
        named = "\n".join(recounted(busy, full=full)["problems"])
    assert [problem for problem in problems if problem not in named] == []
    assert recounted(busy, full=True)["problems"] == []


def test_a_line_of_an_account_that_never_had_any_is_named(
    cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    recounted(cast)
    with forged(owner_connection, cast.other.id, source=uuid.uuid4(), code="receivable", moved=False):
        assert "balance of receivable in PKR" in "\n".join(recounted(cast)["problems"])
    assert recounted(cast)["problems"] == []


def test_a_point_that_we_did_not_make_is_named(busy: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    """Nor does the recount go on from it."""
    recounted(busy)
    change = "UPDATE ledger_verifiedledger SET journals = journals + %s WHERE account_id = %s"
    owner_connection.execute(change, [1, busy.account.id])
    found = recounted(busy)
    owner_connection.execute(change, [-1, busy.account.id])
    assert found["problems"] == [
        f"the stored point up to which account {busy.account.id} was verified is not one that we made"
    ]
    assert found["recounted"] == found["journals"] > 0
    assert recounted(busy)["problems"] == []


def test_points_whose_key_was_given_up_are_made_anew(busy: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    recounted(busy)
    owner_connection.execute("UPDATE ledger_verifiedledger SET stamp = 'of-another-key:00'")
    owner_connection.execute("UPDATE events_verifiedchain SET stamp = 'of-another-key:00'")
    found = busy.support.get(f"{ADMIN}verify/").json()["data"]
    assert (found["ledger"]["problems"], found["events"]["ok"]) == ([], True)
    assert found["ledger"]["recounted"] == found["ledger"]["journals"]
    assert found["events"]["recounted"] == found["events"]["events"]
    assert recounted(busy)["recounted"] == 0


def test_every_code_of_the_ledger_is_compared() -> None:
    """Or named among those that billing has no rows of."""
    assert [code for code in Code if f"'{code}'" not in "\n".join(CHECKS)] == []


def test_the_command_exits_non_zero_on_drift(busy: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    table, change, problem = BENT[0]
    with bent(owner_connection, busy, table, change):
        done = verify_ledger()
    assert done.returncode != 0
    assert problem in done.stderr
    assert "The ledger has drifted; problems found: 1." in done.stderr
    assert verify_ledger().returncode == 0
    with bent(owner_connection, busy, table, change):
        assert verify_ledger("--full").returncode != 0
    assert verify_ledger("--full").returncode == 0
