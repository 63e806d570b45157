"""Tokens beside what ends them: after the revoking answer nothing older works, in any of two hundred rounds."""

import threading
from typing import Any

import pytest
from igny8_core.accounts.roles import AccountRole, OperatorRole
from tests.cast import Api, Cast
from tests.races.credentials import (
    AUTH,
    ROUNDS,
    facts_since,
    is_alive,
    refresh,
    set_password,
    side_by_side,
    sign_in,
    survivors,
    taken,
    tokens_of,
)
from tests.staff import PASSWORD, operator, team_member

pytestmark = pytest.mark.slow


def test_a_refresh_beside_a_sign_out(cast: Cast) -> None:
    person = team_member(cast.account, AccountRole.MEMBER)

    def one_round(number: int) -> bool:
        tokens = tokens_of(person.email, PASSWORD)
        leaver = Api(tokens["access_token"])
        renewed, left = side_by_side(lambda: refresh(tokens), lambda: leaver.post(f"{AUTH}logout/"))
        assert (renewed.status_code in (200, 401), left.status_code) == (True, 200), (renewed.content, left.content)
        return is_alive(renewed)

    assert survivors(one_round, rounds=ROUNDS) == 0
    # A thief who comes after the sign-out is no second use: the family was ended already.
    assert "token.reused" not in facts_since(cast.account, 0)


def test_a_thief_who_refreshes_beside_a_new_password(cast: Cast) -> None:
    person, admin = team_member(cast.account, AccountRole.MEMBER), operator(OperatorRole.ADMIN)

    def one_round(number: int) -> bool:
        tokens, answered, newest = tokens_of(person.email, _password(number)), threading.Event(), list[Any]()

        def steal() -> None:
            pair = tokens
            while not answered.is_set():
                answer = refresh(pair)
                if answer.status_code != 200:
                    return
                newest.append(answer)
                pair = answer.json()["data"]

        def change() -> None:
            try:
                assert taken(admin.api, person.id).status_code == 200
            finally:
                answered.set()

        side_by_side(steal, change)
        set_password(person.id, _password(number + 1))
        return any(is_alive(answer) for answer in newest[-1:])

    assert survivors(one_round, rounds=ROUNDS) == 0


def test_the_old_password_beside_a_new_one(cast: Cast) -> None:
    person, admin = team_member(cast.account, AccountRole.MEMBER), operator(OperatorRole.ADMIN)

    def one_round(number: int) -> bool:
        entered, changed = side_by_side(
            lambda: sign_in(person.email, _password(number)), lambda: taken(admin.api, person.id)
        )
        set_password(person.id, _password(number + 1))
        assert changed.status_code == 200
        assert entered.status_code in (200, 401), entered.content
        return is_alive(entered)

    assert survivors(one_round, rounds=ROUNDS) == 0


def _password(number: int) -> str:
    return PASSWORD if number == 0 else f"{PASSWORD} {number}"
