"""For tests of what a second admin confirms: what waits, its confirmation, and a platform with few admins."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import OperatorRole

from tests.cast import Api
from tests.staff import Person, operator

PENDING = "/api/v1/admin/approvals-pending/"
OTHERS = """SELECT id FROM accounts_user WHERE account_id = %s AND role = 'admin' AND status = 'active'
 AND NOT id = ANY(%s::uuid[])"""


def decide(admin: Person | Api, change_id: str, verb: str = "confirm") -> Any:
    """Another admin's word on what waits."""
    api = admin.api if isinstance(admin, Person) else admin
    return api.post(f"{PENDING}{change_id}/{verb}/")


def confirmed(answer: Any) -> Any:
    """Let a new admin confirm what this answer says to wait."""
    assert answer.status_code == 202, answer.content
    done = decide(operator(OperatorRole.ADMIN), answer.json()["data"]["id"])
    assert done.status_code == 200, done.content
    return done


def confirmed_role(user_id: str) -> Any:
    """Let a new admin confirm the role that waits for an operator, or for an invitation to be one."""
    admin = operator(OperatorRole.ADMIN)
    waiting = admin.api.get(f"{PENDING}?page_size=100").json()["results"]
    (change,) = [one for one in waiting if one["kind"] == "role" and one["user_id"] == user_id]
    done = decide(admin, change["id"])
    assert done.status_code == 200, done.content
    return done


@contextmanager
def no_admins_but(owner_connection: psycopg.Connection[Any], *people: Person) -> Iterator[None]:
    """Only these are admins, and nobody else was one lately; afterwards all are again."""
    ids = [row[0] for row in owner_connection.execute(OTHERS, [PLATFORM_ID, [one.id for one in people]]).fetchall()]
    owner_connection.execute("UPDATE accounts_user SET status = 'suspended' WHERE id = ANY(%s)", [ids])
    owner_connection.execute("UPDATE accounts_user SET admin_until = NULL WHERE admin_until IS NOT NULL")
    try:
        yield
    finally:
        owner_connection.execute("UPDATE accounts_user SET status = 'active' WHERE id = ANY(%s)", [ids])
