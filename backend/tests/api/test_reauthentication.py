"""`auth/reauthenticate/`: a sign-in that was left open makes no key and no person until its password is given again."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from igny8_core.accounts.models import AccessKey, Invitation
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.events.models import Event
from igny8_core.http.rates import Rate
from igny8_core.kit import clock
from tests.cast import Api, Cast, as_operator
from tests.invitations import EVERY, TEAM
from tests.staff import PASSWORD, Person, address, operator, signed_in, team_member

AGAIN = "/api/v1/auth/reauthenticate/"
LATE = timedelta(minutes=10, seconds=1)


@pytest.fixture
def owner(cast: Cast) -> Person:
    """An owner of account A, signed in."""
    return team_member(cast.account, AccountRole.OWNER)


@pytest.fixture
def admin() -> Person:
    """An admin operator, signed in with a password."""
    person = operator(OperatorRole.ADMIN)
    return Person(person.id, person.email, signed_in(person.email))


def lasting(cast: Cast, owner: Api, admin: Api) -> dict[str, Callable[[], Any]]:
    """Everything over HTTP that gives somebody a lasting way in."""
    account_id = str(cast.account.id)
    sent = owner.post(TEAM, {"email": address(), "role": "viewer"}).json()["data"]["id"]
    code = address()[:8].upper()
    account = {"code": code, "name": "New", "country": "PK", "billing_currency": "PKR", "owner": {"email": address()}}
    return {
        "a key": lambda: owner.post("/api/v1/account/api-keys/", {"role": "owner", "name": "mine"}),
        "a person": lambda: owner.post(TEAM, {"email": address(), "role": "owner"}),
        "the same person": lambda: owner.post(f"{TEAM}{sent}/resend/"),
        "an account's key": lambda: admin.post(
            "/api/v1/admin/api-keys/", {"account_id": account_id, "role": "owner", "name": "mine"}
        ),
        "an account's person": lambda: admin.post(
            EVERY, {"account_id": account_id, "email": address(), "role": "owner"}
        ),
        "an operator": lambda: admin.post(EVERY, {"account_id": None, "email": address(), "role": "admin"}),
        "an account with an owner": lambda: admin.post("/api/v1/admin/accounts/", account),
    }


def count() -> tuple[int, int]:
    return as_operator(lambda: (Invitation.objects.count(), AccessKey.objects.filter(kind="api_key").count()))  # type: ignore[no-any-return]


def test_a_fresh_sign_in_is_asked_for_nothing(cast: Cast, owner: Person, admin: Person) -> None:
    for name, attempt in lasting(cast, owner.api, admin.api).items():
        assert attempt().status_code in (200, 201), name


def test_an_old_one_is_asked_again(cast: Cast, owner: Person, admin: Person) -> None:
    attempts = lasting(cast, owner.api, admin.api)
    with clock.use(datetime.now(UTC) + LATE):
        before = count()
        for name, attempt in attempts.items():
            refused = attempt()
            assert (refused.status_code, refused.json()["code"]) == (403, "reauthentication_required"), name
        assert count() == before
        for person in (owner, admin):
            answer = person.api.post(AGAIN, {"password": PASSWORD})
            until = datetime.fromisoformat(answer.json()["data"]["reauthenticated_until"])
            assert (answer.status_code, until) == (200, clock.now() + timedelta(minutes=10))
        for name, attempt in attempts.items():
            assert attempt().status_code in (200, 201), name
        rows = Event.objects.across_accounts().filter(subject_id=owner.id, type="user.reauthenticated")
        assert as_operator(lambda: [(row.actor_kind, str(row.actor_id), row.data) for row in rows]) == [
            ("user", owner.id, {})
        ]


def test_what_gives_no_lasting_way_in_is_asked_for_nothing(cast: Cast, owner: Person) -> None:
    invitation = owner.api.post(TEAM, {"email": address(), "role": "viewer"}).json()["data"]["id"]
    key = owner.api.post("/api/v1/account/api-keys/", {"role": "viewer", "name": "old"}).json()["data"]["id"]
    with clock.use(datetime.now(UTC) + LATE):
        assert owner.api.get(TEAM).status_code == 200
        assert owner.api.post(f"{TEAM}{invitation}/revoke/").status_code == 200
        assert owner.api.post(f"/api/v1/account/api-keys/{key}/revoke/").status_code == 200
        path = f"/api/v1/account/users/{owner.id}/"
        assert owner.api.call("PATCH", path, {"name": "Renamed"}).status_code == 200


def test_keys_of_programs_are_asked_for_nothing(cast: Cast) -> None:
    with clock.use(datetime.now(UTC) + timedelta(days=3)):
        for name, attempt in lasting(cast, cast.owner, cast.admin).items():
            assert attempt().status_code in (200, 201), name
    for caller in (cast.owner, cast.admin):
        refused = caller.post(AGAIN, {"password": PASSWORD})
        assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")


def test_a_refreshed_token_is_as_old_as_its_sign_in(cast: Cast, owner: Person) -> None:
    def refreshed(token: str) -> dict[str, Any]:
        data: dict[str, Any] = cast.anonymous.post("/api/v1/auth/refresh/", {"refresh_token": token}).json()["data"]
        return data

    pair = cast.anonymous.post("/api/v1/auth/login/", {"email": owner.email, "password": PASSWORD}).json()["data"]
    with clock.use(datetime.now(UTC) + LATE):
        old = refreshed(pair["refresh_token"])
        body = {"role": "viewer", "name": "x"}
        assert Api(old["access_token"]).post("/api/v1/account/api-keys/", body).status_code == 403
        assert Api(old["access_token"]).post(AGAIN, {"password": PASSWORD}).status_code == 200
        fresh = refreshed(old["refresh_token"])
        assert Api(fresh["access_token"]).post("/api/v1/account/api-keys/", body).status_code == 201
        other = Api(owner.api.key)
        assert other.post("/api/v1/account/api-keys/", body).status_code == 403, "another sign-in of the same person"


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        ({"password": "wrong"}, 400, ["password"]),
        ({"password": ""}, 400, ["password"]),
        ({"password": 5}, 400, ["password"]),
        ({}, 400, ["password"]),
        ({"password": PASSWORD, "code": "1"}, 400, ["code"]),
        ({"password": "x" * 201}, 400, ["password"]),
    ],
)
def test_bad_proofs_are_refused(owner: Person, body: dict[str, Any], status: int, fields: list[str]) -> None:
    with clock.use(datetime.now(UTC) + LATE):
        refused = owner.api.post(AGAIN, body)
        assert (refused.status_code, list(refused.json()["errors"])) == (status, fields)
        assert owner.api.post("/api/v1/account/api-keys/", {"role": "viewer", "name": "x"}).status_code == 403


def test_nobody_proves_for_somebody_else(cast: Cast, owner: Person) -> None:
    other = team_member(cast.other, AccountRole.OWNER)
    assert cast.anonymous.post(AGAIN, {"password": PASSWORD}).status_code == 401
    with clock.use(datetime.now(UTC) + LATE):
        assert other.api.post(AGAIN, {"password": PASSWORD}).status_code == 200
        assert owner.api.post("/api/v1/account/api-keys/", {"role": "viewer", "name": "x"}).status_code == 403


def test_guessing_is_slowed_down(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "THROTTLE_ON", True)
    rates = {"login_email": Rate(hits=2, seconds=3600), "login_address": Rate(hits=1000, seconds=3600)}
    monkeypatch.setattr(settings, "THROTTLES", {**settings.THROTTLES, **rates})
    assert [owner.api.post(AGAIN, {"password": "wrong"}).status_code for _ in range(3)] == [400, 400, 429]


def test_a_proof_beside_a_sign_out_revives_nothing(cast: Cast, owner: Person) -> None:
    for _ in range(8):
        person = Person(owner.id, owner.email, signed_in(owner.email))
        barrier, statuses = threading.Barrier(2), list[int]()

        def send(path: str, body: Any, person: Person = person, barrier: Any = barrier, to: Any = statuses) -> None:
            barrier.wait()
            try:
                to.append(person.api.post(path, body).status_code)
            finally:
                connection.close()

        both = ((AGAIN, {"password": PASSWORD}), ("/api/v1/auth/logout/", None))
        threads = [threading.Thread(target=send, args=each) for each in both]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) in ([200, 200], [200, 401])
        assert person.api.get("/api/v1/auth/me/").status_code == 401
