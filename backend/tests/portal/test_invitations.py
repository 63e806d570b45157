"""The link of an invitation: looked at, accepted once by a password or a passkey, and by nobody else."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from igny8_core.accounts.models import Invitation, User
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.services import provisioning
from igny8_core.events.models import Event
from igny8_core.http.rates import Rate
from igny8_core.kit import clock
from tests.cast import Cast, as_operator
from tests.invitations import EVERY, TEAM, at_once, link_of
from tests.portal.authenticator import Authenticator
from tests.portal.visitor import PORTAL, Visitor, signed_in
from tests.second_admins import confirmed_role
from tests.staff import address, operator, team_member
from tests.staff import signed_in as signed_in_to_the_api

NEW = "an entirely new password"
OVER, IN_USE = "This invitation is no longer valid.", "This address already signs in to another account."
TEAM_PAGE = f"{PORTAL}team/"


def invited(caller: Any, path: str = TEAM, **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = caller.post(path, {"email": address(), "role": "member", "name": "Bilal", **more}).json()[
        "data"
    ]
    return data


def accepts(link: str, visitor: Visitor | None = None, **values: str) -> Any:
    return (visitor or Visitor()).submit(link, {"name": "Bilal Khan", "password": NEW, **values})


def told(answer: Any) -> tuple[int, str]:
    """The status of a page without a form, and what it says."""
    text = answer.content.decode()
    assert 'name="password"' not in text
    assert "igny8_session" not in answer.cookies
    found = re.search(r'<p class="mt-3">([^<]+)</p>', text)
    assert found is not None, text
    return answer.status_code, found[1]


def people_of(email: str) -> list[User]:
    return as_operator(lambda: list(User.objects.filter(email_normalised=email.lower())))  # type: ignore[no-any-return]


def facts_of(subject_id: str) -> list[tuple[str, str, str]]:
    def operation() -> list[tuple[str, str, str]]:
        rows = Event.objects.across_accounts().filter(subject_id=subject_id).order_by("seq")
        return [(row.type, row.actor_kind, str(row.actor_id)) for row in rows]

    return as_operator(operation)  # type: ignore[no-any-return]


def test_a_person_is_made_by_the_link_and_signed_in(cast: Cast) -> None:
    data = invited(cast.owner, role="viewer")
    link, visitor = link_of(data), Visitor()
    page = visitor.get(link)
    text = page.content.decode()
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store, private")
    assert all(part in text for part in (cast.account.name, data["email"], 'value="Bilal"', "Can view invoices"))
    assert people_of(data["email"]) == [], "looking accepts nothing, as scanners of mail look"
    answer = accepts(link, visitor)
    assert (answer.status_code, answer["Location"]) == (303, PORTAL)
    assert data["email"] in visitor.get(PORTAL).content.decode()
    (person,) = people_of(data["email"])
    assert (str(person.id), person.account_id, person.role, person.name) == (
        data["id"],
        cast.account.id,
        "viewer",
        "Bilal Khan",
    )
    me = signed_in_to_the_api(data["email"], NEW).get("/api/v1/auth/me/").json()["data"]
    assert (me["role"], me["user_id"]) == ("viewer", data["id"])
    after = cast.owner.get(f"{TEAM}{data['id']}/").json()["data"]
    assert (after["status"], after["decided_at"] is not None) == ("accepted", True)
    assert facts_of(data["id"])[1:4] == [
        ("user.created", "user", data["id"]),
        ("invitation.accepted", "user", data["id"]),
        ("user.signed_in", "user", data["id"]),
    ]


def test_a_link_works_once(cast: Cast) -> None:
    data = invited(cast.owner)
    link = link_of(data)
    assert accepts(link).status_code == 303
    assert told(Visitor().get(link)) == (409, f"{OVER} Use the link in the latest e-mail, or ask for a new one.")
    visitor = Visitor()
    hidden = visitor.hidden(f"{PORTAL}sign-in/")
    again = visitor.client.post(link, {**hidden, "name": "x", "password": "somebody else's one"})
    assert told(again)[0] == 409
    signed_in_to_the_api(data["email"], NEW)
    for name in ("resend", "revoke"):
        refused = cast.owner.post(f"{TEAM}{data['id']}/{name}/")
        assert (refused.status_code, refused.json()["code"]) == (409, "invitation_over")


def test_an_operator_is_made_by_the_link(cast: Cast) -> None:
    admin = operator(OperatorRole.ADMIN)
    data = invited(admin.api, EVERY, account_id=None, role="finance")
    confirmed_role(data["id"])
    visitor, link = Visitor(), link_of(data)
    assert "as an operator of IGNY8 Billing" in visitor.get(link).content.decode()
    assert accepts(link, visitor).status_code == 303
    assert visitor.get("/admin/").status_code == 200
    (person,) = people_of(data["email"])
    assert (person.account_id, person.role) == (PLATFORM_ID, "finance")
    assert facts_of(data["id"])[1] == ("user.created", "operator", data["id"])


def test_a_passkey_will_do_instead_of_a_password(cast: Cast) -> None:
    data = invited(cast.owner)
    visitor, device, link = Visitor(), Authenticator(), link_of(data)
    credential = device.make(visitor.get(f"{link}passkey/options/").json())
    answer = visitor.submit(f"{link}passkey/", {"name": "Sana", "credential": credential}, page=link)
    assert (answer.status_code, answer["Location"]) == (303, PORTAL)
    (person,) = people_of(data["email"])
    assert person.name == "Sana"
    browser = Visitor()
    options = browser.get(f"{PORTAL}sign-in/passkey/options/").json()
    entered = browser.submit(
        f"{PORTAL}sign-in/passkey/", {"credential": device.prove(options)}, page=f"{PORTAL}sign-in/"
    )
    assert entered["Location"] == PORTAL
    assert data["email"] in browser.get(PORTAL).content.decode()
    # There is no password to guess, not even an empty one.
    for password in ("", "!", NEW):
        answer = cast.anonymous.post("/api/v1/auth/login/", {"email": data["email"], "password": password or " "})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert told(Visitor().get(link))[0] == 409


def test_what_no_authenticator_made_for_this_link_is_refused(cast: Cast) -> None:
    first, second = (link_of(invited(cast.owner)) for _ in range(2))
    visitor, device = Visitor(), Authenticator()
    credential = device.make(visitor.get(f"{first}passkey/options/").json())
    for link, answer in (
        (second, credential),
        (first, replace(device, verifies=False).make(visitor.get(f"{first}passkey/options/").json())),
        (first, "{"),
        (first, ""),
        (first, "x" * 20_001),
        (first, json.dumps({"id": "a"})),
    ):
        refused = visitor.submit(f"{link}passkey/", {"name": "", "credential": answer}, page=link)
        assert (refused.status_code, "This passkey was not accepted." in refused.content.decode()) == (400, True)
        assert "igny8_session" not in refused.cookies
    assert as_operator(lambda: User.objects.filter(account=cast.account).count()) == 0
    assert accepts(second).status_code == 303, "and the link is as good as before"
    assert Visitor().get(f"{second}passkey/options/").status_code == 409


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"password": "short"}, "at least 10 characters"),
        ({"password": "password12"}, "This password is too common."),
        ({"password": ""}, "This field is required."),
        ({"name": "x" * 201}, "at most 200 characters"),
    ],
)
def test_bad_forms_are_shown_again(cast: Cast, values: dict[str, str], sentence: str) -> None:
    data = invited(cast.owner)
    link = link_of(data)
    answer = accepts(link, **values)
    assert (answer.status_code, sentence in answer.content.decode()) == (400, True)
    assert people_of(data["email"]) == []
    assert accepts(link).status_code == 303


def test_no_other_link_opens_anything(cast: Cast) -> None:
    data = invited(cast.owner)
    replaced = link_of(data)
    link = link_of(data)
    taken_back, late = invited(cast.owner), link_of(invited(cast.owner))
    revoked = link_of(taken_back)
    assert cast.owner.post(f"{TEAM}{taken_back['id']}/revoke/").status_code == 200
    for wrong in (replaced, revoked, f"{link[:-4]}aaa/", f"{PORTAL}invitation/x/", f"{PORTAL}invitation/{'é' * 300}/"):
        assert told(Visitor().get(wrong))[0] == 409, wrong
        assert Visitor().get(f"{wrong}passkey/options/").status_code == 409
        visitor = Visitor()
        answer = visitor.client.post(wrong, {**visitor.hidden(f"{PORTAL}sign-in/"), "name": "", "password": NEW})
        assert told(answer)[0] == 409
    with clock.use(clock.now() + timedelta(days=7, minutes=1)):
        assert told(Visitor().get(late))[0] == 409
    assert as_operator(lambda: User.objects.filter(account=cast.account).count()) == 0
    assert accepts(link).status_code == 303


def test_a_suspended_account_takes_nobody_in(cast: Cast) -> None:
    data = invited(cast.owner)
    link = link_of(data)
    as_operator(lambda: provisioning.suspend_account(cast.account, suspended=True))
    assert Visitor().get(link).status_code == 403
    assert people_of(data["email"]) == []
    as_operator(lambda: provisioning.suspend_account(cast.account, suspended=False))
    assert accepts(link).status_code == 303


def test_the_first_of_two_accounts_that_is_accepted_has_the_address(cast: Cast) -> None:
    email = address()
    first, second = (link_of(invited(caller, email=email)) for caller in (cast.owner, cast.stranger))
    late = Visitor()
    late.get(second)
    hidden = late.hidden(second)
    assert accepts(first).status_code == 303
    assert told(Visitor().get(second)) == (409, f"{IN_USE} Ask to be invited with a different address.")
    assert told(late.client.post(second, {**hidden, "name": "", "password": NEW})) == (
        409,
        f"{IN_USE} Ask to be invited with a different address.",
    )
    assert [person.account_id for person in people_of(email)] == [cast.account.id]
    assert [row["status"] for row in cast.stranger.get(TEAM).json()["results"]] == ["pending"], "and B is not told"


def ready(link: str) -> Callable[[], Any]:
    """Somebody with the form filled in."""
    visitor = Visitor()
    hidden = visitor.hidden(link)
    return lambda: visitor.client.post(link, {**hidden, "name": "Racer", "password": NEW})


def test_one_of_six_answers_at_once_is_taken(cast: Cast) -> None:
    for _ in range(5):
        data = invited(cast.owner)
        link = link_of(data)
        answers = at_once([ready(link) for _ in range(6)])
        assert sorted(answer.status_code for answer in answers) == [303] + [409] * 5
        assert len(people_of(data["email"])) == 1
        assert [kind for kind, *_ in facts_of(data["id"])] == [
            "invitation.created",
            "user.created",
            "invitation.accepted",
            "user.signed_in",
        ]


def test_two_accounts_at_once_make_one_person(cast: Cast) -> None:
    for _ in range(5):
        email = address()
        links = [link_of(invited(caller, email=email)) for caller in (cast.owner, cast.stranger)]
        answers = at_once([ready(link) for link in links for _ in range(2)])
        assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
        assert len(people_of(email)) == 1
        rows = Invitation.objects.filter(email_normalised=email)
        assert sorted(as_operator(lambda rows=rows: [row.outcome for row in rows])) == ["", "accepted"]


def test_a_revocation_beside_an_answer_leaves_one_of_both(cast: Cast) -> None:
    for _ in range(8):
        data = invited(cast.owner)
        link = link_of(data)
        answers = at_once([ready(link), lambda: cast.owner.post(f"{TEAM}{data['id']}/revoke/")])  # noqa: B023
        assert sorted(answer.status_code for answer in answers) in ([200, 409], [303, 409])
        entered = 303 in [answer.status_code for answer in answers]
        assert len(people_of(data["email"])) == entered


def test_guessing_links_is_slowed_down(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    link = link_of(invited(cast.owner))
    monkeypatch.setattr(settings, "THROTTLE_ON", True)
    rates = {"login_address": Rate(hits=2, seconds=3600)}
    monkeypatch.setattr(settings, "THROTTLES", {**settings.THROTTLES, **rates})
    as_operator(lambda: connection.cursor().execute("DELETE FROM http_throttlecounter"))
    statuses = [accepts(link, password="short").status_code for _ in range(3)]
    assert statuses == [400, 400, 429]


def test_a_form_without_its_token_does_nothing(cast: Cast) -> None:
    data = invited(cast.owner)
    link = link_of(data)
    assert Visitor().client.post(link, {"name": "", "password": NEW}).status_code == 403
    assert people_of(data["email"]) == []


def test_an_owner_invites_on_the_teams_page(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    email = address()
    answer = visitor.submit(TEAM_PAGE, {"email": email, "name": "", "role": "viewer"})
    assert (answer.status_code, answer["Location"]) == (303, TEAM_PAGE)
    page = visitor.get(TEAM_PAGE).content.decode()
    assert "The invitation is on its way." in page
    assert email in page
    (data,) = cast.owner.get(TEAM).json()["results"]
    assert (data["email"], data["role"], data["status"]) == (email, "viewer", "pending")
    again = visitor.submit(TEAM_PAGE, {"email": email, "name": "", "role": "viewer"})
    assert (again.status_code, "has an open invitation" in again.content.decode()) == (400, True)
    for step in ("resend", "revoke"):
        done = visitor.submit(f"{TEAM_PAGE}invitations/{data['id']}/{step}/", {}, page=TEAM_PAGE)
        assert (done.status_code, done["Location"]) == (303, TEAM_PAGE)
    assert [kind for kind, *_ in facts_of(data["id"])] == [
        "invitation.created",
        "invitation.sent_again",
        "invitation.revoked",
    ]
    assert email not in visitor.get(TEAM_PAGE).content.decode()


def test_an_address_that_grows_too_long_is_refused(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    email = "a@" + ("İ" * 60 + ".") * 3 + "example"
    refused = visitor.submit(TEAM_PAGE, {"email": email, "name": "", "role": "viewer"})
    assert (refused.status_code, "This address is too long." in refused.content.decode()) == (400, True)
    assert cast.owner.get(TEAM).json()["count"] == 0


def test_the_page_tells_nobody_who_is_known(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    elsewhere = team_member(cast.other, AccountRole.OWNER)
    answers = [
        visitor.submit(TEAM_PAGE, {"email": email, "name": "", "role": "viewer"})
        for email in (elsewhere.email, address())
    ]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, TEAM_PAGE)] * 2
    own = team_member(cast.account, AccountRole.VIEWER)
    refused = visitor.submit(TEAM_PAGE, {"email": own.email, "name": "", "role": "viewer"})
    assert (refused.status_code, "This person can already sign in." in refused.content.decode()) == (400, True)


def test_strangers_and_lesser_roles_touch_no_invitation(cast: Cast) -> None:
    data = invited(cast.owner)
    for account, role, status in ((cast.other, AccountRole.OWNER, 404), (cast.account, AccountRole.ADMIN, 403)):
        visitor, _ = signed_in(account, role)
        for step in ("resend", "revoke"):
            path = f"{TEAM_PAGE}invitations/{data['id']}/{step}/"
            assert visitor.submit(path, {}, page=PORTAL).status_code == status
    assert cast.owner.get(f"{TEAM}{data['id']}/").json()["data"] == data
