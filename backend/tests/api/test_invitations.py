"""`account/invitations/` and `admin/invitations/`: who may invite, and that no answer tells whose an address is."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from igny8_core.accounts.models import Account, Invitation, User
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.services import invitations
from igny8_core.events.models import Event
from igny8_core.http.rates import Rate
from igny8_core.kit import clock
from tests.cast import Api, Cast, as_operator
from tests.invitations import EVERY, TEAM, at_once, link_of, mailed
from tests.second_admins import confirmed_role
from tests.staff import ABSENT, Person, address, operator, team_member

OWNER = AccountRole.OWNER
DAY = timedelta(days=1)


@pytest.fixture
def admin() -> Person:
    """An admin operator."""
    return operator(OperatorRole.ADMIN)


def asked(role: str = "member", **more: Any) -> dict[str, Any]:
    return {"email": address(), "role": role, "name": "Bilal", **more}


def invited(caller: Api, path: str = TEAM, **more: Any) -> dict[str, Any]:
    response = caller.post(path, asked(**more))
    assert response.status_code == 201, response.content
    data: dict[str, Any] = response.json()["data"]
    return data


def facts_of(subject_id: Any) -> list[tuple[str, str, dict[str, Any]]]:
    def operation() -> list[Any]:
        rows = Event.objects.across_accounts().filter(subject_id=subject_id).order_by("seq")
        return [(row.type, row.actor_kind, row.data) for row in rows]

    return as_operator(operation)  # type: ignore[no-any-return]


def count() -> tuple[int, int]:
    """How many invitations and events there are at all."""
    return as_operator(lambda: (Invitation.objects.count(), Event.objects.across_accounts().count()))  # type: ignore[no-any-return]


def step(caller: Api, invitation: dict[str, Any], name: str, path: str = TEAM, **headers: str) -> Any:
    return caller.post(f"{path}{invitation['id']}/{name}/", **headers)


def test_an_owner_invites_and_the_address_stays_free(cast: Cast) -> None:
    body = asked("viewer")
    response = cast.owner.post(TEAM, body)
    data = response.json()["data"]
    assert response.status_code == 201
    assert data == {
        "id": data["id"],
        "account_id": str(cast.account.id),
        "email": body["email"],
        "name": "Bilal",
        "role": "viewer",
        "status": "pending",
        "created_at": data["created_at"],
        "sent_at": data["created_at"],
        "expires_at": data["expires_at"],
        "decided_at": None,
    }
    assert cast.owner.get(f"{TEAM}{data['id']}/").json()["data"] == data
    assert cast.owner.get(f"{TEAM}?status=pending").json()["results"] == [data]
    assert cast.owner.get(f"{TEAM}?status=accepted").json()["results"] == []
    assert facts_of(data["id"]) == [("invitation.created", "api_key", {"role": "viewer"})]
    assert not as_operator(lambda: User.objects.filter(email_normalised=body["email"]).exists())
    assert invited(cast.stranger, email=body["email"])["status"] == "pending", "another account may invite it too"


def test_an_operator_invites_to_an_account_and_to_the_operators(admin: Person, cast: Cast) -> None:
    for account_id, wanted, role in ((str(cast.account.id), "owner", "owner"), (None, "finance", "support")):
        data = invited(admin.api, EVERY, account_id=account_id, role=wanted)
        assert (data["account_id"], data["role"], data["status"]) == (account_id, role, "pending")
        assert admin.api.get(f"{EVERY}{data['id']}/").json()["data"] == data
        assert facts_of(data["id"]) == [("invitation.created", "operator", {"role": role})]
    confirmed_role(data["id"])
    mine = admin.api.get(f"{EVERY}?account_id={cast.account.id}").json()["results"]
    assert [row["role"] for row in mine] == ["owner"]
    staff = admin.api.get(f"{EVERY}?kind=operator&page_size=1").json()["results"]
    assert [(row["account_id"], row["role"]) for row in staff] == [(None, "finance")]


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": 5}, "email"),
        ({"email": "\u017fupport@victim.example"}, "email"),
        ({"email": "bi\u212ae@victim.example"}, "email"),
        ({"email": "stra\u00dfe@victim.example"}, "email"),
        ({"role": "support"}, "role"),
        ({"role": None}, "role"),
        ({"name": "x" * 201}, "name"),
        ({"password": "correct horse battery"}, "password"),
        ({"account_id": ABSENT}, "account_id"),
        ({"status": "accepted"}, "status"),
    ],
)
def test_bad_invitations_are_refused(cast: Cast, fault: dict[str, Any], field: str) -> None:
    before = count()
    response = cast.owner.post(TEAM, asked() | fault)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert count() == before


def test_bad_invitations_of_operators_are_refused(admin: Person, cast: Cast) -> None:
    before = count()
    for fault, field in (
        ({"role": "finance"}, "role"),
        ({"account_id": None, "role": "owner"}, "role"),
        ({"account_id": "x"}, "account_id"),
    ):
        response = admin.api.post(EVERY, asked(account_id=str(cast.account.id)) | fault)
        assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert list(admin.api.post(EVERY, asked()).json()["errors"]) == ["account_id"]
    assert admin.api.post(EVERY, asked(account_id=ABSENT)).status_code == 404
    for query in ("status=gone", "account_id=x", "email=a", "kind=robot"):
        assert admin.api.get(f"{EVERY}?{query}").status_code == 400, query
    assert count() == before


def comparable(response: Any, email: str) -> tuple[int, set[str], dict[str, Any]]:
    """All that an answer says, without what differs in any two."""
    document = response.json()
    data = {name: value for name, value in document["data"].items() if name != "id" and not name.endswith("_at")}
    lasts = document["data"]["expires_at"][:16], document["data"]["sent_at"] == document["data"]["created_at"]
    told = str({**document, "data": data, "request_id": ""}).replace(email, "X")
    return response.status_code, set(response.headers), {"told": told, "lasts": lasts}


def test_no_answer_tells_whether_an_address_is_known(admin: Person, cast: Cast) -> None:
    """A customer's, an operator's and nobody's address: the same answers to the same steps, in lists and events too."""
    elsewhere, shouted = team_member(cast.other, OWNER), team_member(cast.other, AccountRole.VIEWER)
    for caller, path, more in (
        (cast.owner, TEAM, {}),
        (admin.api, EVERY, {"account_id": str(cast.account.id)}),
    ):
        seen = []
        for email in (address(), elsewhere.email, shouted.email.upper(), operator(OperatorRole.SUPPORT).email):
            answer = caller.post(path, asked(email=email, **more))
            data = answer.json()["data"]
            steps = [answer]
            assert mailed(data) is not None, "the worker has done its part"
            steps += [caller.get(f"{path}{data['id']}/"), step(caller, data, "resend", path)]
            assert mailed(data) is not None
            steps += [step(caller, data, "revoke", path)]
            seen.append(([comparable(each, email) for each in steps], [kind for kind, *_ in facts_of(data["id"])]))
        assert all(each == seen[0] for each in seen), seen
    assert as_operator(lambda: User.objects.filter(account=cast.account).count()) == 0


def test_only_its_reader_is_told_that_an_address_is_known(cast: Cast) -> None:
    elsewhere = team_member(cast.other, OWNER)
    known, fresh = mailed(invited(cast.owner, email=elsewhere.email)), mailed(invited(cast.owner))
    assert known is not None and fresh is not None
    assert known.subject == fresh.subject == "You are invited to IGNY8 Billing"
    assert known.to == [elsewhere.email]
    assert "sign in to IGNY8 Billing with this address" in str(known.body)
    assert "/portal/invitation/" not in str(known.body)
    assert "already" not in str(fresh.body)
    for mail in (known, fresh):
        assert cast.account.name in str(mail.body)
        assert cast.other.name not in str(mail.body)
        assert "Bilal" not in str(mail.body), "what an inviter typed is no part of the mail"


def test_a_mail_speaks_the_accounts_language(cast: Cast) -> None:
    account = Account.objects.filter(id=cast.account.id)
    for language, word in (("de", "Firmenkonto"), ("ur", "دعوت")):
        changes = {"language": language, "name": "Evil\r\nBcc: victim@x.example"}
        as_operator(lambda changes=changes: account.update(**changes))
        mail = mailed(invited(cast.owner))
        assert mail is not None
        assert word in str(mail.body)
        assert "Evil Bcc: victim@x.example" in str(mail.body)
        assert mail.message()["Bcc"] is None


def test_somebody_of_the_own_team_is_not_invited_again(admin: Person, cast: Cast) -> None:
    member, before = team_member(cast.account, AccountRole.VIEWER), count()
    taken = cast.owner.post(TEAM, asked(email=member.email.upper()))
    assert (taken.status_code, taken.json()["code"]) == (409, "already_taken")
    assert taken.json()["errors"] == {"email": ["This person can already sign in."]}
    assert admin.api.post(EVERY, asked("admin", email=admin.email, account_id=None)).status_code == 409
    assert count()[0] == before[0]


def test_one_open_invitation_for_an_address(cast: Cast) -> None:
    first = invited(cast.owner)
    again = cast.owner.post(TEAM, asked(email=first["email"].upper()))
    assert (again.status_code, again.json()["code"]) == (409, "already_invited")
    assert step(cast.owner, first, "revoke").json()["data"]["status"] == "revoked"
    second = invited(cast.owner, email=first["email"])
    with clock.use(clock.now() + 8 * DAY):
        assert cast.owner.get(f"{TEAM}{second['id']}/").json()["data"]["status"] == "expired"
        third = invited(cast.owner, email=first["email"])
    assert cast.owner.get(f"{TEAM}{second['id']}/").json()["data"]["status"] == "expired"
    assert [kind for kind, *_ in facts_of(second["id"])] == ["invitation.created", "invitation.expired"]
    assert facts_of(third["id"]) == [("invitation.created", "api_key", {"role": "member"})]


def test_one_of_six_invitations_at_once_is_made(cast: Cast, admin: Person) -> None:
    for caller, path, more in (
        (cast.owner, TEAM, {}),
        (admin.api, EVERY, {"account_id": None, "role": "support"}),
    ):
        body = asked(**more)
        answers = at_once([lambda: caller.post(path, body)] * 6)  # noqa: B023
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
        assert {answer.json().get("code") for answer in answers} == {None, "already_invited"}
        found = Invitation.objects.filter(email_normalised=body["email"])
        assert as_operator(lambda found=found: found.count()) == 1


def test_sending_again_makes_a_new_link_for_seven_more_days(cast: Cast) -> None:
    data = invited(cast.owner)
    old = link_of(data)
    with clock.use(clock.now() + 5 * DAY):
        fresh = step(cast.owner, data, "resend").json()["data"]
        assert (fresh["status"], fresh["expires_at"] > data["expires_at"], fresh["sent_at"] > data["sent_at"]) == (
            "pending",
            True,
            True,
        )
    assert link_of(fresh) != old
    assert [kind for kind, *_ in facts_of(data["id"])] == ["invitation.created", "invitation.sent_again"]


def test_a_revoked_or_old_invitation_is_over(cast: Cast) -> None:
    data = invited(cast.owner)
    assert [step(cast.owner, data, "revoke").status_code for _ in range(2)] == [200, 200]
    assert [kind for kind, *_ in facts_of(data["id"])] == ["invitation.created", "invitation.revoked"]
    again = step(cast.owner, data, "resend")
    assert (again.status_code, again.json()["code"]) == (409, "invitation_over")
    old = invited(cast.owner)
    with clock.use(clock.now() + 8 * DAY):
        assert mailed(old) is None
        assert [step(cast.owner, old, name).json()["code"] for name in ("resend", "revoke")] == ["invitation_over"] * 2
        assert as_operator(invitations.expire_invitations) >= 1
        assert cast.owner.get(f"{TEAM}?status=expired").json()["count"] == 1
        assert as_operator(invitations.expire_invitations) == 0
    assert [kind for kind, *_ in facts_of(old["id"])] == ["invitation.created", "invitation.expired"]
    assert mailed(data) is None


def test_a_suspended_account_mails_nobody(cast: Cast, admin: Person) -> None:
    data = invited(cast.owner)
    path = f"/api/v1/admin/accounts/{cast.account.id}/"
    assert admin.api.call("PATCH", path, {"status": "suspended"}).status_code == 200
    assert mailed(data) is None


def test_five_mails_a_day_to_one_address(cast: Cast) -> None:
    data = invited(cast.owner)
    assert [step(cast.owner, data, "resend").status_code for _ in range(5)] == [200] * 4 + [429]
    refused = step(cast.owner, data, "resend")
    assert (refused.json()["code"], refused["Retry-After"]) == ("too_many_invitations", "86400")
    assert step(cast.owner, data, "revoke").status_code == 200
    assert cast.owner.post(TEAM, asked(email=data["email"])).status_code == 429
    assert invited(cast.stranger, email=data["email"])["status"] == "pending", "others are not told"
    with clock.use(clock.now() + 2 * DAY):
        assert cast.owner.post(TEAM, asked(email=data["email"])).status_code == 201


def test_mails_of_an_account_are_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "THROTTLE_ON", True)
    monkeypatch.setattr(settings, "THROTTLES", {**settings.THROTTLES, "invitation": Rate(hits=2, seconds=3600)})
    data = invited(cast.owner)
    assert step(cast.owner, data, "resend").status_code == 200
    refused = cast.owner.post(TEAM, asked())
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert step(cast.owner, data, "revoke").status_code == 200
    assert invited(cast.stranger)["status"] == "pending"


def test_a_retry_invites_once(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    body, header = asked(), {"Idempotency-Key": "k"}
    answers = [cast.owner.post(TEAM, body, **header) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    data = answers[0].json()["data"]
    again = [step(cast.owner, data, "resend", **header) for _ in range(2)]
    assert again[0].json() == again[1].json()
    assert len(facts_of(data["id"])) == 2
    link = link_of(data)
    rows = owner_connection.execute(
        "SELECT times_sent, octet_length(token_hash), accounts_invitation::text FROM accounts_invitation WHERE id = %s",
        [data["id"]],
    ).fetchall()
    assert [row[:2] for row in rows] == [(2, 32)]
    assert link.split("/")[-2] not in rows[0][2], "the secret is stored hashed"


def test_a_stranger_finds_nothing(cast: Cast) -> None:
    data, before = invited(cast.owner), count()
    foreign, absent = cast.stranger.get(f"{TEAM}{data['id']}/"), cast.stranger.get(f"{TEAM}{ABSENT}/")
    assert (foreign.status_code, {**foreign.json(), "request_id": ""}) == (404, {**absent.json(), "request_id": ""})
    for name in ("resend", "revoke"):
        assert step(cast.stranger, data, name).status_code == 404
    assert cast.stranger.get(TEAM).json()["count"] == 0
    assert count() == before
    assert cast.owner.get(f"{TEAM}{data['id']}/").json()["data"] == data


def test_only_owners_and_admins_come_in(cast: Cast) -> None:
    data, member = invited(cast.owner), team_member(cast.account, AccountRole.ADMIN)
    before = count()
    callers = [(cast.anonymous, 401), (cast.viewer, 403), (member.api, 403), (cast.finance, 403)]
    for caller, status in callers:
        for path in (TEAM, EVERY):
            assert caller.get(path).status_code == status
            assert caller.get(f"{path}{data['id']}/").status_code == status
            assert caller.post(path, asked()).status_code == status
            assert [step(caller, data, name, path).status_code for name in ("resend", "revoke")] == [status, status]
    assert cast.owner.get(EVERY).status_code == 403
    assert cast.admin.get(TEAM).json()["code"] == "account_required"
    assert count() == before


def test_passwords_are_told_to_nobody(cast: Cast, admin: Person) -> None:
    """No body makes a person with a password that somebody else has chosen."""
    body = {**asked(), "password": "correct horse battery"}
    before = as_operator(lambda: User.objects.count())
    assert cast.owner.post("/api/v1/account/users/", body).status_code == 405
    assert admin.api.post("/api/v1/admin/users/", {**body, "account_id": None, "role": "admin"}).status_code == 405
    assert as_operator(lambda: User.objects.count()) == before
