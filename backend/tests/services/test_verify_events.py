"""The verifier of the event chains names every broken chain, and goes on from where it was the last time.

What is forged among new events is found by the next recount, among verified ones by a full recount; and whoever writes
a whole chain anew still meets the stored point.
"""

import json
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
from igny8_core.business.billing.tasks import RecountFailed, recount_hourly, recount_nightly
from igny8_core.business.platform.services import provisioning
from igny8_core.events.chain import GENESIS, canonical, link
from igny8_core.events.verification import NAMED
from igny8_core.http.logs import JSONFormatter
from psycopg.types.json import Jsonb
from tests.cast import ADMIN, Cast, as_operator

BACKEND = Path(__file__).resolve().parents[2]
TABLES = ("events_event", "events_chainhead", "events_verifiedchain")
FORGERIES = [
    ("UPDATE events_event SET data = '{}' WHERE account_id = %s AND seq = 2", "was changed"),
    ("UPDATE events_event SET prev_hash = hash WHERE account_id = %s AND seq = 2", "does not follow"),
    ("DELETE FROM events_event WHERE account_id = %s AND seq = 2", "expected number 2"),
    ("DELETE FROM events_event WHERE account_id = %s AND seq >= 3", "its head says"),
    ("UPDATE events_chainhead SET hash = prev_hash WHERE account_id = %s", "its head says"),
    ("DELETE FROM events_chainhead WHERE account_id = %s", "its head is gone"),
    (
        "INSERT INTO events_event (id, account_id, seq, type, subject_type, subject_id, actor_kind, occurred_at, data,"
        " prev_hash, hash, hash_version) SELECT gen_random_uuid(), account_id, 0, type, subject_type, subject_id,"
        " actor_kind, occurred_at, data, prev_hash, hash, 1 FROM events_event WHERE account_id = %s AND seq = 1",
        "expected number 1",
    ),
]


READ_CHAIN = """SELECT seq, id, type, subject_type, subject_id, actor_kind, actor_id, request_id, occurred_at, data
 FROM events_event WHERE account_id = %s ORDER BY seq"""


@contextmanager
def put_back(owner: psycopg.Connection[Any], *accounts: uuid.UUID) -> Iterator[None]:
    """Afterwards every event, head and point of these accounts is as it was before."""
    whose = [[*accounts]]
    kept = {
        table: [row[0] for row in owner.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE account_id = ANY(%s)", whose)]
        for table in TABLES
    }
    try:
        yield
    finally:
        for table, rows in kept.items():
            tamper(owner, f"DELETE FROM {table} WHERE account_id = ANY(%s)", *whose)
            tamper(owner, f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, %s)", Jsonb(rows))


def tamper(owner: psycopg.Connection[Any], statement: str, *values: Any) -> None:
    """As somebody with the owner's password could."""
    with owner.transaction():
        owner.execute("ALTER TABLE events_event DISABLE TRIGGER USER")
        owner.execute(statement, values)
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        owner.execute("ALTER TABLE events_event ENABLE TRIGGER USER")


def verify(cast: Cast, *, full: bool = False) -> Any:
    answer = cast.support.get(f"{ADMIN}verify/?full={str(full).lower()}")
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]["events"]


def verify_events(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", "verify_events", *options],
        cwd=BACKEND,
        text=True,
        capture_output=True,
        env={**os.environ, "IGNY8_PROCESS": "worker"},
        check=False,
    )


def write_anew(owner: psycopg.Connection[Any], account: uuid.UUID, *, until: int | None = None) -> None:
    """Another first event, and every hash after it as it has to be then; or only as many events as `until` says."""
    previous = GENESIS
    for seq, *row in owner.execute(READ_CHAIN, [account]).fetchall()[:until]:
        names = ("event_id", "type", "subject_type", "subject_id", "actor_kind", "actor_id", "request_id")
        named = dict(zip((*names, "occurred_at", "data"), row, strict=True))
        if until is None and seq == 1:
            named["data"] = {"forged": True}
        hash_ = link(previous=previous, sequence=seq, text=canonical(account_id=account, **named))
        tamper(
            owner,
            "UPDATE events_event SET data = %s, prev_hash = %s, hash = %s WHERE account_id = %s AND seq = %s",
            Jsonb(named["data"]),
            previous,
            hash_,
            account,
            seq,
        )
        tamper(
            owner,
            "UPDATE events_chainhead SET seq = %s, prev_hash = %s, hash = %s WHERE account_id = %s",
            seq,
            previous,
            hash_,
            account,
        )
        previous = hash_
    tamper(
        owner,
        "DELETE FROM events_event e USING events_chainhead h WHERE h.account_id = e.account_id"
        " AND e.seq > h.seq AND e.account_id = %s",
        account,
    )


@pytest.mark.parametrize(("forgery", "problem"), FORGERIES)
def test_a_forged_event_is_named(
    cast: Cast, owner_connection: psycopg.Connection[Any], forgery: str, problem: str
) -> None:
    """New, it is found by the next recount; once the chain was verified, by a full one."""
    assert cast.submit(cast.invoice()).status_code == 201
    for full in (False, True):
        with put_back(owner_connection, cast.account.id):
            tamper(owner_connection, forgery, cast.account.id)
            found = verify(cast, full=full)
        assert (found["ok"], found["bad_chains"]) == (False, 1)
        assert found["bad"] == [found["first_bad"]]
        assert found["first_bad"]["account_id"] == str(cast.account.id)
        assert problem in found["first_bad"]["problem"]
        assert verify(cast, full=True)["ok"] is True


def test_every_broken_chain_is_named_and_the_others_are_counted(
    cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    assert cast.submit(cast.invoice()).status_code == 201
    accounts = sorted([cast.account.id, cast.other.id])
    (whole,) = owner_connection.execute(
        "SELECT sum(seq)::bigint FROM events_chainhead WHERE NOT account_id = ANY(%s)", [accounts]
    ).fetchone() or (0,)
    with put_back(owner_connection, *accounts):
        tamper(
            owner_connection, "UPDATE events_event SET type = 'forged' WHERE account_id = ANY(%s) AND seq = 1", accounts
        )
        found, again = verify(cast), verify(cast)
    assert [(bad["account_id"], bad["seq"], bad["problem"]) for bad in found["bad"]] == [
        (str(account), "1", "was changed") for account in accounts
    ]
    assert found["first_bad"] == found["bad"][0]
    assert (found["bad_chains"], found["events"]) == (2, whole)
    assert again == {**found, "recounted": 0}, "what is broken has to be named until somebody has looked"
    assert verify(cast)["ok"] is True


def test_many_broken_chains_are_counted_and_some_of_them_named(
    cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    def accounts() -> list[uuid.UUID]:
        codes = [uuid.uuid4().hex[:8].upper() for _ in range(NAMED + 3)]
        return [
            provisioning.create_account(code=code, name=code, country="PK", billing_currency="PKR", time_zone="UTC").id
            for code in codes
        ]

    made = as_operator(accounts)
    with put_back(owner_connection, *made):
        tamper(owner_connection, "UPDATE events_event SET data = '{\"a\": 1}' WHERE account_id = ANY(%s)", made)
        found = verify(cast)
    assert (found["bad_chains"], len(found["bad"])) == (NAMED + 3, NAMED)


def test_a_recount_goes_on_from_the_last_one(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    verify(cast)
    assert cast.submit(cast.invoice()).status_code == 201
    assert verify(cast)["recounted"] == 3  # the invoice's draft, the final one, and the payment
    with put_back(owner_connection, cast.account.id):
        tamper(
            owner_connection, "UPDATE events_event SET data = '{}' WHERE account_id = %s AND seq = 2", cast.account.id
        )
        assert verify(cast)["ok"] is True
        assert verify(cast, full=True)["first_bad"]["seq"] == "2"
    (total,) = owner_connection.execute("SELECT count(*) FROM events_event").fetchone() or (0,)
    found = verify(cast, full=True)
    assert (found["ok"], found["events"], found["recounted"]) == (True, total, total)


@pytest.mark.parametrize("full", [False, True])
def test_a_chain_that_was_written_anew_is_named(
    cast: Cast, owner_connection: psycopg.Connection[Any], *, full: bool
) -> None:
    """Every hash and the head are as they have to be. Only the point remembers what was there."""
    assert cast.submit(cast.invoice()).status_code == 201
    assert verify(cast)["ok"] is True
    with put_back(owner_connection, cast.account.id):
        write_anew(owner_connection, cast.account.id)
        for recount in (full, False):
            problem = verify(cast, full=recount)["first_bad"]["problem"]
            assert "was written anew since it was verified at 20" in problem
        tamper(owner_connection, "DELETE FROM events_verifiedchain WHERE account_id = %s", cast.account.id)
        assert verify(cast)["ok"] is True, "but for the point it would not have been seen"
    assert verify(cast, full=True)["ok"] is True


@pytest.mark.parametrize("full", [False, True])
def test_a_chain_that_was_cut_off_is_named(
    cast: Cast, owner_connection: psycopg.Connection[Any], *, full: bool
) -> None:
    assert cast.submit(cast.invoice()).status_code == 201
    (reached,) = owner_connection.execute(
        "SELECT seq FROM events_chainhead WHERE account_id = %s", [cast.account.id]
    ).fetchone() or (0,)
    assert verify(cast)["ok"] is True
    with put_back(owner_connection, cast.account.id):
        write_anew(owner_connection, cast.account.id, until=2)
        problem = verify(cast, full=full)["first_bad"]["problem"]
    assert problem == f"its head says 2, it was verified up to {reached}"
    assert verify(cast, full=True)["ok"] is True


@pytest.mark.parametrize(
    "change", ["seq = seq - 1", "hash = sha256(hash)", "verified_at = now()", "stamp = stamp || 'a'"]
)
def test_a_point_that_we_did_not_make_is_named(
    cast: Cast, owner_connection: psycopg.Connection[Any], change: str
) -> None:
    """And counts for nothing: the chain is recounted from its beginning."""
    verify(cast)
    with put_back(owner_connection, cast.account.id):
        tamper(owner_connection, f"UPDATE events_verifiedchain SET {change} WHERE account_id = %s", cast.account.id)
        found = verify(cast)
        assert found["bad"] == [
            {
                "account_id": str(cast.account.id),
                "seq": str(found["recounted"]),
                "event_id": None,
                "problem": "the stored point up to which it was verified is not one that we made",
            }
        ]
        tamper(owner_connection, "DELETE FROM events_verifiedchain WHERE account_id = %s", cast.account.id)
        assert verify(cast)["ok"] is True


def test_the_command_names_every_broken_chain(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    done = verify_events()
    assert (done.returncode, done.stderr) == (0, "")
    assert "events verify" in done.stdout
    accounts = [cast.account.id, cast.other.id]
    with put_back(owner_connection, *accounts):
        tamper(
            owner_connection, "UPDATE events_event SET type = 'forged' WHERE account_id = ANY(%s) AND seq = 1", accounts
        )
        assert verify_events().returncode == 0
        done = verify_events("--full")
    assert done.returncode != 0
    assert all(str(account) in done.stderr for account in accounts)
    assert "broken chains: 2" in done.stderr
    assert verify_events("--full").returncode == 0


def test_the_jobs_fail_where_something_does_not_fit(
    cast: Cast, owner_connection: psycopg.Connection[Any], caplog: pytest.LogCaptureFixture
) -> None:
    recount_hourly(timestamp=0)
    recount_nightly(timestamp=0)
    with put_back(owner_connection, cast.account.id):
        tamper(
            owner_connection,
            "UPDATE events_event SET type = 'forged' WHERE account_id = %s AND seq = 1",
            cast.account.id,
        )
        recount_hourly(timestamp=0)
        with pytest.raises(RecountFailed, match=str(cast.account.id)):
            recount_nightly(timestamp=0)
    line = json.loads(JSONFormatter().format(caplog.records[-1]))
    assert (line["event"], line["bad_chains"]) == ("events_tampered", 1)
    assert [str(cast.account.id) in bad for bad in line["bad"]] == [True]
    recount_nightly(timestamp=0)
