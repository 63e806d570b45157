"""Every door that gives a way in or takes one away waits for the person's row (or the key's) before it does anything.

Held from another connection; the races show what happens without, but only with luck at each door.
"""

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.services import credentials, provisioning
from igny8_core.events import unit_of_work
from tests.cast import Api, Cast, as_operator
from tests.portal.authenticator import Authenticator
from tests.portal.visitor import PORTAL
from tests.races.credentials import AUTH, Browser, refresh, sign_in, tokens_of
from tests.races.test_session_races import FINISH, PASSKEYS, begun
from tests.races.test_team_races import PATIENCE_SECONDS, WAITING
from tests.second_admins import decide
from tests.second_steps import code_now, switch_on
from tests.staff import PASSWORD, Person, operator, team_member

SECURITY, NEW = f"{PORTAL}security/", "an entirely new password"
USERS, KEYS = "/api/v1/admin/users/", "/api/v1/admin/api-keys/"
type Act = Callable[[], Any]


def waits_for(owner_connection: psycopg.Connection[Any], table: str, key: Any, act: Act) -> Any:
    """Hold the row, see that the act waits for it, let go; returns the act's answer."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(act())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    info = owner_connection.info
    with psycopg.connect(info.dsn, password=info.password) as holder:
        holder.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR NO KEY UPDATE", [key])  # type: ignore[arg-type]
        thread.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while owner_connection.execute(WAITING).fetchone() != (1,):
            assert not answers, f"it did not wait: {answers[0].status_code}"
            assert time.monotonic() < deadline, "it neither waited nor answered"
            time.sleep(0.01)
    thread.join()
    return answers[0]


def token_doors(cast: Cast, person: Person) -> dict[str, tuple[int, Act]]:
    pairs = [tokens_of(person.email, PASSWORD) for _ in range(2)]
    return {
        "login": (200, lambda: sign_in(person.email, PASSWORD)),
        "refresh": (200, lambda: refresh(pairs[0])),
        "logout": (200, lambda: Api(pairs[1]["access_token"]).post(f"{AUTH}logout/")),
    }


def browser_doors(cast: Cast, person: Person) -> dict[str, tuple[int, Act]]:
    own, device = Browser(), Authenticator()
    assert own.send(f"{PORTAL}sign-in/", email=person.email, password=PASSWORD).status_code == 303
    credential = device.make(begun(own))
    with unit_of_work.read(Scope.tenant(cast.account.id)):
        link = credentials.reset_link(user_id=UUID(person.id))
    assert link is not None
    return {
        "sign in": (303, lambda: Browser().send(f"{PORTAL}sign-in/", email=person.email, password=PASSWORD)),
        "add a passkey": (303, lambda: own.send(f"{PASSKEYS}new/", name="Mine", credential=credential)),
        "new password": (303, lambda: own.send(SECURITY, secret_current=PASSWORD, secret_new=NEW)),
        "mailed link": (303, lambda: Browser().send(f"{PORTAL}password/{link.token}/", password=NEW)),
        "sign out": (303, lambda: own.send(f"{PORTAL}sign-out/")),
        "issue a key": (200, lambda: own.send(f"{PORTAL}keys/", name="x", role="viewer")),
    }


def second_step_doors(cast: Cast, person: Person) -> dict[str, tuple[int, Act]]:
    own, half = Browser(), Browser()
    assert own.send(f"{PORTAL}sign-in/", email=person.email, password=PASSWORD).status_code == 303
    secret, codes = switch_on(person)
    assert half.send(f"{PORTAL}sign-in/", email=person.email, password=PASSWORD).status_code == 303
    return {
        "half": (303, lambda: half.send(f"{PORTAL}sign-in/code/", code=codes[0])),
        "off": (303, lambda: own.send(f"{SECURITY}two-step/off/", code=codes[0])),
        "begin": (409, lambda: own.send(f"{SECURITY}two-step/begin/")),
        "wrong": (401, lambda: sign_in(person.email, PASSWORD, code="000000")),
        "right": (200, lambda: sign_in(person.email, PASSWORD, code=code_now(secret))),
    }


def operator_doors(cast: Cast, person: Person) -> dict[str, tuple[int, Act]]:
    def change(**changes: str) -> Act:
        return lambda: cast.admin.call("PATCH", f"{USERS}{person.id}/", changes)

    return {
        "password": (200, lambda: cast.admin.post(f"{USERS}{person.id}/reset-password/")),
        "suspension": (200, change(status="suspended")),
        "role": (200, change(role="viewer")),
    }


DOORS = {
    token_doors: ("login", "refresh", "logout"),
    browser_doors: ("sign in", "add a passkey", "new password", "mailed link", "sign out", "issue a key"),
    second_step_doors: ("half", "off", "begin", "wrong", "right"),
    operator_doors: ("password", "suspension", "role"),
}


@pytest.mark.parametrize(("doors", "door"), [(doors, door) for doors, names in DOORS.items() for door in names])
def test_it_waits_for_the_person(
    cast: Cast, owner_connection: psycopg.Connection[Any], doors: Callable[..., dict[str, tuple[int, Act]]], door: str
) -> None:
    team_member(cast.account, AccountRole.OWNER)
    person = team_member(cast.account, AccountRole.OWNER)
    status, act = doors(cast, person)[door]
    assert waits_for(owner_connection, "accounts_user", person.id, act).status_code == status


def test_passkeys_wait_for_the_person(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    person, own, guest, device = team_member(cast.account, AccountRole.OWNER), Browser(), Browser(), Authenticator()
    own.send(f"{PORTAL}sign-in/", email=person.email, password=PASSWORD)
    assert own.send(f"{PASSKEYS}new/", name="Mine", credential=device.make(begun(own))).status_code == 303
    proof = device.prove(guest.client.get(f"{FINISH}options/").json())
    (key,) = owner_connection.execute("SELECT id FROM accounts_passkey WHERE user_id = %s", [person.id]).fetchall()

    def waiting(act: Act) -> int:
        return int(waits_for(owner_connection, "accounts_user", person.id, act).status_code)

    assert waiting(lambda: guest.send(FINISH, credential=proof)) == 303
    assert waiting(lambda: own.send(f"{PASSKEYS}{key[0]}/remove/")) == 303


def test_an_operators_keys_wait_for_the_operator(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    staff = operator(OperatorRole.FINANCE)

    def waiting(path: str, body: Any = None) -> Any:
        return waits_for(owner_connection, "accounts_user", staff.id, lambda: cast.admin.post(f"{KEYS}{path}", body))

    asked = waiting("", {"user_id": staff.id, "name": "second"})
    assert asked.status_code == 202
    data, second = asked.json()["data"], operator(OperatorRole.ADMIN)
    done = waits_for(owner_connection, "accounts_user", staff.id, lambda: decide(second, data["id"]))
    assert done.status_code == 200
    assert waiting(f"{data['key_id']}/revoke/").status_code == 200


def test_what_an_accounts_key_does_for_others_waits_for_the_key(
    cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    issued = as_operator(
        lambda: provisioning.issue_account_key(account=cast.account, role=AccountRole.OWNER, name="first")
    )
    body = {"name": "x", "role": "viewer"}
    made = waits_for(
        owner_connection,
        "accounts_accesskey",
        issued.key.id,
        lambda: Api(issued.secret).post("/api/v1/account/api-keys/", body),
    )
    assert made.status_code == 201
