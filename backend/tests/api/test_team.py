"""`/api/v1/account/users/` and `/api/v1/account/api-keys/`: an owner's own people and keys, and nobody else's."""

from typing import Any

import psycopg
import pytest
from django.conf import settings
from igny8_core.accounts.models import AccessKey, User
from igny8_core.accounts.roles import AccountRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.events import unit_of_work
from igny8_core.events.models import Event
from tests.cast import BILLING, Api, Cast
from tests.staff import ABSENT, PASSWORD, address, team_member

USERS, KEYS = "/api/v1/account/users/", "/api/v1/account/api-keys/"
OWNER, VIEWER = AccountRole.OWNER, AccountRole.VIEWER


def change(caller: Api, user_id: str, **changes: Any) -> Any:
    return caller.call("PATCH", f"{USERS}{user_id}/", changes)


def count(account_id: Any) -> tuple[int, int, int]:
    """How many users, keys and events the account has."""

    def operation() -> tuple[int, int, int]:
        users, keys = (model.objects.filter(account_id=account_id).count() for model in (User, AccessKey))
        return users, keys, Event.objects.for_account(account_id).count()

    with unit_of_work.read(Scope.operators()):
        return operation()


def without_request(response: Any) -> dict[str, Any]:
    return {**response.json(), "request_id": ""}


def test_people_are_listed_and_read(cast: Cast) -> None:
    person = team_member(cast.account, VIEWER)
    data = cast.owner.get(f"{USERS}{person.id}/").json()["data"]
    assert data == {
        "id": person.id,
        "account_id": str(cast.account.id),
        "email": person.email,
        "name": "",
        "role": "viewer",
        "status": "active",
        "created_at": data["created_at"],
    }
    assert cast.owner.get(USERS).json()["results"] == [data]
    assert cast.owner.get(f"{USERS}?role=owner").json()["count"] == 0


def test_role_name_and_status_change(cast: Cast) -> None:
    person = team_member(cast.account, VIEWER)
    data = change(cast.owner, person.id, role="admin", name="Sana").json()["data"]
    assert (data["role"], data["name"]) == ("admin", "Sana")
    assert change(cast.owner, person.id, status="suspended").json()["data"]["status"] == "suspended"
    assert person.api.get(f"{BILLING}payments/").status_code == 403
    assert change(cast.owner, person.id, status="active").status_code == 200
    assert person.api.get(f"{BILLING}payments/").status_code == 200
    before = count(cast.account.id)
    for wrong in ({"role": "support"}, {"status": "x"}, {"password": PASSWORD}, {"email": address()}):
        assert change(cast.owner, person.id, **wrong).status_code == 400, wrong
    assert count(cast.account.id) == before


def test_the_last_owner_stays(cast: Cast) -> None:
    only = team_member(cast.account, OWNER)
    for changes in ({"role": "admin"}, {"status": "suspended"}):
        before = count(cast.account.id)
        refused = change(cast.owner, only.id, **changes)
        assert (refused.status_code, refused.json()["code"]) == (409, "last_owner")
        assert count(cast.account.id) == before
    second = team_member(cast.account, OWNER)
    assert change(second.api, only.id, status="suspended").status_code == 200
    refused = change(cast.owner, second.id, role="viewer")
    assert (refused.status_code, refused.json()["code"]) == (409, "last_owner")


def test_nobody_suspends_themself(cast: Cast) -> None:
    first, second = team_member(cast.account, OWNER), team_member(cast.account, OWNER)
    refused = change(first.api, first.id, status="suspended")
    assert (refused.status_code, refused.json()["code"]) == (409, "cannot_change_self")
    assert change(first.api, first.id, role="member").json()["data"]["role"] == "member"
    assert change(first.api, second.id, status="suspended").status_code == 403
    assert second.api.get(USERS).status_code == 200


def test_keys_are_issued_listed_and_revoked(cast: Cast) -> None:
    response = cast.owner.post(KEYS, {"role": "viewer", "name": "Reports"})
    data = response.json()["data"]
    assert response.status_code == 201
    secret = data.pop("secret")
    assert (data["account_id"], data["role"], data["prefix"]) == (str(cast.account.id), "viewer", secret[:12])
    assert Api(secret).get(f"{BILLING}payments/").status_code == 200
    listed = cast.owner.get(f"{KEYS}?page_size=1")
    assert listed.json()["results"] == [{**data, "last_used_at": listed.json()["results"][0]["last_used_at"]}]
    assert listed.json()["results"][0]["last_used_at"] is not None
    assert secret not in listed.content.decode() + cast.owner.get(f"{KEYS}{data['id']}/").content.decode()
    assert cast.owner.post(f"{KEYS}{data['id']}/revoke/").json()["data"]["status"] == "revoked"
    assert Api(secret).get(f"{BILLING}payments/").status_code == 401
    before = count(cast.account.id)
    for wrong in ({"role": "king"}, {"name": ""}, {"expires_at": "2020-01-01T00:00:00Z"}, {"user_id": ABSENT}):
        assert cast.owner.post(KEYS, {"role": "viewer", "name": "x"} | wrong).status_code == 400, wrong
    assert count(cast.account.id) == before


def test_retries_and_secrets(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    header = {"Idempotency-Key": "k"}
    keys = [cast.owner.post(KEYS, {"role": "viewer", "name": "x"}, **header) for _ in range(2)]
    assert len({key.json()["data"]["secret"] for key in keys}) == 2
    rows = owner_connection.execute(
        "SELECT path FROM http_idempotencyrecord WHERE account_id = %s", [cast.account.id]
    ).fetchall()
    assert rows == []


def test_a_stranger_finds_nothing(cast: Cast) -> None:
    person = team_member(cast.account, VIEWER)
    (key_id,) = [row["id"] for row in cast.owner.get(KEYS).json()["results"] if row["role"] == "member"]
    before = count(cast.account.id)
    for path in (f"{USERS}%s/", f"{KEYS}%s/"):
        mine = person.id if path.startswith(USERS) else key_id
        foreign, absent = cast.stranger.get(path % mine), cast.stranger.get(path % ABSENT)
        assert (foreign.status_code, without_request(foreign)) == (404, without_request(absent))
    assert change(cast.stranger, person.id, role="owner").status_code == 404
    assert cast.stranger.post(f"{KEYS}{key_id}/revoke/").status_code == 404
    assert cast.stranger.get(USERS).json()["count"] == 0
    assert {row["account_id"] for row in cast.stranger.get(KEYS).json()["results"]} == {str(cast.other.id)}
    assert count(cast.account.id) == before
    assert cast.member.get(f"{BILLING}payments/").status_code == 200


def test_only_owners_come_in(cast: Cast) -> None:
    admin = team_member(cast.account, AccountRole.ADMIN)
    before = count(cast.account.id)
    callers = [(cast.anonymous, 401), (cast.viewer, 403), (cast.member, 403), (admin.api, 403), (cast.finance, 403)]
    for caller, status in callers:
        for path in (USERS, KEYS):
            assert caller.get(path).status_code == status
        assert caller.get(f"{USERS}{admin.id}/").status_code == status
        assert caller.post(KEYS, {"role": "owner", "name": "x"}).status_code == status
        assert change(caller, admin.id, role="owner").status_code == status
    assert cast.finance.get(USERS).json()["code"] == "account_required"
    assert count(cast.account.id) == before


def test_the_database_keeps_hashes_and_accounts_apart(cast: Cast) -> None:
    person = team_member(cast.account, OWNER)
    foreign = team_member(cast.other, OWNER)
    key = """INSERT INTO accounts_accesskey (id, kind, account_id, user_id, role, name, prefix, secret_hash, family_id,
      created_at) VALUES (gen_random_uuid(), 'api_key', %s, %s, '', '', 'igk_', %s, gen_random_uuid(), now())"""
    for role in ("", settings.DATABASE_ROLES.operator):
        with psycopg.connect(settings.ENV.web_url) as web:
            web.execute("SELECT set_config('app.account_id', %s, true)", [str(cast.account.id)])
            if role:
                web.execute("SELECT set_config('role', %s, true)", [role])
            seen = web.execute("SELECT email FROM accounts_user WHERE id = %s", [person.id]).fetchall()
            assert seen == [(person.email,)]
            with pytest.raises(psycopg.errors.ForeignKeyViolation), web.transaction():
                web.execute(key, [cast.account.id, foreign.id, b"x" * 32])
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute("SELECT password FROM accounts_user")
