"""`/api/v1/admin/accounts/`: provisioning, changing, suspending, listing."""

import uuid
from typing import Any

import pytest
from igny8_core.accounts.models import Account
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.selectors.people import find_accounts
from igny8_core.events import unit_of_work
from igny8_core.events.models import Event
from tests.cast import ADMIN, BILLING, Cast, as_operator
from tests.invitations import link_of
from tests.portal.visitor import Visitor
from tests.staff import ABSENT, PASSWORD, Person, address, operator, signed_in

ACCOUNTS = "/api/v1/admin/accounts/"


@pytest.fixture
def admin() -> Person:
    """An admin operator."""
    return operator(OperatorRole.ADMIN)


def new_account(**more: Any) -> dict[str, Any]:
    code = uuid.uuid4().hex[:8].upper()
    return {
        "code": code,
        "name": "Lahore Tools",
        "country": "PK",
        "billing_currency": "PKR",
        "time_zone": "Asia/Karachi",
        **more,
    }


def events_of(account_id: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    with unit_of_work.read(Scope.operators()):
        rows = Event.objects.for_account(uuid.UUID(account_id)).order_by("seq")
        return [(row.type, row.actor_kind, str(row.actor_id), row.data) for row in rows]


def count_accounts() -> int:
    count: int = as_operator(lambda: Account.objects.count())
    return count


def test_an_account_is_provisioned(admin: Person) -> None:
    body = new_account()
    response = admin.api.post(ACCOUNTS, body)
    data = response.json()["data"]
    assert response.status_code == 201
    assert data == {
        **body,
        "id": data["id"],
        "status": "active",
        "created_at": data["created_at"],
        "updated_at": data["created_at"],
        "invitation": None,
        "language": "",
        "address": "",
        "tax_id": "",
    }
    read = admin.api.get(f"{ACCOUNTS}{data['id']}/").json()["data"]
    assert {**read, "invitation": None} == data
    assert events_of(data["id"]) == [("account.created", "operator", admin.id, {})]


def test_its_first_owner_is_invited(admin: Person) -> None:
    email = address()
    response = admin.api.post(ACCOUNTS, new_account(owner={"email": email, "name": "Ayesha"}))
    data = response.json()["data"]
    assert response.status_code == 201
    invitation = data["invitation"]
    assert (invitation["email"], invitation["role"], invitation["name"], invitation["account_id"]) == (
        email,
        "owner",
        "Ayesha",
        data["id"],
    )
    assert events_of(data["id"]) == [
        ("account.created", "operator", admin.id, {}),
        ("invitation.created", "operator", admin.id, {"role": "owner"}),
    ]
    accepted = Visitor().submit(link_of(invitation), {"name": "Ayesha", "password": PASSWORD})
    assert accepted.status_code == 303
    me = signed_in(email).get("/api/v1/auth/me/").json()["data"]
    assert (me["role"], me["account"]["id"]) == ("owner", data["id"])


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"code": "ab"}, "code"),
        ({"code": "lower"}, "code"),
        ({"code": "TOOLONGCODE"}, "code"),
        ({"code": 12345}, "code"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\u0000b"}, None),
        ({"country": "XX"}, "country"),
        ({"country": "*"}, "country"),
        ({"billing_currency": "ABC"}, "billing_currency"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"status": "suspended"}, "status"),
        ({"language": "xx"}, "language"),
        ({"address": "x" * 301}, "address"),
        ({"tax_id": "x" * 33}, "tax_id"),
        ({"owner": "me"}, "owner.non_field_errors"),
        ({"owner": {"email": "nobody"}}, "owner.email"),
        ({"owner": {"email": "ß" * 250 + "@b.de"}}, "owner.email"),
        ({"owner": {"email": "straße@b.de"}}, "owner.email"),
        ({"owner": {"name": "Ayesha"}}, "owner.email"),
        ({"owner": {"email": "a@b.de", "password": PASSWORD}}, "owner.password"),
    ],
)
def test_bad_accounts_are_refused(admin: Person, fault: dict[str, Any], field: str | None) -> None:
    before = count_accounts()
    response = admin.api.post(ACCOUNTS, new_account(**fault))
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert field is None or list(response.json()["errors"]) == [field]
    assert count_accounts() == before


def test_a_taken_code_provisions_nothing_and_a_known_address_says_nothing(admin: Person, cast: Cast) -> None:
    before = count_accounts()
    taken = admin.api.post(ACCOUNTS, new_account(code=cast.account.code))
    assert (taken.status_code, taken.json()["code"], list(taken.json()["errors"])) == (409, "already_taken", ["code"])
    assert count_accounts() == before
    known = admin.api.post(ACCOUNTS, new_account(owner={"email": admin.email.upper()}))
    assert (known.status_code, known.json()["data"]["invitation"]["status"]) == (201, "pending")


def test_a_retry_provisions_once(admin: Person) -> None:
    body, before = new_account(owner={"email": address()}), count_accounts()
    first, again = (admin.api.post(ACCOUNTS, body, **{"Idempotency-Key": "one"}) for _ in range(2))
    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (201, 201, "true")
    assert again.json() == first.json()
    assert count_accounts() == before + 1
    other = admin.api.post(ACCOUNTS, {**body, "owner": {"email": address()}}, **{"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_what_letters_say_of_an_account_is_given_and_changed(admin: Person) -> None:
    profile = {"language": "ur", "address": "12 Mall Road\nLahore", "tax_id": "NTN 1234567-8"}
    made = admin.api.post(ACCOUNTS, new_account(**profile)).json()["data"]
    assert {name: made[name] for name in profile} == profile
    changed = admin.api.call("PATCH", f"{ACCOUNTS}{made['id']}/", {"language": "", "address": ""}).json()["data"]
    assert (changed["language"], changed["address"], changed["tax_id"]) == ("", "", profile["tax_id"])
    assert events_of(made["id"])[-1][3] == {"fields": ["address", "language"]}


def test_name_and_time_zone_change(admin: Person, cast: Cast) -> None:
    path = f"{ACCOUNTS}{cast.account.id}/"
    changes = {"name": "New name", "time_zone": "Asia/Tokyo"}
    data = admin.api.call("PATCH", path, changes).json()["data"]
    assert (data["name"], data["time_zone"], data["code"]) == ("New name", "Asia/Tokyo", cast.account.code)
    assert cast.owner.get("/api/v1/auth/me/").json()["data"]["account"]["name"] == "New name"
    updated = ("account.updated", "operator", admin.id, {"fields": ["name", "time_zone"]})
    assert events_of(str(cast.account.id))[-1] == updated
    before = events_of(str(cast.account.id))
    assert admin.api.call("PATCH", path, changes).status_code == 200
    assert admin.api.call("PATCH", path, {}).status_code == 200
    for wrong in ({"code": "OTHER"}, {"country": "DE"}, {"status": "gone"}, {"name": ""}, {"name": None}):
        assert admin.api.call("PATCH", path, wrong).status_code == 400, wrong
    assert events_of(str(cast.account.id)) == before


def test_a_suspended_account_is_refused_until_it_resumes(admin: Person, cast: Cast) -> None:
    path = f"{ACCOUNTS}{cast.account.id}/"
    assert admin.api.call("PATCH", path, {"status": "suspended"}).json()["data"]["status"] == "suspended"
    refused = cast.owner.get(f"{BILLING}payments/")
    assert (refused.status_code, refused.json()["code"]) == (403, "account_suspended")
    assert admin.api.call("PATCH", path, {"status": "active"}).json()["data"]["status"] == "active"
    assert cast.owner.get(f"{BILLING}payments/").status_code == 200
    types = [kind for kind, *_ in events_of(str(cast.account.id))]
    assert types[-2:] == ["account.suspended", "account.resumed"]


def test_the_list_pages_and_filters(admin: Person, cast: Cast) -> None:
    assert admin.api.call("PATCH", f"{ACCOUNTS}{cast.other.id}/", {"status": "suspended"}).status_code == 200
    first = admin.api.get(f"{ACCOUNTS}?page_size=1").json()
    assert [row["id"] for row in first["results"]] == [str(cast.other.id)]
    second = admin.api.get(first["next"].removeprefix("http://testserver")).json()
    assert [row["id"] for row in second["results"]] == [str(cast.account.id)]
    back = admin.api.get(second["previous"].removeprefix("http://testserver")).json()
    assert back["results"] == first["results"]
    active = admin.api.get(f"{ACCOUNTS}?status=active&country=PK&page_size=1").json()
    assert [row["id"] for row in active["results"]] == [str(cast.account.id)]
    assert str(cast.account.id) not in admin.api.get(f"{ACCOUNTS}?country=DE&page_size=100").content.decode()
    for query in ("status=gone", "country=XX", "colour=red", "cursor=x", "page_size=0"):
        assert admin.api.get(f"{ACCOUNTS}?{query}").status_code == 400, query


def test_only_admins_come_in(admin: Person, cast: Cast) -> None:
    one, before = f"{ACCOUNTS}{cast.account.id}/", count_accounts()
    callers = [(cast.anonymous, 401), (cast.owner, 403), (cast.stranger, 403), (cast.support, 403), (cast.finance, 403)]
    for caller, status in callers:
        assert caller.get(ACCOUNTS).status_code == status
        assert caller.get(one).status_code == status
        assert caller.post(ACCOUNTS, new_account()).status_code == status
        assert caller.call("PATCH", one, {"status": "suspended"}).status_code == status
    assert count_accounts() == before
    assert cast.owner.get(f"{BILLING}payments/").status_code == 200
    assert admin.api.get(f"{ACCOUNTS}{ABSENT}/").status_code == 404
    assert admin.api.call("PATCH", f"{ACCOUNTS}{ABSENT}/", {"name": "x"}).status_code == 404


def test_the_platforms_own_account_is_no_customer(admin: Person, cast: Cast) -> None:
    own, path = str(PLATFORM_ID), f"{ACCOUNTS}{PLATFORM_ID}/"
    line = {"kind": "subscription", "description": "Plan", "quantity": 1, "unit_amount": "1.00"}
    answers = [
        admin.api.get(path),
        admin.api.call("PATCH", path, {"name": "Mine"}),
        admin.api.post("/api/v1/admin/api-keys/", {"account_id": own, "role": "owner", "name": "a"}),
        cast.finance.post(f"{ADMIN}invoices/", {"account_id": own, "currency": "PKR", "lines": [line]}),
        cast.finance.get(f"{ADMIN}ledger/accounts/{PLATFORM_ID}/"),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert as_operator(lambda: list(find_accounts().filter(id=PLATFORM_ID))) == []
