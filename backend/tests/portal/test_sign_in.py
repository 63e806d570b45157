"""Sign-in at the portal: password, second step, suspension, forged forms, links to other sites."""

from datetime import UTC, datetime

import pytest
from igny8_core.accounts.models import AccessKey, Account, User
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.domain import totp
from igny8_core.business.platform.services import provisioning
from igny8_core.events.models import Event
from tests.cast import Api, Cast, as_operator
from tests.portal.visitor import PORTAL, Visitor, signed_in
from tests.staff import PASSWORD, operator, team_member

SIGN_IN = f"{PORTAL}sign-in/"


def test_the_start_leads_to_sign_in_and_home(cast: Cast) -> None:
    anonymous = Visitor()
    assert anonymous.get("/")["Location"] == PORTAL
    assert anonymous.get(PORTAL)["Location"] == SIGN_IN
    assert anonymous.get(f"{PORTAL}invoices/")["Location"] == f"{SIGN_IN}?next=/portal/invoices/"
    visitor, person = signed_in(cast.account, AccountRole.VIEWER)
    page = visitor.get(PORTAL)
    assert page.status_code == 200
    assert person.email in page.content.decode()
    assert visitor.get(SIGN_IN).status_code == 303


def test_the_cookie_is_no_bearer_token_and_not_for_scripts(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    cookie = visitor.client.cookies["igny8_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")
    assert Api(cookie.value).get("/api/v1/auth/me/").status_code == 401
    assert Visitor().get("/api/v1/billing/payments/").status_code == 401


def test_staying_signed_in_outlives_the_browser(cast: Cast) -> None:
    person, visitor = team_member(cast.account, AccountRole.OWNER), Visitor()
    answer = visitor.submit(SIGN_IN, {"email": person.email, "password": PASSWORD, "lasting": "on"})
    assert 29 * 86400 < answer.cookies["igny8_session"]["max-age"] <= 30 * 86400


def test_wrong_passwords_and_unknown_people_look_alike(cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.OWNER)
    pages = []
    for email in (person.email, "nobody@people.example"):
        answer = Visitor().submit(SIGN_IN, {"email": email, "password": "wrong"})
        assert answer.status_code == 400
        assert "igny8_session" not in answer.cookies
        pages.append("The e-mail address or the password is wrong." in answer.content.decode())
    assert pages == [True, True]


def test_a_form_without_its_token_does_nothing(cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.OWNER)
    answer = Visitor().client.post(SIGN_IN, {"email": person.email, "password": PASSWORD})
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.content.decode()
    assert "igny8_session" not in answer.cookies


@pytest.mark.parametrize(
    "wish", ["https://evil.example/", "//evil.example", "/portal/\\evil", "/api/docs/", "/portal//x"]
)
def test_sign_in_never_leads_to_another_site(cast: Cast, wish: str) -> None:
    person = team_member(cast.account, AccountRole.OWNER)
    answer = Visitor().submit(SIGN_IN, {"email": person.email, "password": PASSWORD, "next": wish})
    assert answer["Location"] == PORTAL


def test_it_leads_to_the_page_that_was_asked_for(cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.OWNER)
    answer = Visitor().submit(SIGN_IN, {"email": person.email, "password": PASSWORD, "next": "/portal/credits/"})
    assert answer["Location"] == "/portal/credits/"


def test_signing_out_ends_the_session_in_the_database(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    copy = visitor.client.cookies["igny8_session"].value
    assert visitor.submit(f"{PORTAL}sign-out/", {}, page=PORTAL).status_code == 303
    thief = Visitor()
    thief.client.cookies["igny8_session"] = copy
    assert thief.get(PORTAL).status_code == 303
    facts = as_operator(
        lambda: list(
            Event.objects.across_accounts().filter(subject_id=person.id).order_by("seq").values_list("type", flat=True)
        )
    )
    assert facts[-2:] == ["user.signed_in", "user.signed_out"]


def test_suspended_people_and_accounts_are_refused_at_once(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    user = as_operator(lambda: User.objects.get(id=person.id))
    as_operator(lambda: provisioning.suspend_user(user, suspended=True))
    page = visitor.get(PORTAL)
    assert page.status_code == 403
    assert "Your sign-in is suspended" in page.content.decode()
    as_operator(lambda: provisioning.suspend_user(user, suspended=False))
    assert visitor.get(PORTAL).status_code == 200
    account: Account = cast.account
    as_operator(lambda: provisioning.suspend_account(account, suspended=True))
    assert visitor.get(PORTAL).status_code == 403
    answer = Visitor().submit(SIGN_IN, {"email": person.email, "password": PASSWORD})
    assert answer.status_code == 400
    assert "account is suspended" in answer.content.decode()


def test_operators_land_in_their_console() -> None:
    staff, visitor = operator(OperatorRole.ADMIN), Visitor()
    visitor.submit(SIGN_IN, {"email": staff.email, "password": PASSWORD})
    page = visitor.get(PORTAL)
    assert (page.status_code, page["Location"]) == (302, "/admin/")
    assert visitor.get("/admin/").status_code == 200


def test_a_new_password_ends_the_other_sessions(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    other = Visitor()
    other.submit(SIGN_IN, {"email": person.email, "password": PASSWORD})
    wrong = visitor.submit(f"{PORTAL}security/", {"secret_current": "wrong", "secret_new": "a much longer password"})
    assert wrong.status_code == 400
    assert "This is not your password." in wrong.content.decode()
    assert other.get(PORTAL).status_code == 200
    common = visitor.submit(f"{PORTAL}security/", {"secret_current": PASSWORD, "secret_new": "1234567890"})
    assert (common.status_code, "too common" in common.content.decode()) == (400, True)
    changed = visitor.submit(f"{PORTAL}security/", {"secret_current": PASSWORD, "secret_new": "a much longer password"})
    assert changed.status_code == 303
    assert visitor.get(PORTAL).status_code == 200
    assert other.get(PORTAL).status_code == 303
    assert Visitor().submit(SIGN_IN, {"email": person.email, "password": "a much longer password"}).status_code == 303


def test_two_steps(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    assert visitor.submit(f"{PORTAL}security/two-step/begin/", {}, page=f"{PORTAL}security/").status_code == 303
    page = visitor.get(f"{PORTAL}security/two-step/").content.decode()
    secret = page.split('data-copy="')[1].split('"')[0]
    step = totp.step_of(datetime.now(UTC))
    wrong = visitor.submit(f"{PORTAL}security/two-step/", {"code": "000000"})
    assert wrong.status_code == 400
    codes_page = visitor.submit(f"{PORTAL}security/two-step/", {"code": totp.code_at(secret, step)})
    assert codes_page.status_code == 200
    recovery = codes_page.content.decode().split('text-center">')[1].split("<")[0]
    login = {"email": person.email, "password": PASSWORD}

    # The API asks for the code too, and no code works twice.
    bare = cast.anonymous.post("/api/v1/auth/login/", login)
    assert (bare.status_code, bare.json()["code"]) == (401, "second_factor_required")
    used = cast.anonymous.post("/api/v1/auth/login/", {**login, "code": totp.code_at(secret, step)})
    assert (used.status_code, used.json()["code"]) == (401, "invalid_code")
    fresh = cast.anonymous.post("/api/v1/auth/login/", {**login, "code": totp.code_at(secret, step + 1)})
    assert fresh.status_code == 200

    second = Visitor()
    assert second.submit(SIGN_IN, login)["Location"] == f"{SIGN_IN}code/"
    assert second.get(PORTAL)["Location"] == SIGN_IN
    refused = second.submit(f"{SIGN_IN}code/", {"code": "000000"})
    assert (refused.status_code, "wrong or has already been used" in refused.content.decode()) == (400, True)
    assert second.submit(f"{SIGN_IN}code/", {"code": recovery})["Location"] == PORTAL
    assert second.get(PORTAL).status_code == 200
    third = Visitor()
    third.submit(SIGN_IN, login)
    assert third.submit(f"{SIGN_IN}code/", {"code": recovery}).status_code == 400
    assert Visitor().get(f"{SIGN_IN}code/")["Location"] == SIGN_IN


def test_sessions_are_stored_hashed(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    plain = visitor.client.cookies["igny8_session"].value
    (key,) = as_operator(lambda: list(AccessKey.objects.filter(user_id=person.id, kind="session")))
    assert plain.startswith(key.prefix)
    assert plain.encode() not in bytes(key.secret_hash)
