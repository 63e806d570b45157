"""Passkeys: added by who knows the password, signed in with, and every way an answer can be wrong."""

import html
import json
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from igny8_core.accounts.models import Account, Passkey, User
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.platform.domain import totp
from igny8_core.business.platform.services import provisioning
from igny8_core.events.models import Event
from igny8_core.http.rates import Rate
from igny8_core.kit import clock
from tests.cast import Cast, as_operator
from tests.portal.authenticator import Authenticator, text
from tests.portal.visitor import PORTAL, Visitor, signed_in
from tests.staff import PASSWORD, Person

SIGN_IN, PASSKEYS = f"{PORTAL}sign-in/", f"{PORTAL}security/passkeys/"
FINISH = f"{SIGN_IN}passkey/"
REFUSED = "This passkey was not accepted."


def begun(visitor: Visitor, *, name: str = "My laptop") -> dict[str, Any]:
    """The options a browser makes a passkey with."""
    page = visitor.submit(PASSKEYS, {"name": name})
    assert page.status_code == 200, page.content
    found = re.search(r'data-options="([^"]+)"', page.content.decode())
    assert found is not None
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def kept(visitor: Visitor, credential: str, *, name: str = "My laptop") -> Any:
    return visitor.submit(f"{PASSKEYS}new/", {"name": name, "credential": credential}, page=PASSKEYS)


def with_passkey(visitor: Visitor, device: Authenticator) -> None:
    answer = kept(visitor, device.make(begun(visitor)))
    assert (answer.status_code, answer["Location"]) == (303, PASSKEYS), answer.content


def asked(visitor: Visitor) -> dict[str, Any]:
    options: dict[str, Any] = visitor.get(f"{FINISH}options/").json()
    return options


def proven(visitor: Visitor, credential: str, **values: str) -> Any:
    return visitor.submit(FINISH, {"credential": credential, **values}, page=SIGN_IN)


def enters(device: Authenticator, visitor: Visitor | None = None) -> Any:
    visitor = visitor or Visitor()
    return proven(visitor, device.prove(asked(visitor)))


def is_refused(answer: Any) -> bool:
    return (answer.status_code, REFUSED in answer.content.decode()) == (400, True) and (
        "igny8_session" not in answer.cookies
    )


def keys_of(person: Person) -> list[Passkey]:
    return as_operator(lambda: list(Passkey.objects.filter(user_id=person.id).order_by("id")))  # type: ignore[no-any-return]


def facts_of(person: Person) -> list[str]:
    facts: list[str] = as_operator(
        lambda: list(
            Event.objects.across_accounts().filter(subject_id=person.id).order_by("seq").values_list("type", flat=True)
        )
    )
    return facts


def test_a_passkey_is_added_listed_used_and_removed(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    device = Authenticator()
    with_passkey(visitor, device)
    (key,) = keys_of(person)
    assert (key.name, key.sign_count, key.transports, key.account_id) == (
        "My laptop",
        0,
        ["internal", "hybrid"],
        cast.account.id,
    )
    page = visitor.get(f"{PORTAL}security/").content.decode()
    assert ("My laptop" in page, "never used" in page) == (True, True)

    browser = Visitor()
    answer = proven(browser, device.prove(asked(browser)), next="/portal/credits/", lasting="on")
    assert (answer.status_code, answer["Location"]) == (303, "/portal/credits/")
    assert answer.cookies["igny8_session"]["max-age"] > 29 * 86400
    assert person.email in browser.get(PORTAL).content.decode()
    (used,) = keys_of(person)
    assert (used.sign_count, used.last_used_at is not None) == (1, True)

    answer = visitor.submit(f"{PASSKEYS}{key.id}/remove/", {}, page=PASSKEYS)
    assert (answer.status_code, answer["Location"]) == (303, PASSKEYS)
    assert keys_of(person) == []
    assert is_refused(enters(device))
    expected = ["user.passkey_added", "user.signed_in", "user.passkey_removed"]
    assert [fact for fact in facts_of(person) if "passkey" in fact or fact == "user.signed_in"][-3:] == expected


def test_it_counts_as_both_factors(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    device = Authenticator()
    with_passkey(visitor, device)
    visitor.submit(f"{PORTAL}security/two-step/begin/", {}, page=f"{PORTAL}security/")
    secret = visitor.get(f"{PORTAL}security/two-step/").content.decode().split('data-copy="')[1].split('"')[0]
    code = totp.code_at(secret, totp.step_of(datetime.now(UTC)))
    assert visitor.submit(f"{PORTAL}security/two-step/", {"code": code}).status_code == 200
    assert Visitor().submit(SIGN_IN, {"email": person.email, "password": PASSWORD})["Location"] == f"{SIGN_IN}code/"
    assert enters(device)["Location"] == PORTAL


def test_adding_asks_who_is_there(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    device = Authenticator()
    options = begun(visitor)
    with clock.use(clock.now() + timedelta(minutes=11)):
        page = visitor.get(PASSKEYS).content.decode()
        assert ('name="name"' in page, f'href="{PORTAL}security/confirm/?next={PASSKEYS}"' in page) == (False, True)
        for answer in (visitor.submit(PASSKEYS, {"name": "Mine"}), kept(visitor, device.make(options))):
            assert (answer.status_code, answer["Location"].split("?")[0]) == (303, f"{PORTAL}security/confirm/")
    assert keys_of(person) == []
    assert visitor.submit(PASSKEYS, {"name": ""}).status_code == 400
    assert visitor.submit(PASSKEYS, {"name": "x" * 61}).status_code == 400
    # The challenge of a sign-in, which anybody gets, makes no passkey.
    options = {**asked(visitor), "user": {"id": text(b"somebody")}}
    assert is_refused(kept(visitor, Authenticator().make(options)))
    assert keys_of(person) == []


def test_a_challenge_is_of_one_session_and_one_ceremony(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    other, other_person = signed_in(cast.account)
    device = Authenticator()
    credential = device.make(begun(visitor))
    other.client.cookies["igny8_passkey"] = visitor.client.cookies["igny8_passkey"].value
    assert is_refused(kept(other, credential))
    assert is_refused(kept(visitor, credential, name="Another name"))
    assert is_refused(kept(visitor, credential)), "a challenge is gone after the first try"
    assert (keys_of(person), keys_of(other_person)) == ([], [])


@pytest.mark.parametrize(
    "wrong", [{"verifies": False}, {"origin": "https://evil.example"}, {"host": "evil.example"}], ids=str
)
def test_what_another_site_or_an_unverified_person_made_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    visitor, person = signed_in(cast.account)
    device = Authenticator()
    assert is_refused(kept(visitor, replace(device, **wrong).make(begun(visitor))))
    assert keys_of(person) == []
    with_passkey(visitor, device)
    assert is_refused(enters(replace(device, **wrong)))
    assert enters(device)["Location"] == PORTAL


def test_an_answer_works_once(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    for step in (1, 0):
        device, browser = Authenticator(step=step), Visitor()
        with_passkey(visitor, device)
        credential = device.prove(asked(browser))
        cookie = browser.client.cookies["igny8_passkey"].value
        assert proven(browser, credential)["Location"] == PORTAL
        thief = Visitor()
        thief.client.cookies["igny8_passkey"] = cookie
        assert is_refused(proven(thief, credential))
        assert is_refused(proven(Visitor(), credential)), "and never without its challenge"


def test_a_copy_that_counts_behind_is_refused(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    device = Authenticator()
    with_passkey(visitor, device)
    copy = replace(device)
    for _ in range(2):
        assert enters(device)["Location"] == PORTAL
    assert is_refused(enters(copy))
    (key,) = keys_of(person)
    assert key.sign_count == 2


def test_another_key_another_person_and_unknown_passkeys_are_refused(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    device = Authenticator()
    with_passkey(visitor, device)
    forged = Authenticator(credential_id=device.credential_id, user_handle=device.user_handle)
    assert is_refused(enters(forged))
    assert is_refused(enters(replace(device, user_handle=bytes(16))))
    assert is_refused(enters(Authenticator(user_handle=device.user_handle)))


def test_challenges_grow_old(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    device, browser = Authenticator(), Visitor()
    late = clock.now() - timedelta(minutes=6)
    with clock.use(late):
        options = begun(visitor)
    assert is_refused(kept(visitor, device.make(options)))
    assert keys_of(person) == []
    with_passkey(visitor, device)
    with clock.use(late):
        options = asked(browser)
    assert is_refused(proven(browser, device.prove(options)))


def test_suspended_people_and_accounts_stay_out(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    device = Authenticator()
    with_passkey(visitor, device)
    user, account = as_operator(lambda: User.objects.get(id=person.id)), cast.account
    assert isinstance(account, Account)
    as_operator(lambda: provisioning.suspend_user(user, suspended=True))
    answer = enters(device)
    assert (answer.status_code, "Your sign-in is suspended" in answer.content.decode()) == (400, True)
    # Who has not proven the passkey is not told.
    assert is_refused(enters(Authenticator(credential_id=device.credential_id, user_handle=device.user_handle)))
    as_operator(lambda: provisioning.suspend_user(user, suspended=False))
    as_operator(lambda: provisioning.suspend_account(account, suspended=True))
    answer = enters(device)
    assert (answer.status_code, "account is suspended" in answer.content.decode()) == (400, True)
    assert "igny8_session" not in answer.cookies


def test_a_passkey_is_its_persons_alone(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    device = Authenticator()
    with_passkey(visitor, device)
    (key,) = keys_of(person)
    for stranger in (signed_in(cast.account)[0], signed_in(cast.other)[0]):
        assert stranger.submit(f"{PASSKEYS}{key.id}/remove/", {}, page=PASSKEYS).status_code == 404
        assert "My laptop" not in stranger.get(PASSKEYS).content.decode()
        # The very same credential under another name: refused, without a word about whose it is.
        assert is_refused(kept(stranger, replace(device).make(begun(stranger))))
    assert [each.id for each in keys_of(person)] == [key.id]
    assert Visitor().get(PASSKEYS).status_code == 303
    assert enters(device)["Location"] == PORTAL


def test_twenty_are_enough_and_devices_are_told_what_they_have(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    devices = [Authenticator() for _ in range(19)]
    for device in devices:
        with_passkey(visitor, device)
    options = begun(visitor)
    assert [each["id"] for each in options["excludeCredentials"]] == [text(each.credential_id) for each in devices]
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert kept(visitor, Authenticator().make(options)).status_code == 303
    page = visitor.submit(PASSKEYS, {"name": "One more"})
    assert (page.status_code, "maximum number of passkeys" in page.content.decode()) == (400, True)
    assert len(keys_of(person)) == 20


def test_one_answer_sent_at_once_opens_one_session(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    device, browser = Authenticator(step=0), Visitor()
    with_passkey(visitor, device)
    credential = device.prove(asked(browser))
    hidden = browser.hidden(SIGN_IN)
    cookies = {name: morsel.value for name, morsel in browser.client.cookies.items()}
    statuses: list[int] = []
    barrier = threading.Barrier(4)

    def send() -> None:
        twin = Visitor()
        for name, value in cookies.items():
            twin.client.cookies[name] = value
        barrier.wait()
        try:
            statuses.append(twin.client.post(FINISH, {**hidden, "credential": credential}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 400, 400, 400]


NONSENSE = (
    "",
    "{",
    "[]",
    "null",
    "1e999",
    "\ud83d",
    "[" * 9000,
    "x" * 20_001,
    json.dumps({"id": "a"}),
    json.dumps({"id": "a", "rawId": "é", "type": "public-key", "response": {}}),
)


@pytest.mark.parametrize("nonsense", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_refused(cast: Cast, nonsense: str) -> None:
    visitor, person = signed_in(cast.account, AccountRole.VIEWER)
    begun(visitor)
    nonsense = nonsense.encode("utf-8", "replace").decode()
    assert is_refused(kept(visitor, nonsense))
    browser = Visitor()
    asked(browser)
    assert is_refused(proven(browser, nonsense))
    assert keys_of(person) == []


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature", "userHandle"])
@pytest.mark.parametrize("value", ["", "é", "AA", 5, None, [], text(b"[]"), text(b"\xff" * 40)], ids=repr)
def test_each_part_of_an_answer_counts(cast: Cast, part: str, value: Any) -> None:
    visitor, _ = signed_in(cast.account)
    device, browser = Authenticator(), Visitor()
    with_passkey(visitor, device)
    assert is_refused(proven(browser, device.prove(asked(browser), **{part: value})))


def test_guessing_is_slowed_down(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, _ = signed_in(cast.account)
    device = Authenticator()
    with_passkey(visitor, device)
    monkeypatch.setattr(settings, "THROTTLE_ON", True)
    rates = {"login_email": Rate(hits=2, seconds=3600), "login_address": Rate(hits=1000, seconds=3600)}
    monkeypatch.setattr(settings, "THROTTLES", {**settings.THROTTLES, **rates})
    forged = Authenticator(credential_id=device.credential_id, user_handle=device.user_handle)
    assert [enters(forged).status_code for _ in range(3)] == [400, 400, 429]


def test_forms_without_their_token_do_nothing(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    device, browser = Authenticator(), Visitor()
    with_passkey(visitor, device)
    credential = device.prove(asked(browser))
    answer = browser.client.post(FINISH, {"credential": credential})
    assert (answer.status_code, "igny8_session" in answer.cookies) == (403, False)
    assert visitor.client.post(PASSKEYS, {"name": "x"}).status_code == 403
