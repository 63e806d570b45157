"""A second admin's word beside another one, a withdrawal, a change of the same thing, a fall of the admin."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from igny8_core.accounts.models import User
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.models import ApprovalLimit
from igny8_core.business.billing.services.limits import set_limit
from igny8_core.business.platform.models import PendingChange
from tests.cast import ADMIN, as_operator
from tests.invitations import EVERY, link_of
from tests.portal.test_invitations import accepts
from tests.races.credentials import USERS, facts_since, happened_after, newest_fact, side_by_side, survivors
from tests.races.test_money_races import DEADLOCKS
from tests.second_admins import PENDING, decide
from tests.staff import Person, address, operator

pytestmark = pytest.mark.slow
LIMITS, CURRENCY = f"{ADMIN}approval-limits/", "NOK"


@pytest.fixture(scope="module")
def admins() -> list[Person]:
    return [operator(OperatorRole.ADMIN) for _ in range(3)]


@pytest.fixture
def krone(owner_connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Rounds in which everything goes by one limit, none of which may end in a deadlock."""
    (before,) = owner_connection.execute(DEADLOCKS).fetchone() or (None,)
    yield
    owner_connection.execute("UPDATE billing_approvallimit SET amount_minor = NULL WHERE currency = %s", [CURRENCY])
    owner_connection.execute("SELECT pg_stat_force_next_flush(), pg_sleep(1.1)")
    owner_connection.execute("SELECT pg_stat_clear_snapshot()")
    assert owner_connection.execute(DEADLOCKS).fetchone() == (before,)


def put(person: Person, amount: str) -> Any:
    return person.api.call("PUT", LIMITS, {"currency": CURRENCY, "amount": amount})


def asked(person: Person) -> str:
    """A request to double a limit of 100."""
    as_operator(lambda: set_limit(currency=CURRENCY, amount="100.00"))
    return str(put(person, "200.00").json()["data"]["id"])


def limit() -> Any:
    return as_operator(lambda: ApprovalLimit.objects.get(currency=CURRENCY).amount_minor)


def test_two_who_confirm_at_once(admins: list[Person], krone: None) -> None:
    first, second, third = admins

    def one_round(number: int) -> bool:
        change_id, before = asked(first), newest_fact(None)
        answers = side_by_side(lambda: decide(second, change_id), lambda: decide(third, change_id))
        assert Counter(one.status_code for one in answers) == {200: 1, 409: 1}
        return facts_since(None, before) != ["pending_change.confirmed", "approval_limit.changed"] or limit() != 200_00

    assert survivors(one_round) == 0


def test_a_withdrawal_beside_a_confirmation(admins: list[Person], krone: None) -> None:
    first, second, _ = admins
    outcomes = Counter[tuple[int, int, int]]()

    def one_round(number: int) -> bool:
        change_id = asked(first)
        withdrawn, done = side_by_side(lambda: decide(first, change_id, "reject"), lambda: decide(second, change_id))
        outcomes.update([(withdrawn.status_code, done.status_code, limit())])
        return False

    survivors(one_round)
    assert set(outcomes) <= {(200, 409, 100_00), (409, 200, 200_00)}


def test_a_lower_limit_beside_a_confirmation(admins: list[Person], krone: None) -> None:
    """Whichever comes first, the limit that was lowered at once is the one that stays."""
    first, second, third = admins

    def one_round(number: int) -> bool:
        change_id = asked(first)
        lowered, done = side_by_side(lambda: put(third, "50.00"), lambda: decide(second, change_id))
        assert (lowered.status_code, done.status_code in (200, 409)) == (200, True)
        return bool(limit() != 50_00)

    assert survivors(one_round) == 0


def test_two_requests_about_the_same_at_once(admins: list[Person], krone: None) -> None:
    """The newer one has replaced the older one: only one can be confirmed."""
    first, second, third = admins

    def one_round(number: int) -> bool:
        as_operator(lambda: set_limit(currency=CURRENCY, amount="100.00"))
        answers = side_by_side(lambda: put(first, "300.00"), lambda: put(second, "400.00"))
        assert [one.status_code for one in answers] == [202, 202]
        open_ones = as_operator(lambda: PendingChange.objects.filter(subject=CURRENCY, outcome="").count())
        told = [decide(third, one.json()["data"]["id"]).status_code for one in answers]
        return open_ones != 1 or sorted(told) != [200, 409]

    assert survivors(one_round) == 0


def test_an_admin_who_falls_beside_their_confirmation(admins: list[Person], krone: None) -> None:
    first, _, third = admins

    def one_round(number: int) -> bool:
        fallen = operator(OperatorRole.ADMIN)
        change_id, before = asked(first), newest_fact(None)
        done, lowered = side_by_side(
            lambda: decide(fallen, change_id),
            lambda: third.api.call("PATCH", f"{USERS}{fallen.id}/", {"role": "support"}),
        )
        assert (done.status_code in (200, 403), lowered.status_code) == (True, 200)
        return happened_after(None, before, what="approval_limit.changed", ending="user.updated")

    assert survivors(one_round) == 0


def test_an_invitation_that_is_accepted_beside_the_confirmation_of_its_role(admins: list[Person]) -> None:
    first, second, _ = admins

    def one_round(number: int) -> bool:
        data = first.api.post(EVERY, {"account_id": None, "email": address(), "role": "finance"}).json()["data"]
        waiting = first.api.get(f"{PENDING}?page_size=100").json()["results"]
        (change_id,) = [one["id"] for one in waiting if one["user_id"] == data["id"]]
        link = link_of(data)
        accepted, done = side_by_side(lambda: accepts(link), lambda: decide(second, change_id))
        assert (accepted.status_code, done.status_code) == (303, 200), done.content
        return bool(as_operator(lambda: User.objects.get(id=data["id"]).role) != "finance")

    assert survivors(one_round) == 0
