"""Half a sign-in stands for one password and one second factor, and a ceremony of a passkey for those it began with."""

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from igny8_core.accounts.models import AccessKey, Passkey, User
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.services import provisioning
from igny8_core.portal.views.signing_in import HALFWAY_COOKIE, HALFWAY_SALT
from tests.cast import Cast, as_operator
from tests.portal.authenticator import Authenticator
from tests.portal.visitor import PORTAL, Visitor
from tests.second_steps import code_now, factor_of, switch_on
from tests.staff import PASSWORD, Person, operator, team_member

SIGN_IN, CODE, SECURITY = f"{PORTAL}sign-in/", f"{PORTAL}sign-in/code/", f"{PORTAL}security/"
PASSKEYS, FINISH = f"{SECURITY}passkeys/", f"{SIGN_IN}passkey/"
NEW = "an entirely new password"


@pytest.fixture
def person(cast: Cast) -> Person:
    """An owner without a second factor yet."""
    return team_member(cast.account, AccountRole.OWNER)


def half_way(person: Person) -> Visitor:
    """A browser whose password was right, and which is asked for a code."""
    visitor = Visitor()
    answer = visitor.submit(SIGN_IN, {"email": person.email, "password": PASSWORD})
    assert answer["Location"] == CODE
    return visitor


def all_the_way(person: Person) -> Visitor:
    """A browser with a session, of somebody without a second factor."""
    visitor = Visitor()
    assert visitor.submit(SIGN_IN, {"email": person.email, "password": PASSWORD})["Location"] == PORTAL
    return visitor


def sessions_of(person: Person) -> int:
    count: int = as_operator(lambda: AccessKey.objects.filter(user_id=person.id, kind="session").count())
    return count


def new_password(person: Person) -> None:
    answer = operator(OperatorRole.ADMIN).api.post(f"/api/v1/admin/users/{person.id}/reset-password/")
    assert answer.status_code == 200


def is_dead(visitor: Visitor, code: str, person: Person) -> bool:
    """The cookie leads back to the password, is taken away, and has opened nothing."""
    before = sessions_of(person)
    answer = visitor.submit(CODE, {"code": code})
    assert (answer.status_code, answer["Location"], sessions_of(person)) == (303, SIGN_IN, before)
    assert answer.cookies[HALFWAY_COOKIE].value == ""
    page = visitor.get(SIGN_IN).content.decode()
    return "Please sign in again." in page and "igny8_session" not in visitor.client.cookies


def test_a_new_password_ends_it(person: Person) -> None:
    secret, codes = switch_on(person)
    first, second = half_way(person), half_way(person)
    new_password(person)
    assert is_dead(first, codes[0], person)
    assert is_dead(second, code_now(secret), person)
    factor = factor_of(person)
    assert factor is not None
    assert (len(factor.recovery_hashes), factor.last_step, factor.wrong_codes) == (8, 0, 0), "no code was looked at"


@pytest.mark.parametrize("also_the_password", [True, False])
def test_two_steps_off_make_no_session_of_it(person: Person, also_the_password: bool) -> None:
    own = all_the_way(person)
    _, codes = switch_on(person)
    thieves = [half_way(person) for _ in range(3)]
    assert own.submit(f"{SECURITY}two-step/off/", {"code": codes[0]})["Location"] == SECURITY
    if also_the_password:
        new_password(person)
    for thief, code in zip(thieves, ("000000", "", codes[1]), strict=True):
        if code:
            assert is_dead(thief, code, person)
        else:
            assert thief.submit(CODE, {"code": code}).status_code == 400
    assert sessions_of(person) == 1


def test_another_second_factor_ends_it(person: Person) -> None:
    switch_on(person)
    visitor = half_way(person)
    secret, codes = switch_on(person)
    assert is_dead(visitor, code_now(secret), person)
    assert half_way(person).submit(CODE, {"code": codes[0]})["Location"] == PORTAL


def test_suspended_meanwhile_opens_nothing(cast: Cast, person: Person) -> None:
    user = as_operator(lambda: User.objects.get(id=person.id))
    for suspend, sentence in (
        (lambda on: provisioning.suspend_user(user, suspended=on), "Your sign-in is suspended"),
        (lambda on: provisioning.suspend_account(cast.account, suspended=on), "account is suspended"),
    ):
        _, codes = switch_on(person)
        visitor = half_way(person)
        as_operator(lambda change=suspend: change(True))
        answer = visitor.submit(CODE, {"code": codes[0]})
        assert (answer.status_code, sentence in answer.content.decode()) == (400, True)
        as_operator(lambda change=suspend: change(False))
    assert sessions_of(person) == 0


def test_what_it_carries_is_signed_and_no_secret(person: Person) -> None:
    secret, codes = switch_on(person)
    visitor = half_way(person)
    text = visitor.client.cookies[HALFWAY_COOKIE].value
    document = signing.loads(text, salt=HALFWAY_SALT, max_age=timedelta(minutes=5))
    assert sorted(document) == ["account", "lasting", "mark", "next", "user"]
    assert re.fullmatch("[0-9a-f]{32}", document["mark"])
    for forged in ({**document, "mark": "0" * 32}, {**document, "mark": ""}):
        visitor.client.cookies[HALFWAY_COOKIE] = signing.dumps(forged, salt=HALFWAY_SALT)
        assert is_dead(visitor, codes[0], person)
        visitor.client.cookies[HALFWAY_COOKIE] = text
    assert visitor.submit(CODE, {"code": code_now(secret)})["Location"] == PORTAL


def begun(visitor: Visitor) -> Any:
    """The options of a passkey that somebody adds who has just signed in."""
    page = visitor.submit(PASSKEYS, {"name": "Mine"}).content.decode()
    found = re.search(r'data-options="([^"]+)"', page)
    assert found is not None, page
    return json.loads(html.unescape(found[1]))


def kept(visitor: Visitor, credential: str) -> Any:
    return visitor.submit(f"{PASSKEYS}new/", {"name": "Mine", "credential": credential}, page=PASSKEYS)


def own_new_password(visitor: Visitor, person: Person) -> None:
    assert visitor.submit(SECURITY, {"secret_current": PASSWORD, "secret_new": NEW}).status_code == 303


def second_step_on(visitor: Visitor, person: Person) -> None:
    secret, _ = switch_on(person, confirmed=False)
    assert visitor.submit(f"{SECURITY}two-step/", {"code": code_now(secret)}).status_code == 200


def second_step_off(visitor: Visitor, person: Person) -> None:
    _, codes = switch_on(person)
    assert visitor.submit(f"{SECURITY}two-step/off/", {"code": codes[0]}).status_code == 303


CHANGES = [own_new_password, second_step_on, second_step_off]


@pytest.mark.parametrize("change", CHANGES)
def test_a_passkey_that_is_being_added_dies_with_what_it_was_begun_on(
    person: Person, change: Callable[[Visitor, Person], None]
) -> None:
    visitor = all_the_way(person)
    if change is second_step_off:
        switch_on(person)
    credential = Authenticator().make(begun(visitor))
    change(visitor, person)
    answer = kept(visitor, credential)
    assert (answer.status_code, "This passkey was not accepted." in answer.content.decode()) == (400, True)
    assert as_operator(lambda: Passkey.objects.filter(user_id=person.id).count()) == 0
    assert visitor.get(PORTAL).status_code == 200, "the session that changed it stays"


@pytest.mark.parametrize("change", CHANGES)
def test_a_sign_in_by_passkey_dies_with_what_it_was_begun_on(
    person: Person, change: Callable[[Visitor, Person], None]
) -> None:
    visitor, device = all_the_way(person), Authenticator()
    assert kept(visitor, device.make(begun(visitor))).status_code == 303
    before, after = Visitor(), Visitor()
    proof = device.prove(before.get(f"{FINISH}options/").json())
    change(visitor, person)
    assert before.submit(FINISH, {"credential": proof}, page=SIGN_IN).status_code == 400
    assert "igny8_session" not in before.client.cookies
    proof = device.prove(after.get(f"{FINISH}options/").json())
    assert after.submit(FINISH, {"credential": proof}, page=SIGN_IN)["Location"] == PORTAL


def test_a_second_factor_that_a_thief_has_begun_is_begun_anew(person: Person) -> None:
    thief = all_the_way(person)
    assert thief.submit(f"{SECURITY}two-step/begin/", {}, page=SECURITY).status_code == 303
    seen = thief.get(f"{SECURITY}two-step/").content.decode().split('data-copy="')[1].split('"')[0]
    own = all_the_way(person)
    own_new_password(own, person)
    assert factor_of(person) is None
    assert own.submit(f"{SECURITY}two-step/begin/", {}, page=SECURITY).status_code == 303
    assert seen not in own.get(f"{SECURITY}two-step/").content.decode()


def test_signing_out_of_the_portal_ends_an_operators_session_too() -> None:
    staff, visitor = operator(OperatorRole.SUPPORT), Visitor()
    visitor.submit(SIGN_IN, {"email": staff.email, "password": PASSWORD})
    copy = visitor.client.cookies["igny8_session"].value
    hidden = visitor.hidden("/admin/security/")
    assert visitor.client.post(f"{PORTAL}sign-out/", hidden).status_code == 303
    thief = Visitor()
    thief.client.cookies["igny8_session"] = copy
    assert thief.get("/admin/").status_code == 302
