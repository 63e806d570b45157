"""Sign-in, rotation of refresh tokens, revoking, suspended callers."""

import uuid

import pytest
from igny8_core.accounts.models import User
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.platform.services import provisioning
from tests.cast import BILLING, Api, Cast, as_operator

AUTH = "/api/v1/auth/"
PASSWORD = "correct horse battery"


@pytest.fixture
def person(cast: Cast) -> User:
    """A member of account A with a password."""
    email = f"Ayesha.{uuid.uuid4().hex}@Example.com"
    user: User = as_operator(
        lambda: provisioning.create_user(account=cast.account, email=email, password=PASSWORD, role=AccountRole.MEMBER)
    )
    return user


def sign_in(cast: Cast, email: str, password: str = PASSWORD) -> dict[str, str]:
    response = cast.anonymous.post(f"{AUTH}login/", {"email": email, "password": password})
    assert response.status_code == 200
    tokens: dict[str, str] = response.json()["data"]
    return tokens


def test_a_token_acts_as_its_user(cast: Cast, person: User) -> None:
    tokens = sign_in(cast, person.email.upper())
    me = Api(tokens["access_token"]).get(f"{AUTH}me/").json()["data"]
    assert (me["role"], me["account"]["id"], me["user_id"]) == ("member", str(cast.account.id), str(person.id))
    assert Api(tokens["refresh_token"]).get(f"{AUTH}me/").status_code == 401


def test_wrong_passwords_and_unknown_people_look_alike(cast: Cast, person: User) -> None:
    wrong = cast.anonymous.post(f"{AUTH}login/", {"email": person.email, "password": "no"})
    unknown = cast.anonymous.post(f"{AUTH}login/", {"email": "nobody@example.com", "password": "no"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_credentials")
    assert {**wrong.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}


def test_a_refresh_token_used_twice_ends_the_family(cast: Cast, person: User) -> None:
    first = sign_in(cast, person.email)
    renewed = cast.anonymous.post(f"{AUTH}refresh/", {"refresh_token": first["refresh_token"]}).json()["data"]
    assert Api(renewed["access_token"]).get(f"{AUTH}me/").status_code == 200
    stolen = cast.anonymous.post(f"{AUTH}refresh/", {"refresh_token": first["refresh_token"]})
    assert stolen.status_code == 401
    assert Api(renewed["access_token"]).get(f"{AUTH}me/").status_code == 401
    assert cast.anonymous.post(f"{AUTH}refresh/", {"refresh_token": renewed["refresh_token"]}).status_code == 401


def test_signing_out_works_at_once(cast: Cast, person: User) -> None:
    tokens = sign_in(cast, person.email)
    assert Api(tokens["access_token"]).post(f"{AUTH}logout/").status_code == 200
    assert Api(tokens["access_token"]).get(f"{AUTH}me/").status_code == 401


def test_suspended_callers_are_refused(cast: Cast, person: User) -> None:
    tokens = sign_in(cast, person.email)
    as_operator(lambda: provisioning.suspend_user(person, suspended=True))
    refused = Api(tokens["access_token"]).get(f"{BILLING}payments/")
    assert (refused.status_code, refused.json()["code"]) == (403, "user_suspended")
    as_operator(lambda: provisioning.suspend_account(cast.account, suspended=True))
    refused = cast.owner.get(f"{BILLING}payments/")
    assert (refused.status_code, refused.json()["code"]) == (403, "account_suspended")
    assert cast.stranger.get(f"{BILLING}payments/").status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer igk_no", "Basic abc", "Bearer " + "x" * 5000])
def test_bad_credentials(cast: Cast, header: str) -> None:
    response = cast.anonymous.get(f"{BILLING}payments/", Authorization=header)
    assert (response.status_code, response.json()["code"]) == (401, "authentication_required")
