"""Sessions of browsers beside what ends them, and what is half begun beside what makes it worthless."""

import html
import json
import re
from typing import Any
from uuid import UUID

import pytest
from igny8_core.accounts.models import Passkey
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.services import credentials, provisioning
from igny8_core.events import unit_of_work
from tests.cast import Cast, as_operator
from tests.portal.authenticator import Authenticator
from tests.portal.visitor import PORTAL
from tests.races.credentials import (
    USERS,
    Browser,
    happened_after,
    is_alive,
    newest_fact,
    set_password,
    side_by_side,
    sign_in,
    survivors,
    taken,
)
from tests.races.test_manual_payment_races import at_once
from tests.second_steps import code_now, switch_on
from tests.staff import PASSWORD, Person, operator, team_member

pytestmark = pytest.mark.slow
SIGN_IN, SECURITY = f"{PORTAL}sign-in/", f"{PORTAL}security/"
PASSKEYS, FINISH = f"{SECURITY}passkeys/", f"{SIGN_IN}passkey/"


def password(number: int) -> str:
    return PASSWORD if number == 0 else f"{PASSWORD} {number}"


def enters(browser: Browser, person: Person, secret: str) -> Any:
    return browser.send(SIGN_IN, email=person.email, password=secret)


def link_of(person: Person, scope: Scope) -> str:
    """The address in the mail that sets a new password."""
    with unit_of_work.read(scope):
        link = credentials.reset_link(user_id=UUID(person.id))
    assert link is not None
    return f"{PORTAL}password/{link.token}/"


def begun(browser: Browser) -> Any:
    """The options of a passkey that somebody adds who has just signed in."""
    page = browser.send(PASSKEYS, name="Mine").content.decode()
    found = re.search(r'data-options="([^"]+)"', page)
    assert found is not None, page
    return json.loads(html.unescape(found[1]))


def keep_only(person: Person, device: Authenticator) -> None:
    others = Passkey.objects.filter(user_id=person.id).exclude(credential_id=device.credential_id)
    as_operator(lambda: others.delete())


@pytest.fixture
def person(cast: Cast) -> Person:
    return team_member(cast.account, AccountRole.OWNER)


def test_a_sign_in_beside_ones_own_new_password(cast: Cast, person: Person) -> None:
    own = Browser()
    assert enters(own, person, PASSWORD).status_code == 303

    def one_round(number: int) -> bool:
        other = Browser()
        form = {"secret_current": password(number), "secret_new": password(number + 1)}
        entered, changed = side_by_side(
            lambda: enters(other, person, password(number)), lambda: own.send(SECURITY, **form)
        )
        assert (changed.status_code, entered.status_code in (303, 400), own.is_in) == (303, True, True)
        return other.is_in

    assert survivors(one_round) == 0


def test_a_sign_in_beside_a_mailed_link(cast: Cast, person: Person) -> None:
    def one_round(number: int) -> bool:
        link, browser = link_of(person, Scope.tenant(cast.account.id)), Browser()
        entered, changed = side_by_side(
            lambda: enters(browser, person, password(number)),
            lambda: Browser().send(link, password=password(number + 1)),
        )
        assert (changed.status_code, entered.status_code in (303, 400)) == (303, True)
        return browser.is_in

    assert survivors(one_round) == 0


def test_a_mailed_link_works_once(cast: Cast, person: Person) -> None:
    def one_round(number: int) -> bool:
        link = link_of(person, Scope.tenant(cast.account.id))
        answers = at_once(6, lambda index: Browser().send(link, password=f"{password(number)} try {index}"))
        set_by = [index for index, answer in enumerate(answers) if answer.status_code == 303]
        opens = sign_in(person.email, f"{password(number)} try {set_by[-1]}").status_code == 200
        return len(set_by) > 1 or not opens

    assert survivors(one_round) == 0


def test_a_sign_in_beside_a_suspension(cast: Cast, person: Person) -> None:
    team_member(cast.account, AccountRole.OWNER)
    admin = operator(OperatorRole.ADMIN)

    def change(status: str) -> Any:
        answer = admin.api.call("PATCH", f"{USERS}{person.id}/", {"status": status})
        assert answer.status_code == 200
        return answer

    def one_round(number: int) -> bool:
        before = newest_fact(cast.account)
        entered, _ = side_by_side(lambda: sign_in(person.email, PASSWORD), lambda: change("suspended"))
        late = is_alive(entered) or happened_after(cast.account, before, what="user.signed_in", ending="user.suspended")
        change("active")
        return late

    assert survivors(one_round) == 0


def test_a_sign_in_beside_the_suspension_of_its_account(cast: Cast, person: Person) -> None:
    def suspend(*, suspended: bool) -> None:
        as_operator(lambda: provisioning.suspend_account(cast.account, suspended=suspended))

    def one_round(number: int) -> bool:
        browser = Browser()
        entered, _, _ = side_by_side(
            lambda: sign_in(person.email, PASSWORD),
            lambda: suspend(suspended=True),
            lambda: enters(browser, person, PASSWORD),
        )
        late = is_alive(entered) or browser.is_in
        suspend(suspended=False)
        return late

    assert survivors(one_round) == 0


def test_a_password_alone_beside_switching_two_steps_on(cast: Cast, person: Person) -> None:
    own = Browser()
    assert enters(own, person, PASSWORD).status_code == 303

    def one_round(number: int) -> bool:
        secret, _ = switch_on(person, confirmed=False)
        before, browser = newest_fact(cast.account), Browser()
        alone, _, switched = side_by_side(
            lambda: sign_in(person.email, PASSWORD),
            lambda: enters(browser, person, PASSWORD),
            lambda: own.send(f"{SECURITY}two-step/", code=code_now(secret)),
        )
        assert (alone.status_code in (200, 401), switched.status_code) == (True, 200)
        return happened_after(cast.account, before, what="user.signed_in", ending="user.second_factor_enabled")

    assert survivors(one_round) == 0


def test_half_a_sign_in_beside_switching_two_steps_off(cast: Cast, person: Person) -> None:
    own = Browser()
    assert enters(own, person, PASSWORD).status_code == 303

    def one_round(number: int) -> bool:
        _, codes = switch_on(person)
        thief = Browser()
        assert enters(thief, person, PASSWORD)["Location"] == f"{SIGN_IN}code/"
        guessed, off = side_by_side(
            lambda: thief.send(f"{SIGN_IN}code/", code="000000"),
            lambda: own.send(f"{SECURITY}two-step/off/", code=codes[0]),
        )
        again = thief.send(f"{SIGN_IN}code/", code="000000")
        assert (off.status_code, guessed.status_code in (303, 400)) == (303, True)
        assert again["Location"] == SIGN_IN
        return thief.is_in

    assert survivors(one_round) == 0


def test_half_a_sign_in_beside_a_new_password(cast: Cast, person: Person) -> None:
    own = Browser()
    assert enters(own, person, PASSWORD).status_code == 303

    def one_round(number: int) -> bool:
        _, codes = switch_on(person)
        thief = Browser()
        assert enters(thief, person, password(number))["Location"] == f"{SIGN_IN}code/"
        form = {"secret_current": password(number), "secret_new": password(number + 1)}
        _, changed = side_by_side(
            lambda: thief.send(f"{SIGN_IN}code/", code=codes[0]), lambda: own.send(SECURITY, **form)
        )
        assert changed.status_code == 303
        return thief.is_in

    assert survivors(one_round) == 0


def test_passkeys_in_flight_beside_a_new_password(cast: Cast, person: Person) -> None:
    """One is being added in the thief's session, and another signs in by a challenge of before."""
    admin, device = operator(OperatorRole.ADMIN), Authenticator()
    setting = Browser()
    assert enters(setting, person, PASSWORD).status_code == 303
    credential = device.make(begun(setting))
    assert setting.send(f"{PASSKEYS}new/", name="Mine", credential=credential).status_code == 303

    def one_round(number: int) -> bool:
        thief, guest, extra = Browser(), Browser(), Authenticator()
        assert enters(thief, person, password(number)).status_code == 303
        credential = extra.make(begun(thief))
        proof = device.prove(guest.client.get(f"{FINISH}options/").json())
        before = newest_fact(cast.account)
        _, _, changed = side_by_side(
            lambda: thief.send(f"{PASSKEYS}new/", name="Mine", credential=credential),
            lambda: guest.send(FINISH, credential=proof),
            lambda: taken(admin.api, person.id),
        )
        set_password(person.id, password(number + 1))
        assert changed.status_code == 200
        late = happened_after(cast.account, before, what="user.passkey_added", ending="user.password_taken")
        keep_only(person, device)
        return late or thief.is_in or guest.is_in

    assert survivors(one_round) == 0
