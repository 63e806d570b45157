"""`create_operator`, `create_account` and `set_approval_limits`, run as an operator of the system runs them."""

import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import psycopg
import pytest
from igny8_core.accounts.models import Account, User
from igny8_core.business.billing.services.limits import set_limit
from tests.cast import Api, Cast, as_operator
from tests.staff import PASSWORD, address, signed_in

BACKEND = Path(__file__).resolve().parents[2]


def manage(*arguments: str, stdin: str = f"{PASSWORD}\n", **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "IGNY8_PROCESS": "worker", **environment}
    command = [sys.executable, "-W", "ignore", "manage.py", *arguments]
    return subprocess.run(command, cwd=BACKEND, env=variables, input=stdin, text=True, capture_output=True, check=False)


def an_account(**changes: str) -> list[str]:
    values = {
        "code": uuid.uuid4().hex[:8].upper(),
        "name": "Lahore Tools",
        "country": "PK",
        "currency": "PKR",
    } | changes
    return ["create_account", *(part for name, value in values.items() for part in (f"--{name}", value))]


def printed_key(done: subprocess.CompletedProcess[str]) -> Api:
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("igk_") == 1
    return Api(done.stdout.split()[-1])


def everything() -> tuple[int, int]:
    counted: tuple[int, int] = as_operator(lambda: (Account.objects.count(), User.objects.count()))
    return counted


def test_an_operator_is_made(cast: Cast) -> None:
    email = address()
    api = printed_key(manage("create_operator", "--email", email, "--role", "finance", "--password-stdin"))
    me = api.get("/api/v1/auth/me/").json()["data"]
    assert (me["role"], me["is_operator"]) == ("finance", True)
    assert signed_in(email).get("/api/v1/auth/me/").json()["data"]["user_id"] == me["user_id"]
    trail = cast.support.get(f"/api/v1/admin/events/?subject_id={me['user_id']}&type=user.created").json()["results"]
    assert [(row["actor_kind"], row["account_id"], row["data"]) for row in trail] == [
        ("system", None, {"role": "finance"})
    ]


def test_limits_are_set_once(owner_connection: psycopg.Connection[Any]) -> None:
    """A command for a new system: whoever has a shell does not change limits that admins have set."""
    read = "SELECT currency, amount_minor FROM billing_approvallimit WHERE currency IN ('XOF', 'XAF') ORDER BY 1"
    owner_connection.execute("DELETE FROM billing_approvallimit WHERE currency IN ('XOF', 'XAF')")
    for wrong in ("XOF=5.5", "XXY=5", "XOF", "XOF=", "XOF=0"):
        assert manage("set_approval_limits", "XAF=none", wrong).returncode == 1, wrong
    assert owner_connection.execute(read).fetchall() == []
    assert manage("set_approval_limits", "XOF=500000", "XAF=none").returncode == 0
    refused = manage("set_approval_limits", "XOF=900000")
    assert (refused.returncode, refused.stderr) == (
        1,
        "CommandError: XOF has a limit already; an admin changes it at approval-limits/.\n",
    )
    assert owner_connection.execute(read).fetchall() == [("XAF", None), ("XOF", 500000)]
    as_operator(lambda: set_limit(currency="XOF", amount=None))


def test_an_account_is_made_with_its_owner() -> None:
    email = address()
    api = printed_key(manage(*an_account(), "--owner-email", email, "--time-zone", "Asia/Karachi", "--password-stdin"))
    me = api.get("/api/v1/auth/me/").json()["data"]
    assert (me["role"], me["account"]["name"], me["account"]["time_zone"]) == ("owner", "Lahore Tools", "Asia/Karachi")
    assert signed_in(email).get("/api/v1/auth/me/").json()["data"]["account"] == me["account"]


def test_an_account_needs_no_owner() -> None:
    assert printed_key(manage(*an_account(), stdin="")).get("/api/v1/account/users/").json()["count"] == 0


@pytest.mark.parametrize(
    ("arguments", "stdin", "sentence"),
    [
        (["create_operator", "--email", "nobody", "--password-stdin"], PASSWORD, "email: Enter a valid email address."),
        (["create_operator", "--email", "a@b.de", "--password-stdin"], "short", "password: Ensure this field has at"),
        (["create_operator", "--email", "a@b.de", "--password-stdin"], "password12", "password: This password is too"),
        (["create_operator", "--email", "a@b.de", "--password-stdin"], "", "password: This field may not be blank."),
        (["create_operator", "--email", "a@b.de"], PASSWORD, "There is no terminal to ask for a password"),
        (["create_operator", "--email", "a@b.de", "--role", "king"], "", "invalid choice: 'king'"),
        (an_account(code="ab", country="XX"), "", "code: Use 3 to 8 capital letters and digits. country: This is"),
        ([*an_account(), "--password-stdin"], PASSWORD, "Name the owner with --owner-email."),
    ],
)
def test_faults_are_told_in_a_sentence(arguments: list[str], stdin: str, sentence: str) -> None:
    before = everything()
    done = manage(*arguments, stdin=stdin)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert (done.stdout, everything()) == ("", before)


def test_what_is_taken_is_told_in_a_sentence(cast: Cast) -> None:
    email = address()
    assert manage("create_operator", "--email", email, "--password-stdin").returncode == 0
    before = everything()
    taken: list[tuple[list[str], str]] = [
        (["create_operator", "--email", email.upper()], "email: Another user already has this address.\n"),
        ([*an_account(), "--owner-email", email], "owner.email: Another user already has this address.\n"),
        (
            [*an_account(code=cast.account.code), "--owner-email", address()],
            "code: Another account already has this code.\n",
        ),
    ]
    for arguments, sentence in taken:
        done = manage(*arguments, "--password-stdin")
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"CommandError: {sentence}")
    assert everything() == before


def test_a_database_that_is_away_is_told_in_a_sentence(tmp_path: Path) -> None:
    nowhere: dict[str, Any] = {"DATABASE_URL": f"postgresql://nobody:x@/nothing?host={tmp_path}"}
    done = manage("create_operator", "--email", address(), "--password-stdin", **nowhere)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "CommandError: The database does not answer; start it (`make serve`) and try again.\n"
