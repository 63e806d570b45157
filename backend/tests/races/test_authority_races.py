"""Somebody who gives others a way in while their own right to do so is taken away: nothing comes of it afterwards."""

from typing import Any

import pytest
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.business.platform.services import provisioning
from tests.cast import Api, Cast, as_operator
from tests.races.credentials import (
    USERS,
    Browser,
    facts_since,
    happened_after,
    newest_fact,
    set_password,
    side_by_side,
    survivors,
    taken,
)
from tests.second_admins import confirmed
from tests.staff import PASSWORD, address, operator, team_member

pytestmark = pytest.mark.slow
TEAM, KEYS, STAFF_KEYS = "/api/v1/account/users/", "/api/v1/account/api-keys/", "/api/v1/admin/api-keys/"
NEW_KEY = {"name": "lasting", "role": "owner"}


def changed(caller: Api, path: str, **changes: Any) -> None:
    answer = caller.call("PATCH", path, changes)
    assert answer.status_code == 200, answer.content


def test_an_owner_who_is_lowered_issues_no_key(cast: Cast) -> None:
    _, person = (team_member(cast.account, AccountRole.OWNER) for _ in range(2))

    def one_round(number: int) -> bool:
        before = newest_fact(cast.account)
        issued, _ = side_by_side(
            lambda: person.api.post(KEYS, NEW_KEY),
            lambda: changed(cast.admin, f"{USERS}{person.id}/", role="viewer"),
        )
        assert issued.status_code in (201, 403)
        late = happened_after(cast.account, before, what="api_key.issued", ending="user.updated")
        changed(cast.admin, f"{USERS}{person.id}/", role="owner")
        return late

    assert survivors(one_round) == 0


def test_an_owner_who_is_signed_out_everywhere_invites_nobody(cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.OWNER)

    def one_round(number: int) -> bool:
        thief = Browser()
        assert thief.send("/portal/sign-in/", email=person.email, password=_password(number)).status_code == 303
        before = newest_fact(cast.account)
        form = {"name": "Mole", "email": address(), "role": "owner"}
        side_by_side(
            lambda: thief.send("/portal/team/", **form),
            lambda: taken(cast.admin, person.id),
        )
        set_password(person.id, _password(number + 1))
        return happened_after(cast.account, before, what="invitation.created", ending="user.password_taken")

    assert survivors(one_round) == 0


def test_a_key_that_is_revoked_issues_no_other(cast: Cast) -> None:
    def one_round(number: int) -> bool:
        issued = as_operator(
            lambda: provisioning.issue_account_key(account=cast.account, role=AccountRole.OWNER, name="leaked")
        )
        leaked, before = Api(issued.secret), newest_fact(cast.account)
        made, revoked = side_by_side(
            lambda: leaked.post(KEYS, NEW_KEY), lambda: cast.owner.post(f"{KEYS}{issued.key.id}/revoke/")
        )
        assert (made.status_code in (201, 401), revoked.status_code) == (True, 200)
        return happened_after(cast.account, before, what="api_key.issued", ending="api_key.revoked")

    assert survivors(one_round) == 0


def test_a_key_of_an_operator_that_is_revoked_issues_no_other(cast: Cast) -> None:
    def one_round(number: int) -> bool:
        staff = operator(OperatorRole.ADMIN)
        (key,) = staff.api.get(f"{STAFF_KEYS}?user_id={staff.id}").json()["results"]
        before = newest_fact(None)
        made, revoked = side_by_side(
            lambda: staff.api.post(STAFF_KEYS, {"user_id": staff.id, "name": "lasting"}),
            lambda: cast.admin.post(f"{STAFF_KEYS}{key['id']}/revoke/"),
        )
        assert (made.status_code in (201, 401), revoked.status_code) == (True, 200)
        return happened_after(None, before, what="api_key.issued", ending="api_key.revoked")

    assert survivors(one_round) == 0


def test_an_operator_who_is_suspended_raises_nobody_in_the_console(cast: Cast) -> None:
    staff, mole, console, raised = operator(OperatorRole.ADMIN), operator(OperatorRole.SUPPORT), Browser(), list[int]()
    assert console.send("/portal/sign-in/", email=staff.email, password=PASSWORD).status_code == 303

    def one_round(number: int) -> bool:
        before = newest_fact(None)
        form = {"name": f"Mole {number}", "role": ("admin", "finance")[number % 2], "status": "active"}
        side_by_side(
            lambda: console.send(f"/admin/accounts/user/{mole.id}/change/", **form),
            lambda: changed(cast.admin, f"{USERS}{staff.id}/", status="suspended"),
        )
        raised.append(facts_since(None, before).count("user.updated"))
        late = happened_after(None, before, what="user.updated", ending="user.suspended")
        confirmed(cast.admin.call("PATCH", f"{USERS}{staff.id}/", {"status": "active"}))
        return late

    assert survivors(one_round) == 0
    assert sum(raised) > 0, "the form never worked"


def _password(number: int) -> str:
    return PASSWORD if number == 0 else f"{PASSWORD} {number}"
