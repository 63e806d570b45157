"""`/api/v1/admin/users/`: people of accounts and operators, and what nobody may do to themself."""

import uuid
from typing import Any

import pytest
from igny8_core.accounts.models import User
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.services import credentials
from igny8_core.events import unit_of_work
from igny8_core.events.models import Event
from tests.cast import Api, Cast, as_operator
from tests.staff import ABSENT, PASSWORD, Person, address, operator, signed_in, team_member

USERS = "/api/v1/admin/users/"


@pytest.fixture
def admin() -> Person:
    """An admin operator."""
    return operator(OperatorRole.ADMIN)


def change(person: Person, user_id: str, changes: dict[str, Any]) -> Any:
    return person.api.call("PATCH", f"{USERS}{user_id}/", changes)


def events_about(user_id: str) -> list[tuple[str, dict[str, Any]]]:
    with unit_of_work.read(Scope.operators()):
        rows = Event.objects.across_accounts().filter(subject_id=uuid.UUID(user_id)).order_by("seq")
        return [(row.type, row.data) for row in rows]


def count_users() -> int:
    count: int = as_operator(lambda: User.objects.count())
    return count


def test_role_name_and_status_change(admin: Person, cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.MEMBER)
    data = change(admin, person.id, {"role": "admin", "name": "Sana"}).json()["data"]
    assert (data["role"], data["name"], data["status"]) == ("admin", "Sana", "active")
    assert person.api.get("/api/v1/auth/me/").json()["data"]["role"] == "admin"
    assert change(admin, person.id, {"status": "suspended"}).json()["data"]["status"] == "suspended"
    refused = person.api.get("/api/v1/auth/me/")
    assert (refused.status_code, refused.json()["code"]) == (403, "user_suspended")
    assert change(admin, person.id, {"status": "active"}).json()["data"]["status"] == "active"
    assert [event for event in events_about(person.id) if not event[0].startswith("user.signed")] == [
        ("user.created", {"role": "member"}),
        ("user.updated", {"fields": ["name", "role"], "role": "admin", "role_before": "member"}),
        ("user.suspended", {}),
        ("user.resumed", {}),
    ]


def reset(caller: Api, user_id: str, **headers: str) -> Any:
    return caller.post(f"{USERS}{user_id}/reset-password/", **headers)


def test_a_password_is_taken_and_a_link_mailed(admin: Person, cast: Cast) -> None:
    for person in (team_member(cast.account, AccountRole.MEMBER), operator(OperatorRole.SUPPORT)):
        signed = signed_in(person.email)
        header = {"Idempotency-Key": "once"}
        answers = [reset(admin.api, person.id, **header) for _ in range(2)]
        data = answers[0].json()["data"]
        assert (answers[0].status_code, data["id"], data["status"]) == (200, person.id, "active")
        assert answers[1].json() == answers[0].json()
        assert signed.get("/api/v1/auth/me/").status_code == 401
        refused = cast.anonymous.post("/api/v1/auth/login/", {"email": person.email, "password": PASSWORD})
        assert (refused.status_code, refused.json()["code"]) == (401, "invalid_credentials")
        assert [event for event in events_about(person.id) if "password" in event[0]] == [
            ("user.password_taken", {}),
            ("user.password_reset_requested", {}),
        ]
        scope = Scope.operators() if data["account_id"] is None else Scope.tenant(cast.account.id)
        with unit_of_work.read(scope):
            link = credentials.reset_link(user_id=uuid.UUID(person.id))
        assert link is not None and link.email == person.email
        credentials.reset_password(token=link.token, new="a wholly new one", request_id=None)
        assert signed_in(person.email, "a wholly new one").get("/api/v1/auth/me/").status_code == 200


def test_nobody_else_takes_a_password(admin: Person, cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.OWNER)
    for caller, status in ((cast.anonymous, 401), (cast.owner, 403), (cast.stranger, 403), (cast.finance, 403)):
        assert reset(caller, person.id).status_code == status
    assert reset(admin.api, ABSENT).status_code == 404
    assert change(admin, person.id, {"password": "a wholly new one"}).json()["errors"] == {
        "password": ["This field is not known."]
    }
    assert signed_in(person.email).get("/api/v1/auth/me/").status_code == 200


def test_bad_changes_are_refused(admin: Person, cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.MEMBER)
    before = events_about(person.id)
    wrong = [
        {"role": "support"},
        {"role": "support", "status": "suspended"},
        {"status": "gone"},
        {"email": address()},
        {"account_id": str(cast.other.id)},
    ]
    for changes in wrong:
        assert change(admin, person.id, changes).status_code == 400, changes
    assert change(admin, ABSENT, {"name": "x"}).status_code == 404
    assert change(admin, person.id, {}).json()["data"]["role"] == "member"
    assert events_about(person.id) == before


def test_admins_cannot_lower_or_suspend_themselves(admin: Person) -> None:
    for changes in ({"status": "suspended"}, {"role": "finance"}, {"role": "support", "name": "New"}):
        refused = change(admin, admin.id, changes)
        assert (refused.status_code, refused.json()["code"]) == (409, "cannot_change_self"), changes
    assert [kind for kind, _ in events_about(admin.id)] == ["user.created"]
    assert change(admin, admin.id, {"name": "Renamed", "role": "admin", "status": "active"}).status_code == 200
    other = operator(OperatorRole.ADMIN)
    assert change(admin, other.id, {"role": "support"}).json()["data"]["role"] == "support"
    assert other.api.get(USERS).status_code == 403


def test_an_account_keeps_an_owner(admin: Person, cast: Cast) -> None:
    owner, elsewhere = team_member(cast.account, AccountRole.OWNER), team_member(cast.other, AccountRole.OWNER)
    before = events_about(owner.id)
    for changes in (
        {"role": "viewer"},
        {"status": "suspended"},
        {"role": "admin", "status": "active", "name": "New"},
        {"status": "suspended", "name": "New"},
    ):
        refused = change(admin, owner.id, changes)
        assert (refused.status_code, refused.json()["code"]) == (409, "last_owner"), changes
    assert events_about(owner.id) == before
    assert owner.api.get("/api/v1/auth/me/").json()["data"]["role"] == "owner"
    second = team_member(cast.account, AccountRole.OWNER)
    assert change(admin, second.id, {"status": "suspended"}).status_code == 200
    refused = change(admin, owner.id, {"role": "member"})
    assert (refused.status_code, refused.json()["code"]) == (409, "last_owner"), "a suspended owner is none"
    assert change(admin, second.id, {"status": "active"}).status_code == 200
    assert change(admin, owner.id, {"role": "member"}).json()["data"]["role"] == "member"
    assert change(admin, elsewhere.id, {"name": "Renamed", "role": "owner"}).json()["data"]["role"] == "owner"


def test_lists_filter_and_show_no_secret(admin: Person, cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.OWNER)
    mine = admin.api.get(f"{USERS}?account_id={cast.account.id}").json()
    assert [row["id"] for row in mine["results"]] == [person.id]
    assert set(mine["results"][0]) == {"id", "account_id", "email", "name", "role", "status", "created_at"}
    assert admin.api.get(f"{USERS}?account_id={cast.account.id}&role=viewer").json()["results"] == []
    staff = admin.api.get(f"{USERS}?kind=operator&role=admin&page_size=100").json()["results"]
    assert admin.id in {row["id"] for row in staff}
    assert {(row["account_id"], row["role"]) for row in staff} == {(None, "admin")}
    assert "argon2" not in admin.api.get(f"{USERS}?page_size=100").content.decode()
    for query in ("role=king", "account_id=x", "email=a", "kind=robot"):
        assert admin.api.get(f"{USERS}?{query}").status_code == 400, query


def test_only_admins_come_in(cast: Cast) -> None:
    person, before = team_member(cast.account, AccountRole.OWNER), count_users()
    for caller, status in ((cast.anonymous, 401), (person.api, 403), (cast.stranger, 403), (cast.finance, 403)):
        assert caller.get(USERS).status_code == status
        assert caller.get(f"{USERS}{person.id}/").status_code == status
        assert caller.call("PATCH", f"{USERS}{person.id}/", {"role": "viewer"}).status_code == status
    assert count_users() == before
    assert person.api.get("/api/v1/auth/me/").json()["data"]["role"] == "owner"
