"""A code that is no code is a wrong code, wherever one is taken: digits of other scripts, letters, what shows nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from igny8_core.business.platform.domain import totp
from tests.cast import Cast
from tests.portal.visitor import PORTAL, Visitor, signed_in
from tests.staff import PASSWORD

SIGN_IN, SECURITY = f"{PORTAL}sign-in/", f"{PORTAL}security/"
CODES = [
    "１２３４５６",
    "é23456",
    "٠١٢٣٤٥",
    "۱۲۳۴۵۶",
    "१२३४५६",
    "𝟏𝟐𝟑𝟒𝟓𝟔",
    "①②③④⑤⑥",
    "²³¹²³¹",
    "ﬃﬃﬃ",
    "\ud7ff23456",
    "12345\u0660",
]
UNTIDY = ["\u200b\u200d", "12\u202e3456", "1\r\n2"]


type Owner = psycopg.Connection[Any]


def tried(owner: Owner) -> Iterator[str]:
    """Every code; before each, the wrong ones so far are forgotten, for five of them lock the second step."""
    for code in (*CODES, *UNTIDY):
        owner.execute("UPDATE accounts_secondfactor SET wrong_codes = 0, locked_until = NULL")
        yield code


@pytest.fixture
def two_step(cast: Cast, owner_connection: Owner) -> tuple[Visitor, str, str]:
    """Somebody with two-step sign-in: their browser, their address, and the secret of their app."""
    visitor, person = signed_in(cast.account)
    visitor.submit(f"{SECURITY}two-step/begin/", {}, page=SECURITY)
    secret = visitor.get(f"{SECURITY}two-step/").content.decode().split('data-copy="')[1].split('"')[0]
    for code in tried(owner_connection):
        assert visitor.submit(f"{SECURITY}two-step/", {"code": code}).status_code == 400, repr(code)
    code = totp.code_at(secret, totp.step_of(datetime.now(UTC)))
    assert visitor.submit(f"{SECURITY}two-step/", {"code": code}).status_code == 200
    return visitor, person.email, secret


def test_it_is_refused_at_every_place_that_takes_a_code(
    cast: Cast, two_step: tuple[Visitor, str, str], owner_connection: Owner
) -> None:
    visitor, email, secret = two_step
    login = {"email": email, "password": PASSWORD}
    for code in tried(owner_connection):
        answer = cast.anonymous.post("/api/v1/auth/login/", {**login, "code": code})
        expected = (401, "invalid_code") if code in CODES else (400, "validation_error")
        assert (answer.status_code, answer.json()["code"]) == expected, repr(code)
    second = Visitor()
    assert second.submit(SIGN_IN, login)["Location"] == f"{SIGN_IN}code/"
    for code in tried(owner_connection):
        page = second.submit(f"{SIGN_IN}code/", {"code": code})
        assert (page.status_code, 'id="id_code_error"' in page.content.decode()) == (400, True), repr(code)
        owner_connection.execute("UPDATE accounts_secondfactor SET wrong_codes = 0, locked_until = NULL")
        off = visitor.submit(f"{SECURITY}two-step/off/", {"code": code})
        assert (off.status_code, 'id="id_code_error"' in off.content.decode()) == (400, True), repr(code)
    owner_connection.execute("UPDATE accounts_secondfactor SET wrong_codes = 0, locked_until = NULL")
    good = totp.code_at(secret, totp.step_of(datetime.now(UTC)) + 1)
    assert second.submit(f"{SIGN_IN}code/", {"code": good})["Location"] == PORTAL
