"""An operator's own sign-in at the console: password, second step, passkeys, sign-ins, and showing again who it is."""

import html
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from igny8_core.accounts.keys import digest
from igny8_core.accounts.models import AccessKey, Invitation, Passkey, SecondFactor
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.platform.domain import totp
from igny8_core.events.models import Event
from igny8_core.http.rates import Rate
from igny8_core.http.sessions import COOKIE
from igny8_core.kit import clock
from tests.cast import as_operator
from tests.console.desk_client import CONSOLE, DeskClient, at_desk
from tests.portal.authenticator import Authenticator
from tests.portal.visitor import PORTAL, Visitor
from tests.staff import ABSENT, PASSWORD, Person, address, operator
from tests.staff import signed_in as over_the_api

SECURITY = f"{CONSOLE}security/"
CONFIRM, TWO_STEP, OFF = f"{SECURITY}confirm/", f"{SECURITY}two-step/", f"{SECURITY}two-step/off/"
NEW = "an entirely new password"
LATE = timedelta(minutes=11)


@pytest.fixture
def desk() -> tuple[DeskClient, Person]:
    """An operator of the least role: everybody's own sign-in is their own."""
    return at_desk(OperatorRole.SUPPORT)


def another(person: Person, password: str = PASSWORD) -> DeskClient:
    """The same operator in another browser."""
    client = DeskClient()
    visitor = Visitor(client=client.client)
    answer = visitor.submit(f"{PORTAL}sign-in/", {"email": person.email, "password": password, "next": CONSOLE})
    assert (answer.status_code, answer["Location"]) == (303, CONSOLE), answer.content
    return client


def told(answer: Any) -> str:
    """What a page says was refused."""
    assert answer.status_code == 400, answer.content
    found = re.search(r'<p class="desk-notice is-bad" role="alert">([^<]+)</p>', answer.content.decode())
    assert found is not None
    return html.unescape(found[1])


def facts_of(person: Person) -> list[str]:
    rows = Event.objects.across_accounts().filter(subject_id=person.id).order_by("seq")
    return as_operator(lambda: list(rows.values_list("type", flat=True)))  # type: ignore[no-any-return]


def test_the_password_is_changed_and_ends_the_other_sessions(desk: tuple[DeskClient, Person]) -> None:
    client, person = desk
    other = another(person)
    for current, new, sentence in (
        ("wrong", NEW, "This is not your password."),
        (PASSWORD, "short", "Ensure this field has at least 10 characters."),
        (PASSWORD, "password12", "This password is too common."),
        (PASSWORD, "", "This field may not be blank."),
    ):
        assert told(client.post(SECURITY, {"current": current, "new": new}, of=SECURITY)) == sentence
    assert other.get(CONSOLE).status_code == 200
    done = client.post(SECURITY, {"current": PASSWORD, "new": NEW}, of=SECURITY)
    assert (done.status_code, done["Location"]) == (302, SECURITY)
    assert "Your password is changed." in client.get(SECURITY).content.decode()
    assert (client.get(CONSOLE).status_code, other.get(CONSOLE).status_code) == (200, 302)
    assert another(person, NEW).get(CONSOLE).status_code == 200
    assert "user.password_changed" in facts_of(person)


def begun(client: DeskClient) -> str:
    """The secret of a second step that was begun."""
    answer = client.post(f"{TWO_STEP}begin/", of=SECURITY)
    assert (answer.status_code, answer["Location"]) == (302, TWO_STEP)
    page = client.get(TWO_STEP).content.decode()
    assert "<svg" in page
    found = re.search(r'<p class="own-secret">([A-Z2-7]+)</p>', page)
    assert found is not None
    return found[1]


def code_of(secret: str, *, later: int = 0) -> str:
    return totp.code_at(secret, totp.step_of(datetime.now(UTC)) + later)


def test_the_second_step_is_set_up_used_and_switched_off(desk: tuple[DeskClient, Person]) -> None:
    client, person = desk
    assert client.get(TWO_STEP).status_code == 404, "nothing was begun"
    secret = begun(client)
    assert (
        told(client.post(TWO_STEP, {"code": "000000"}, of=TWO_STEP)) == "This code is wrong or has already been used."
    )
    page = client.post(TWO_STEP, {"code": code_of(secret)}, of=TWO_STEP)
    codes = re.findall(r"<li>([A-Z2-7]{4}-[A-Z2-7]{4})</li>", page.content.decode())
    assert (page.status_code, len(codes)) == (200, 8)
    assert codes[0] not in client.get(SECURITY).content.decode()

    visitor = Visitor()
    half = visitor.submit(f"{PORTAL}sign-in/", {"email": person.email, "password": PASSWORD})
    assert half["Location"] == f"{PORTAL}sign-in/code/"
    assert visitor.submit(half["Location"], {"code": codes[0]}).status_code == 303
    assert visitor.get(CONSOLE).status_code == 200

    assert told(client.post(OFF, {"code": codes[0]}, of=OFF)) == "This code is wrong or has already been used."
    done = client.post(OFF, {"code": codes[1]}, of=OFF)
    assert (done.status_code, done["Location"]) == (302, SECURITY)
    assert not as_operator(lambda: SecondFactor.objects.filter(user_id=person.id).exists())
    facts = [fact for fact in facts_of(person) if "second_factor" in fact]
    assert facts == ["user.second_factor_enabled", "user.second_factor_disabled"]


def options_in(page: Any) -> dict[str, Any]:
    found = re.search(r'data-options="([^"]+)"', page.content.decode())
    assert found is not None, page.content
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def with_passkey(client: DeskClient, device: Authenticator, name: str = "My laptop") -> None:
    options = options_in(client.post(f"{SECURITY}passkeys/new/", {"name": name}, of=SECURITY))
    values = {"name": name, "credential": device.make(options)}
    done = client.post(f"{SECURITY}passkeys/keep/", values, of=SECURITY)
    assert (done.status_code, done["Location"]) == (302, SECURITY), done.content


def keys_of(person: Person) -> list[Passkey]:
    return as_operator(lambda: list(Passkey.objects.filter(user_id=person.id).order_by("id")))  # type: ignore[no-any-return]


def test_a_passkey_is_added_signs_in_and_is_removed(desk: tuple[DeskClient, Person]) -> None:
    client, person = desk
    device = Authenticator()
    with_passkey(client, device)
    assert "My laptop" in client.get(SECURITY).content.decode()
    browser = Visitor()
    options = browser.get(f"{PORTAL}sign-in/passkey/options/").json()
    values = {"credential": device.prove(options), "next": CONSOLE}
    assert browser.submit(f"{PORTAL}sign-in/passkey/", values, page=f"{PORTAL}sign-in/")["Location"] == CONSOLE
    assert browser.get(CONSOLE).status_code == 200
    (key,) = keys_of(person)
    stranger, _ = at_desk(OperatorRole.ADMIN)
    path = f"{SECURITY}passkeys/{key.id}/remove/"
    assert stranger.post(path, of=SECURITY).status_code == 404
    assert client.post(path, of=SECURITY).status_code == 302
    assert keys_of(person) == []
    assert client.post(path, of=SECURITY).status_code == 404


def test_bad_passkeys_are_refused(desk: tuple[DeskClient, Person]) -> None:
    client, person = desk
    for name in ("", " ", "x" * 61, "a\u0000b"):
        answer = client.post(f"{SECURITY}passkeys/new/", {"name": name}, of=SECURITY)
        assert told(answer) == "Give the passkey a name of at most 60 characters."
    device = Authenticator()
    options = options_in(client.post(f"{SECURITY}passkeys/new/", {"name": "Mine"}, of=SECURITY))
    credential = device.make(options)
    for values in (
        {"name": "Another", "credential": credential},
        {"name": "Mine", "credential": "{"},
        {"name": "Mine", "credential": "x" * 20_001},
        {"name": "Mine"},
    ):
        answer = client.post(f"{SECURITY}passkeys/keep/", values, of=SECURITY)
        assert told(answer) == "This passkey was not accepted. Try again."
    other, _ = at_desk(OperatorRole.SUPPORT)
    other.client.cookies["igny8_passkey"] = client.client.cookies["igny8_passkey"].value
    answer = other.post(f"{SECURITY}passkeys/keep/", {"name": "Mine", "credential": credential}, of=SECURITY)
    assert told(answer) == "This passkey was not accepted. Try again."
    assert keys_of(person) == []


def test_sign_ins_are_listed_and_ended(desk: tuple[DeskClient, Person]) -> None:
    client, person = desk
    phone, program = another(person), over_the_api(person.email)
    stranger, _ = at_desk(OperatorRole.ADMIN)
    page = client.get(SECURITY).content.decode()
    assert (page.count("<strong>A browser"), page.count("<strong>A program"), page.count("this one")) == (2, 1, 1)
    secret = phone.client.cookies[COOKIE].value
    family = as_operator(lambda: AccessKey.objects.get(secret_hash=digest(secret)).family_id)
    path = f"{SECURITY}sign-ins/{family}/end/"
    assert stranger.post(path, of=SECURITY).status_code == 404
    assert phone.get(CONSOLE).status_code == 200
    assert client.post(path, of=SECURITY).status_code == 302
    assert (phone.get(CONSOLE).status_code, client.get(CONSOLE).status_code) == (302, 200)
    assert client.post(path, of=SECURITY).status_code == 404
    assert client.post(f"{SECURITY}sign-ins/{ABSENT}/end/", of=SECURITY).status_code == 404
    assert program.get("/api/v1/auth/me/").status_code == 200
    assert client.post(f"{SECURITY}sign-ins/end-others/", of=SECURITY).status_code == 302
    assert (program.get("/api/v1/auth/me/").status_code, client.get(CONSOLE).status_code) == (401, 200)
    assert person.api.get("/api/v1/auth/me/").status_code == 200, "an API key is no sign-in"


ASKS = {
    "a second step": (f"{TWO_STEP}begin/", {}),
    "a passkey": (f"{SECURITY}passkeys/new/", {"name": "Mine"}),
    "somebody else": (
        f"{CONSOLE}accounts/invitation/add/",
        {"email": "x@people.example", "name": "", "account_code": "", "role": "admin"},
    ),
}


@pytest.mark.parametrize("name", ASKS)
def test_an_old_session_is_asked_and_led_back(name: str) -> None:
    client, person = at_desk(OperatorRole.ADMIN)
    path, values = ASKS[name]
    with clock.use(clock.now() + LATE):
        token_page = SECURITY
        asked = client.post(path, values, of=token_page)
        assert (asked.status_code, asked["Location"].split("?")[0]) == (302, CONFIRM), asked.content
        page = client.get(f"{CONFIRM}?next={SECURITY}").content.decode()
        assert f'name="next" value="{SECURITY}"' in page
        assert told(client.post(CONFIRM, {"password": "wrong", "next": SECURITY}, of=CONFIRM)) == (
            "This is not your password."
        )
        done = client.post(CONFIRM, {"password": PASSWORD, "next": SECURITY}, of=CONFIRM)
        assert (done.status_code, done["Location"]) == (302, SECURITY)
        assert facts_of(person)[-1] == "user.reauthenticated"
        assert CONFIRM not in client.post(path, {**values, "email": address()}, of=token_page).get("Location", "")


def test_the_form_of_an_invitation_comes_after_the_question() -> None:
    client, _ = at_desk(OperatorRole.ADMIN)
    add = f"{CONSOLE}accounts/invitation/add/"
    assert client.get(add).status_code == 200
    before = as_operator(lambda: Invitation.objects.count())
    with clock.use(clock.now() + LATE):
        asked = client.get(add)
        assert (asked.status_code, asked["Location"]) == (302, f"{CONFIRM}?next={add.replace('/', '%2F')}")
        client.post(CONFIRM, {"password": PASSWORD}, of=CONFIRM)
        assert client.get(add).status_code == 200
    assert as_operator(lambda: Invitation.objects.count()) == before


def test_ones_passkey_confirms_too(desk: tuple[DeskClient, Person]) -> None:
    client, _ = desk
    device, foreign = Authenticator(), Authenticator()
    with_passkey(client, device)
    with_passkey(at_desk(OperatorRole.SUPPORT)[0], foreign)
    with clock.use(clock.now() + LATE):
        for answering, status in ((foreign, 400), (device, 302)):
            options = client.get(f"{CONFIRM}passkey/options/").json()
            values = {"credential": answering.prove(options), "next": SECURITY}
            answer = client.post(f"{CONFIRM}passkey/", values, of=CONFIRM)
            assert answer.status_code == status, answer.content
        assert answer["Location"] == SECURITY
        assert CONFIRM not in client.get(SECURITY).content.decode()
        assert client.post(f"{CONFIRM}passkey/", values, of=CONFIRM).status_code == 400, "an answer works once"


@pytest.mark.parametrize("wish", ["https://evil.example/", "//evil.example", "/portal/", "/admin//x", "\\evil", ""])
def test_it_never_leads_away(desk: tuple[DeskClient, Person], wish: str) -> None:
    client, _ = desk
    done = client.post(CONFIRM, {"password": PASSWORD, "next": wish}, of=CONFIRM)
    assert (done.status_code, done["Location"]) == (302, CONSOLE)


def test_guessing_is_slowed_down(desk: tuple[DeskClient, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = desk
    monkeypatch.setattr(settings, "THROTTLE_ON", True)
    rates = {"login_email": Rate(hits=3, seconds=3600), "login_address": Rate(hits=1000, seconds=3600)}
    monkeypatch.setattr(settings, "THROTTLES", {**settings.THROTTLES, **rates})
    tries = [client.post(CONFIRM, {"password": "wrong"}, of=CONFIRM).status_code for _ in range(2)]
    tries += [client.post(SECURITY, {"current": "wrong", "new": NEW}, of=SECURITY).status_code for _ in range(2)]
    assert tries == [400, 400, 400, 429]


def test_forms_without_their_token_do_nothing(desk: tuple[DeskClient, Person]) -> None:
    client, person = desk
    for path, values in (
        (SECURITY, {"current": PASSWORD, "new": NEW}),
        (CONFIRM, {"password": PASSWORD}),
        (f"{TWO_STEP}begin/", {}),
        (f"{SECURITY}sign-ins/end-others/", {}),
        (f"{SECURITY}passkeys/new/", {"name": "Mine"}),
    ):
        assert client.client.post(path, values).status_code == 403
    assert another(person).get(CONSOLE).status_code == 200


def test_only_posts_change_anything(desk: tuple[DeskClient, Person]) -> None:
    client, _ = desk
    for path in (
        f"{TWO_STEP}begin/",
        f"{SECURITY}passkeys/new/",
        f"{SECURITY}sign-ins/end-others/",
        f"{CONFIRM}passkey/",
    ):
        assert client.get(path).status_code == 405, path
    assert client.client.put(SECURITY).status_code in (403, 405)


def test_an_admin_has_somebody_set_a_new_password(desk: tuple[DeskClient, Person]) -> None:
    client, person = desk
    admin, _ = at_desk(OperatorRole.ADMIN)
    path = f"{CONSOLE}accounts/user/{person.id}/reset-password/"
    assert client.get(path).status_code == 403
    assert person.email in admin.get(path).content.decode()
    assert client.get(CONSOLE).status_code == 200, "looking changes nothing"
    assert admin.post(path, of=path).status_code == 302
    assert client.get(CONSOLE).status_code == 302
    assert facts_of(person)[-2:] == ["user.password_taken", "user.password_reset_requested"]
    page = admin.get(f"{CONSOLE}accounts/user/{person.id}/change/").content.decode()
    assert 'type="password"' not in page


def test_operators_find_their_page_in_the_menu() -> None:
    person = operator(OperatorRole.SUPPORT)
    assert f'href="{SECURITY}"' in another(person).get(CONSOLE).content.decode()
