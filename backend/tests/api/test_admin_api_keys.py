"""`/api/v1/admin/api-keys/`: issued once, shown once, revoked at once."""

from typing import Any

import psycopg
import pytest
from igny8_core.accounts.models import AccessKey
from igny8_core.accounts.roles import AccountRole, OperatorRole
from tests.cast import BILLING, Api, Cast, as_operator
from tests.second_admins import confirmed
from tests.staff import ABSENT, Person, operator, team_member

KEYS = "/api/v1/admin/api-keys/"
FAR = "2099-01-01T00:00:00Z"


@pytest.fixture
def admin() -> Person:
    """An admin operator."""
    return operator(OperatorRole.ADMIN)


def count_keys() -> int:
    count: int = as_operator(lambda: AccessKey.objects.count())
    return count


def test_an_account_key_works_until_it_is_revoked(admin: Person, cast: Cast) -> None:
    body = {"account_id": str(cast.account.id), "role": "member", "name": "ERP", "expires_at": FAR}
    response = admin.api.post(KEYS, body)
    data = response.json()["data"]
    assert response.status_code == 201
    secret = data.pop("secret")
    assert data == {
        "id": data["id"],
        "account_id": body["account_id"],
        "user_id": None,
        "role": "member",
        "name": "ERP",
        "prefix": secret[:12],
        "status": "active",
        "created_at": data["created_at"],
        "expires_at": FAR,
        "revoked_at": None,
        "last_used_at": None,
    }
    assert Api(secret).get("/api/v1/auth/me/").json()["data"]["role"] == "member"
    for _ in range(2):
        revoked = admin.api.post(f"{KEYS}{data['id']}/revoke/")
        assert (revoked.status_code, revoked.json()["data"]["status"]) == (200, "revoked")
    assert Api(secret).get(f"{BILLING}payments/").status_code == 401
    assert admin.api.get(f"{KEYS}{data['id']}/").json()["data"]["revoked_at"] is not None


def test_an_operator_key_has_its_operators_role(admin: Person) -> None:
    helper = operator(OperatorRole.SUPPORT)
    asked = admin.api.post(KEYS, {"user_id": helper.id, "name": "console"})
    confirmed(asked)
    data = admin.api.get(f"{KEYS}{asked.json()['data']['key_id']}/").json()["data"]
    assert (data["role"], data["account_id"], data["user_id"]) == ("support", None, helper.id)
    caller = Api(asked.json()["data"]["secret"])
    assert caller.get(KEYS).status_code == 403
    confirmed(admin.api.call("PATCH", f"/api/v1/admin/users/{helper.id}/", {"role": "admin"}))
    assert caller.get(KEYS).status_code == 200
    assert admin.api.get(f"{KEYS}{data['id']}/").json()["data"]["role"] == "admin"


def test_bad_keys_are_refused(admin: Person, cast: Cast) -> None:
    account_id = str(cast.account.id)
    person = team_member(cast.account, AccountRole.OWNER)
    before = count_keys()
    good = {"account_id": account_id, "role": "viewer", "name": "x"}
    wrong: list[tuple[dict[str, Any], int, str]] = [
        ({"name": "x"}, 400, "account_id"),
        ({**good, "user_id": admin.id}, 400, "account_id"),
        ({"account_id": account_id, "name": "x"}, 400, "role"),
        ({"user_id": admin.id, "role": "admin", "name": "x"}, 400, "role"),
        ({**good, "role": "support"}, 400, "role"),
        ({**good, "name": ""}, 400, "name"),
        ({**good, "expires_at": "2020-01-01T00:00:00Z"}, 400, "expires_at"),
        ({**good, "expires_at": "tomorrow"}, 400, "expires_at"),
        ({**good, "expires_at": "0001-01-01T00:00:00+14:00"}, 400, "expires_at"),
        ({**good, "secret": "igk_mine"}, 400, "secret"),
        ({**good, "account_id": ABSENT}, 404, ""),
        ({"user_id": ABSENT, "name": "x"}, 404, ""),
        ({"user_id": person.id, "name": "x"}, 404, ""),
    ]
    for body, status, field in wrong:
        response = admin.api.post(KEYS, body)
        assert response.status_code == status, body
        assert list(response.json().get("errors", {"": 0})) == [field], body
    assert count_keys() == before


def test_a_secret_is_never_kept(admin: Person, cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    body, header = {"account_id": str(cast.account.id), "role": "viewer", "name": "x"}, {"Idempotency-Key": "k"}
    answers = [admin.api.post(KEYS, body, **header) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["data"]["secret"] != answers[1].json()["data"]["secret"]
    assert all("Idempotency-Replayed" not in answer for answer in answers)
    rows = "SELECT count(*) FROM http_idempotencyrecord WHERE owner_id = %s"
    assert owner_connection.execute(rows, [admin.id]).fetchone() == (0,)
    revoke = f"{KEYS}{answers[0].json()['data']['id']}/revoke/"
    replies = [admin.api.post(revoke, **header) for _ in range(2)]
    assert [reply.get("Idempotency-Replayed") for reply in replies] == [None, "true"]
    assert owner_connection.execute(rows, [admin.id]).fetchone() == (1,)
    kept = owner_connection.execute(
        "SELECT count(*) FROM http_idempotencyrecord WHERE position('\"secret\"'::bytea IN body) > 0"
    ).fetchone()
    assert kept == (0,)


def test_the_list_shows_keys_without_secrets(admin: Person, cast: Cast) -> None:
    team_member(cast.account, AccountRole.OWNER)
    listed = admin.api.get(f"{KEYS}?account_id={cast.account.id}").json()
    assert [(row["name"], row["role"]) for row in listed["results"]] == [
        ("viewer", "viewer"),
        ("member", "member"),
        ("owner", "owner"),
    ]
    shown = {
        "id",
        "account_id",
        "user_id",
        "role",
        "name",
        "prefix",
        "status",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
    }
    assert {*listed["results"][0]} == shown
    assert cast.owner.key is not None and cast.owner.key not in admin.api.get(KEYS).content.decode()
    mine = admin.api.get(f"{KEYS}?user_id={admin.id}").json()["results"]
    assert [row["role"] for row in mine] == ["admin"]
    for query in ("account_id=x", "role=owner", "prefix=igk_"):
        assert admin.api.get(f"{KEYS}?{query}").status_code == 400, query


def test_the_document_tells_which_posts_take_a_key(cast: Cast) -> None:
    paths = cast.anonymous.get("/api/schema/?format=json").json()["paths"]

    def takes_key(path: str) -> bool:
        parameters = paths[path]["post"].get("parameters", [])
        return {"$ref": "#/components/parameters/IdempotencyKey"} in parameters

    assert [takes_key(KEYS), takes_key(f"{KEYS}{{key_id}}/revoke/"), takes_key("/api/v1/admin/invitations/")] == [
        False,
        True,
        True,
    ]
    assert takes_key("/api/v1/auth/login/") is False


def test_only_admins_come_in(admin: Person, cast: Cast) -> None:
    listed = admin.api.get(f"{KEYS}?account_id={cast.account.id}").json()["results"]
    (owner_key,) = [row["id"] for row in listed if row["name"] == "owner"]
    before = count_keys()
    body = {"account_id": str(cast.account.id), "role": "owner", "name": "x"}
    for caller, status in ((cast.anonymous, 401), (cast.owner, 403), (cast.stranger, 403), (cast.finance, 403)):
        assert caller.get(KEYS).status_code == status
        assert caller.get(f"{KEYS}{owner_key}/").status_code == status
        assert caller.post(KEYS, body).status_code == status
        assert caller.post(f"{KEYS}{owner_key}/revoke/").status_code == status
    assert count_keys() == before
    assert cast.owner.get(f"{BILLING}payments/").status_code == 200
    assert admin.api.post(f"{KEYS}{ABSENT}/revoke/").status_code == 404
