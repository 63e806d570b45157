"""What loosens a control takes effect when a second admin confirms it: limits, roles of operators, keys for others."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection
from igny8_core.accounts.models import User
from igny8_core.accounts.roles import OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.models import ApprovalLimit
from igny8_core.business.platform.services import second_admin
from igny8_core.events import unit_of_work
from igny8_core.events.models import Event
from igny8_core.kit import clock
from tests.cast import ADMIN, Api, Cast, as_operator
from tests.invitations import EVERY
from tests.second_admins import PENDING, confirmed, confirmed_role, decide, no_admins_but
from tests.staff import ABSENT, Person, address, operator, signed_in

LIMITS, USERS, KEYS = f"{ADMIN}approval-limits/", "/api/v1/admin/users/", "/api/v1/admin/api-keys/"
CURRENCY = "CHF"


@pytest.fixture
def first() -> Person:
    return operator(OperatorRole.ADMIN)


@pytest.fixture
def second() -> Person:
    return operator(OperatorRole.ADMIN)


@pytest.fixture
def franc(owner_connection: psycopg.Connection[Any]) -> Iterator[None]:
    """A limit of 100 for one currency; afterwards none, as before."""
    change = "UPDATE billing_approvallimit SET amount_minor = %s WHERE currency = %s"
    owner_connection.execute(change, [100_00, CURRENCY])
    yield
    owner_connection.execute(
        """INSERT INTO billing_approvallimit (id, currency, updated_at) VALUES (gen_random_uuid(), %s, now())
         ON CONFLICT (currency) DO UPDATE SET amount_minor = NULL""",
        [CURRENCY],
    )


def put(person: Person, amount: str | None) -> Any:
    return person.api.call("PUT", LIMITS, {"currency": CURRENCY, "amount": amount})


def patch(person: Person, user_id: str, **changes: str) -> Any:
    return person.api.call("PATCH", f"{USERS}{user_id}/", changes)


def limit() -> int | None | str:
    row = as_operator(lambda: ApprovalLimit.objects.filter(currency=CURRENCY).first())
    return "unset" if row is None else row.amount_minor


def standing(user_id: str) -> tuple[str, str]:
    user = as_operator(lambda: User.objects.get(id=user_id))
    return user.role, user.status


def facts(change_id: str) -> list[str]:
    with unit_of_work.read(Scope.operators()):
        rows = Event.objects.across_accounts().filter(subject_id=uuid.UUID(change_id)).order_by("seq")
        return [row.type.removeprefix("pending_change.") for row in rows]


def test_a_higher_limit_waits(first: Person, second: Person, franc: None) -> None:
    asked = put(first, "200.00")
    data = asked.json()["data"]
    assert asked.status_code == 202
    assert data | {"id": "", "created_at": "", "expires_at": ""} == {
        "id": "",
        "kind": "limit",
        "status": "pending",
        "currency": CURRENCY,
        "user_id": None,
        "before": "100.00",
        "after": "200.00",
        "requested_by": first.id,
        "decided_by": None,
        "created_at": "",
        "expires_at": "",
        "decided_at": None,
    }
    assert limit() == 100_00
    done = decide(second, data["id"]).json()["data"]
    assert (done["status"], done["decided_by"], limit()) == ("confirmed", second.id, 200_00)
    assert facts(data["id"]) == ["requested", "confirmed"]
    again = decide(second, data["id"])
    assert (again.status_code, again.json()["code"]) == (409, "change_over")


@pytest.mark.parametrize("amount", ["100.00", "99.99", "0.01"])
def test_a_lower_limit_does_not_wait(first: Person, franc: None, amount: str) -> None:
    assert put(first, amount).status_code == 200
    assert limit() == int(amount.replace(".", ""))


def test_no_limit_waits_and_so_does_the_first_one(
    first: Person, second: Person, franc: None, owner_connection: psycopg.Connection[Any]
) -> None:
    asked = put(first, None)
    assert (asked.status_code, asked.json()["data"]["after"], limit()) == (202, "none", 100_00)
    owner_connection.execute("DELETE FROM billing_approvallimit WHERE currency = %s", [CURRENCY])
    outdated = decide(second, asked.json()["data"]["id"])
    assert (outdated.status_code, outdated.json()["code"], limit()) == (409, "change_outdated", "unset")
    anew = put(first, "0.01")
    assert (anew.status_code, anew.json()["data"]["before"], limit()) == (202, "0.00", "unset")
    assert facts(asked.json()["data"]["id"]) == ["requested", "replaced"]
    assert decide(second, anew.json()["data"]["id"]).status_code == 200
    assert limit() == 1


def test_nobody_confirms_what_they_asked_for(first: Person, second: Person, franc: None, cast: Cast) -> None:
    change_id = put(first, "200.00").json()["data"]["id"]
    other_key = Api(first.api.post(KEYS, {"user_id": first.id, "name": "mine too"}).json()["data"]["secret"])
    for own in (first.api, other_key, signed_in(first.email)):
        refused = decide(own, change_id)
        assert (refused.status_code, refused.json()["code"]) == (409, "second_admin_required")
    for caller, status in ((cast.anonymous, 401), (cast.owner, 403), (cast.stranger, 403), (cast.finance, 403)):
        for verb in ("confirm", "reject"):
            assert decide(caller, change_id, verb).status_code == status
    assert decide(second, ABSENT).status_code == 404
    assert (limit(), facts(change_id)) == (100_00, ["requested"])


def test_an_admin_who_is_none_any_more_confirms_nothing(first: Person, second: Person, franc: None) -> None:
    change_id = put(first, "200.00").json()["data"]["id"]
    assert patch(first, second.id, role="finance").status_code == 200
    assert decide(second, change_id).status_code == 403
    assert limit() == 100_00


def test_a_request_is_rejected_withdrawn_replaced_or_runs_out(first: Person, second: Person, franc: None) -> None:
    rejected, withdrawn, replaced, lowered, late = ("200.00", "300.00", "400.00", "500.00", "600.00")
    one = put(first, rejected).json()["data"]["id"]
    assert decide(second, one, "reject").json()["data"]["status"] == "rejected"
    two = put(first, withdrawn).json()["data"]["id"]
    assert decide(first, two, "reject").json()["data"]["status"] == "withdrawn"
    three, four = put(first, replaced).json()["data"]["id"], put(second, lowered).json()["data"]["id"]
    assert put(first, "50.00").status_code == 200
    five = put(first, late).json()["data"]["id"]
    with clock.use(clock.now() + timedelta(days=7, minutes=1)):
        assert decide(second, five).json()["code"] == "change_over"
        assert as_operator(second_admin.expire_changes) >= 1
    for change_id in (one, two, three, four, five):
        for verb in ("confirm", "reject"):
            assert decide(second, change_id, verb).json()["code"] == "change_over"
    assert [facts(change_id)[1:] for change_id in (one, two, three, four, five)] == [
        ["rejected"],
        ["withdrawn"],
        ["replaced"],
        ["replaced"],
        ["expired"],
    ]
    assert limit() == 50_00


@pytest.mark.parametrize("role", ["approver", "finance", "admin"])
def test_an_operator_who_decides_more_waits(first: Person, second: Person, role: str) -> None:
    person = operator(OperatorRole.SUPPORT)
    asked = patch(first, person.id, role=role, name="Renamed")
    data = asked.json()["data"]
    assert (asked.status_code, data["before"], data["after"], data["user_id"]) == (202, "support", role, person.id)
    assert standing(person.id) == ("support", "active")
    assert as_operator(lambda: User.objects.get(id=person.id).name) == "Renamed"
    assert decide(second, data["id"]).status_code == 200
    assert standing(person.id) == (role, "active")
    assert patch(first, person.id, role="support").status_code == 200, "less takes effect at once"


def test_a_suspended_operator_comes_back_by_two(first: Person, second: Person) -> None:
    person, helper = operator(OperatorRole.APPROVER), operator(OperatorRole.SUPPORT)
    for one in (person, helper):
        assert patch(first, one.id, status="suspended").status_code == 200
    assert patch(first, helper.id, status="active").status_code == 200, "who decides nothing about money"
    for changes in ({"status": "active"}, {"status": "active", "role": "finance"}):
        waits = patch(first, person.id, **changes)
        assert (waits.status_code, standing(person.id)) == (202, ("approver", "suspended"))
    assert patch(first, person.id, role="admin").status_code == 200, "a suspended admin decides nothing"
    third = operator(OperatorRole.APPROVER)
    assert patch(first, third.id, role="admin", status="suspended").status_code == 200
    assert standing(third.id) == ("admin", "suspended")
    assert decide(second, waits.json()["data"]["id"]).json()["code"] == "change_over"
    confirmed(patch(first, person.id, status="active"))
    assert standing(person.id) == ("admin", "active")


def test_a_role_that_changed_meanwhile_is_not_written_over(
    first: Person, second: Person, owner_connection: psycopg.Connection[Any]
) -> None:
    person = operator(OperatorRole.APPROVER)
    change_id = patch(first, person.id, role="finance").json()["data"]["id"]
    owner_connection.execute("UPDATE accounts_user SET role = 'support' WHERE id = %s", [person.id])
    assert decide(second, change_id).json()["code"] == "change_outdated"
    assert standing(person.id) == ("support", "active")


def test_nobody_confirms_their_own_role(
    first: Person, second: Person, owner_connection: psycopg.Connection[Any]
) -> None:
    person = operator(OperatorRole.FINANCE)
    change_id = patch(first, person.id, role="admin").json()["data"]["id"]
    owner_connection.execute("UPDATE accounts_user SET role = 'admin' WHERE id = %s", [person.id])
    assert decide(person, change_id).json()["code"] == "second_admin_required"


def test_an_operator_is_invited_as_support_until_two_agree(first: Person, second: Person) -> None:
    answer = first.api.post(EVERY, {"account_id": None, "email": address(), "role": "approver"})
    invited = answer.json()["data"]
    assert (answer.status_code, invited["role"]) == (201, "support")
    assert "Invited as support." in answer.json()["message"]
    confirmed_role(invited["id"])
    assert first.api.get(f"{EVERY}{invited['id']}/").json()["data"]["role"] == "approver"
    gone = first.api.post(EVERY, {"account_id": None, "email": address(), "role": "admin"}).json()["data"]["id"]
    (waiting,) = [one for one in first.api.get(PENDING).json()["results"] if one["user_id"] == gone]
    assert first.api.post(f"{EVERY}{gone}/revoke/").status_code == 200
    assert decide(second, waiting["id"]).json()["code"] == "change_over"
    assert (
        first.api.post(EVERY, {"account_id": None, "email": address(), "role": "support"}).json()["data"]["role"]
        == "support"
    )


def test_a_key_for_somebody_else_opens_nothing_until_two_agree(first: Person, second: Person) -> None:
    for holder in (operator(OperatorRole.APPROVER), operator(OperatorRole.SUPPORT), second):
        answer = first.api.post(KEYS, {"user_id": holder.id, "name": "theirs"})
        data = answer.json()["data"]
        assert (answer.status_code, data["kind"], data["user_id"]) == (202, "key", holder.id)
        assert data["secret"].startswith(data["after"].removesuffix("…"))
        stranger = Api(data["secret"])
        assert stranger.get("/api/v1/auth/me/").status_code == 401
        assert decide(stranger, data["id"]).status_code == 401, "a key does not confirm itself"
        assert decide(first, data["id"]).json()["code"] == "second_admin_required"
        assert decide(second, data["id"]).status_code == 200
        assert stranger.get("/api/v1/auth/me/").json()["data"]["role"] == standing(holder.id)[0]
    assert first.api.post(KEYS, {"user_id": first.id, "name": "mine"}).status_code == 201


def test_where_there_is_one_admin_it_takes_effect_at_once(
    first: Person, franc: None, owner_connection: psycopg.Connection[Any]
) -> None:
    person = operator(OperatorRole.SUPPORT)
    with no_admins_but(owner_connection, first), unit_of_work.read(Scope.operators()):
        since = Event.objects.across_accounts().order_by("-sequence").values_list("sequence", flat=True)[0]
    with no_admins_but(owner_connection, first):
        assert (put(first, "900.00").status_code, limit()) == (200, 900_00)
        assert (patch(first, person.id, role="approver").status_code, standing(person.id)[0]) == (200, "approver")
        assert (
            first.api.post(EVERY, {"account_id": None, "email": address(), "role": "finance"}).json()["data"]["role"]
            == "finance"
        )
        assert first.api.post(KEYS, {"user_id": person.id, "name": "theirs"}).status_code == 201
    with unit_of_work.read(Scope.operators()):
        found = Event.objects.across_accounts().filter(type="pending_change.made_alone", sequence__gt=since)
        told = [(str(one.actor_id), one.data["kind"], one.data["after"]) for one in found.order_by("sequence")]
    assert [one[:2] for one in told] == [(first.id, kind) for kind in ("limit", "role", "role", "key")]
    assert [one[2] for one in told[:3]] == ["900.00", "approver", "finance"]


def test_whoever_takes_the_other_admin_away_is_not_alone(
    first: Person, second: Person, franc: None, owner_connection: psycopg.Connection[Any]
) -> None:
    for changes in ({"status": "suspended"}, {"role": "support"}):
        other = operator(OperatorRole.ADMIN)
        with no_admins_but(owner_connection, first, other):
            assert patch(first, other.id, **changes).status_code == 200
            assert (put(first, "900.00").status_code, limit()) == (202, 100_00)
            owner_connection.execute(
                "UPDATE accounts_user SET admin_until = now() - interval '7 days 1 minute' WHERE id = %s", [other.id]
            )
            assert (put(first, "900.00").status_code, limit()) == (200, 900_00)
        assert put(first, "100.00").status_code == 200


RAISE = "UPDATE accounts_user SET role = 'admin' WHERE id = '{person}'"
FORGED = """INSERT INTO platform_pendingchange (id, kind, subject, payload, requested_by_id, created_at, expires_at,
 outcome, decided_by_id, decided_at) VALUES (gen_random_uuid(), 'role', '{person}', '{{"role": "admin",
 "status": "active"}}', '{first}', now(), now() + interval '7 days', '{outcome}', '{second}', now());"""
DECIDE = "UPDATE platform_pendingchange SET outcome = 'confirmed', decided_at = now(), decided_by_id = '{by}' WHERE id = '{id}'"


def refuses_in_the_database(statement: str) -> None:
    """The database says no to the role that operators' requests run under."""
    with pytest.raises(IntegrityError) as error:
        as_operator(lambda: connection.cursor().execute(statement))
    assert isinstance(error.value.__cause__, psycopg.errors.RestrictViolation), error.value


@pytest.mark.parametrize(
    "statement",
    [
        RAISE,
        "UPDATE accounts_user SET status = 'active' WHERE id = '{suspended}'",
        """INSERT INTO accounts_user (id, account_id, email, email_normalised, name, role, status, password, created_at)
         VALUES (gen_random_uuid(), (SELECT id FROM accounts_account WHERE kind = 'platform'), 'a@b.example',
         'a@b.example', '', 'approver', 'active', '', now())""",
        "UPDATE accounts_invitation SET role = 'finance' WHERE id = '{invitation}'",
        "UPDATE billing_approvallimit SET amount_minor = 20000 WHERE currency = 'CHF'",
        "UPDATE billing_approvallimit SET amount_minor = NULL WHERE currency = 'CHF'",
        "INSERT INTO billing_approvallimit (id, currency, updated_at) VALUES (gen_random_uuid(), 'XAG', now())",
        FORGED.replace("{outcome}", "confirmed") + RAISE,
        FORGED.replace("{outcome}", "alone") + RAISE,
        DECIDE.replace("{by}", "{first}"),
        DECIDE.replace("{by}", "{person}"),
        "UPDATE platform_pendingchange SET payload = payload || '{{\"role\": \"admin\"}}' WHERE id = '{id}'",
        "UPDATE platform_pendingchange SET outcome = 'confirmed', decided_at = now() WHERE id = '{done}'",
    ],
)
def test_the_database_refuses_what_a_service_forgets(
    first: Person, second: Person, franc: None, statement: str
) -> None:
    person, suspended = operator(OperatorRole.SUPPORT), operator(OperatorRole.APPROVER)
    patch(first, suspended.id, status="suspended")
    invitation = first.api.post(EVERY, {"account_id": None, "email": address(), "role": "support"}).json()["data"]["id"]
    change_id = patch(first, person.id, role="approver").json()["data"]["id"]
    done = put(first, "200.00").json()["data"]["id"]
    assert decide(second, done, "reject").status_code == 200
    names = {"person": person.id, "suspended": suspended.id, "invitation": invitation, "first": first.id}
    filled = statement.format(**names, second=second.id, id=change_id, done=done)
    refuses_in_the_database(filled)


def test_a_confirmation_lets_one_change_through_and_no_later_one(
    first: Person, second: Person, owner_connection: psycopg.Connection[Any]
) -> None:
    person = operator(OperatorRole.SUPPORT)
    confirmed(patch(first, person.id, role="admin"))
    owner_connection.execute("UPDATE accounts_user SET role = 'support' WHERE id = %s", [person.id])
    refuses_in_the_database(RAISE.format(person=person.id))


def test_a_session_is_asked_who_is_there_before_it_confirms(
    first: Person, second: Person, franc: None, owner_connection: psycopg.Connection[Any]
) -> None:
    change_id = put(first, "200.00").json()["data"]["id"]
    session = signed_in(second.email)
    owner_connection.execute("UPDATE accounts_accesskey SET proven_at = NULL WHERE user_id = %s", [second.id])
    refused = decide(session, change_id)
    assert (refused.status_code, refused.json()["code"], limit()) == (403, "reauthentication_required", 100_00)
