"""People who lower each other in the same moment: one owner and one admin operator always remain.

Who was lowered or suspended before it was their turn lowers nobody any more.
"""

import threading
import time
from collections import Counter
from typing import Any

import psycopg
from django.db import connection
from igny8_core.accounts.models import User
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import AccountRole, OperatorRole
from tests.cast import Api, Cast, as_operator
from tests.staff import Person, operator, team_member

HOLD = "SELECT id FROM accounts_user WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
WAITING = """SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE NOT l.granted AND a.datname = current_database()"""
PATIENCE_SECONDS = 10


class _By:
    """A caller that goes by a route of its own."""

    def __init__(self, api: Api, route: str) -> None:
        self.api, self.route = api, route

    def call(self, method: str, path: str, body: Any) -> Any:
        return self.api.call(method, self.route + path, body)


def lower_in_a_ring(
    owner_connection: psycopg.Connection[Any],
    people: list[Person],
    path: str,
    changes: dict[str, str],
    by: list[Person] | None = None,
) -> Counter[tuple[int, str | None]]:
    """Each lowers the next, or `by` do; all have been let in and wait at the rows before the first goes on."""
    answers: list[tuple[int, str | None]] = []

    def lower(actor: Person, target: Person) -> None:
        response = actor.api.call("PATCH", f"{path}{target.id}/", changes)
        answers.append((response.status_code, response.json().get("code")))
        connection.close()

    pairs = zip(by or people, people[1:] + people[:1], strict=True)
    threads = [threading.Thread(target=lower, args=pair) for pair in pairs]
    with psycopg.connect(owner_connection.info.dsn, password=owner_connection.info.password) as holder:
        holder.execute(HOLD, [[person.id for person in people]])
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while owner_connection.execute(WAITING).fetchone() != (len(people),):
            assert time.monotonic() < deadline, "not all of them came to wait"
            time.sleep(0.01)
    for thread in threads:
        thread.join()
    return Counter(answers)


def test_owners_who_lower_each_other_leave_one(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    people = [team_member(cast.account, AccountRole.OWNER) for _ in range(4)]
    answers = lower_in_a_ring(owner_connection, people, "/api/v1/account/users/", {"role": "viewer"})
    lowered = answers.pop((200, None))
    assert answers == {(403, "permission_denied"): 4 - lowered}
    left = as_operator(lambda: User.objects.filter(account=cast.account, role="owner").count())
    assert left == 4 - lowered > 0


def test_a_key_that_lowers_all_owners_at_once_leaves_one(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    people = [team_member(cast.account, AccountRole.OWNER) for _ in range(4)]
    key = Person("", "", cast.owner)
    path = "/api/v1/account/users/"
    answers = lower_in_a_ring(owner_connection, people, path, {"role": "viewer"}, [key] * 4)
    assert answers == {(200, None): 3, (409, "last_owner"): 1}
    left = as_operator(lambda: User.objects.filter(account=cast.account, role="owner").count())
    assert left == 1


def test_operators_who_take_away_every_owner_at_once_leave_one(
    cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    owners = [team_member(cast.account, AccountRole.OWNER) for _ in range(4)]
    operators = [operator(OperatorRole.ADMIN) for _ in owners]
    path, changes = "/api/v1/admin/users/", {"status": "suspended"}
    answers = lower_in_a_ring(owner_connection, owners, path, changes, by=operators)
    assert answers == {(200, None): 3, (409, "last_owner"): 1}
    left = as_operator(lambda: User.objects.filter(account=cast.account, role="owner", status="active").count())
    assert left == 1


def test_an_owner_and_an_operator_at_once_leave_one(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    """One goes by the team's route, the other by the operators': they must wait at the same rows."""
    first, second = (team_member(cast.account, AccountRole.OWNER) for _ in range(2))
    admin = operator(OperatorRole.ADMIN)
    callers = {first.id: (first.api, "/api/v1/account/users/"), second.id: (admin.api, "/api/v1/admin/users/")}
    people = [Person(one.id, one.email, _By(*callers[one.id])) for one in (first, second)]  # type: ignore[arg-type]
    answers = lower_in_a_ring(owner_connection, people, "", {"role": "viewer"})
    # The owner who was lowered first has no say any more; the operator meets the last owner.
    assert answers in ({(200, None): 1, (403, "permission_denied"): 1}, {(200, None): 1, (409, "last_owner"): 1})
    left = as_operator(lambda: User.objects.filter(account=cast.account, role="owner").count())
    assert left == 1


def test_admins_who_suspend_each_other_leave_one(owner_connection: psycopg.Connection[Any]) -> None:
    admins = [operator(OperatorRole.ADMIN) for _ in range(2)]
    others = User.objects.filter(account=PLATFORM_ID, role="admin").exclude(id__in=[admin.id for admin in admins])
    as_operator(lambda: others.update(status="suspended"))
    answers = lower_in_a_ring(owner_connection, admins, "/api/v1/admin/users/", {"status": "suspended"})
    assert answers == {(200, None): 1, (403, "user_suspended"): 1}
    left = as_operator(lambda: User.objects.filter(account=PLATFORM_ID, role="admin", status="active").count())
    assert left == 1
