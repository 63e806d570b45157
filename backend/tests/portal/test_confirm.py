"""Showing again that it is really oneself, what asks for it, and where one is signed in."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from igny8_core.accounts.keys import digest
from igny8_core.accounts.models import AccessKey, Invitation
from igny8_core.events.models import Event
from igny8_core.http.rates import Rate
from igny8_core.kit import clock
from tests.cast import Api, Cast, as_operator
from tests.portal.authenticator import Authenticator
from tests.portal.test_passkeys import enters, with_passkey
from tests.portal.visitor import PORTAL, Visitor, signed_in
from tests.staff import PASSWORD, Person, address
from tests.staff import signed_in as over_the_api

CONFIRM, SECURITY = f"{PORTAL}security/confirm/", f"{PORTAL}security/"
LATE = timedelta(minutes=11)
ASKS: dict[str, tuple[str, str, dict[str, str]]] = {
    "a person": (f"{PORTAL}team/", f"{PORTAL}team/", {"email": "new@people.example", "name": "", "role": "viewer"}),
    "a key": (f"{PORTAL}keys/", f"{PORTAL}keys/", {"name": "Mine", "role": "owner", "expires_on": ""}),
    "a passkey": (f"{SECURITY}passkeys/", f"{SECURITY}passkeys/", {"name": "Mine"}),
    "a second step": (f"{SECURITY}two-step/begin/", SECURITY, {}),
}


def facts_of(person: Person) -> list[str]:
    rows = Event.objects.across_accounts().filter(subject_id=person.id).order_by("seq")
    return as_operator(lambda: list(rows.values_list("type", flat=True)))  # type: ignore[no-any-return]


def made(cast: Cast, person: Person) -> tuple[int, int]:
    """How many invitations and keys the account has."""
    return as_operator(
        lambda: (  # type: ignore[no-any-return]
            Invitation.objects.filter(account=cast.account).count(),
            AccessKey.objects.filter(account=cast.account, kind="api_key").count(),
        )
    )


@pytest.mark.parametrize("name", ASKS)
def test_an_old_session_is_asked_and_led_back(cast: Cast, name: str) -> None:
    path, page, values = ASKS[name]
    values = {**values, **({"email": address()} if "email" in values else {})}
    visitor, person = signed_in(cast.account)
    with clock.use(clock.now() + LATE):
        before = made(cast, person)
        referer = {"Referer": f"http://testserver{page}"}
        asked = visitor.submit(path, values, page=SECURITY, **referer)
        assert (asked.status_code, asked["Location"]) == (303, f"{CONFIRM}?next={page.replace('/', '%2F')}")
        assert made(cast, person) == before
        shown = visitor.get(asked["Location"]).content.decode()
        assert f'name="next" value="{page}"' in shown
        done = visitor.submit(CONFIRM, {"secret_password": PASSWORD, "next": page})
        assert (done.status_code, done["Location"]) == (303, page)
        assert facts_of(person)[-1] == "user.reauthenticated"
        assert visitor.submit(path, values, page=SECURITY).status_code in (200, 303)
        assert CONFIRM not in visitor.get(page).content.decode()


def test_the_forms_wait_for_it(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    for page, field in (("team/", 'name="email"'), ("keys/", 'name="name"'), ("security/passkeys/", 'name="name"')):
        assert field in visitor.get(PORTAL + page).content.decode()
        with clock.use(clock.now() + LATE):
            text = visitor.get(PORTAL + page).content.decode()
            assert (field in text, f'href="{CONFIRM}?next={PORTAL}{page}"' in text) == (False, True), page


def test_a_wrong_password_proves_nothing(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    with clock.use(clock.now() + LATE):
        wrong = visitor.submit(CONFIRM, {"secret_password": "wrong", "next": "/portal/team/"})
        text = wrong.content.decode()
        assert (wrong.status_code, "This is not your password." in text) == (400, True)
        assert 'name="next" value="/portal/team/"' in text
        assert visitor.submit(CONFIRM, {"secret_password": ""}).status_code == 400
        assert "user.reauthenticated" not in facts_of(person)
        assert CONFIRM in visitor.get(f"{PORTAL}team/").content.decode()


@pytest.mark.parametrize("wish", ["https://evil.example/", "//evil.example", "/portal//x", "/api/docs/", "\\evil"])
def test_it_never_leads_to_another_site(cast: Cast, wish: str) -> None:
    visitor, _ = signed_in(cast.account)
    assert visitor.submit(CONFIRM, {"secret_password": PASSWORD, "next": wish})["Location"] == PORTAL
    with clock.use(clock.now() + LATE):
        asked = visitor.submit(f"{PORTAL}team/", {"email": address(), "role": "viewer"}, Referer=wish)
        onward = visitor.get(asked["Location"]).content.decode()
        assert onward.count(f'name="next" value="{PORTAL}"') == 1


def test_ones_passkey_will_do(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    device, foreign = Authenticator(), Authenticator()
    with_passkey(visitor, device)
    colleague, _ = signed_in(cast.account)
    with_passkey(colleague, foreign)
    with clock.use(clock.now() + LATE):
        for answering in (foreign, Authenticator(user_handle=device.user_handle), device):
            options = visitor.get(f"{CONFIRM}passkey/options/").json()
            values = {"credential": answering.prove(options), "next": "/portal/team/"}
            answer = visitor.submit(f"{CONFIRM}passkey/", values, page=CONFIRM)
            if answering is not device:
                assert (answer.status_code, "was not accepted" in answer.content.decode()) == (400, True)
                assert CONFIRM in visitor.get(f"{PORTAL}team/").content.decode()
        assert (answer.status_code, answer["Location"]) == (303, "/portal/team/")
        assert CONFIRM not in visitor.get(f"{PORTAL}team/").content.decode()
        again = visitor.submit(f"{CONFIRM}passkey/", values, page=CONFIRM)
        assert again.status_code == 400, "an answer works once"
    assert facts_of(person)[-1] == "user.reauthenticated"


def test_a_challenge_is_of_one_session_and_one_purpose(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    device = Authenticator()
    with_passkey(visitor, device)
    thief = Visitor()
    assert enters(device, thief).status_code == 303
    with clock.use(clock.now() + LATE):
        for options_of, by in ((visitor, thief), (thief, visitor)):
            options = options_of.get(f"{CONFIRM}passkey/options/").json()
            by.client.cookies["igny8_passkey"] = options_of.client.cookies["igny8_passkey"].value
            answer = by.submit(f"{CONFIRM}passkey/", {"credential": device.prove(options)}, page=CONFIRM)
            assert answer.status_code == 400
        options = visitor.get(f"{PORTAL}sign-in/passkey/options/").json()
        answer = visitor.submit(f"{CONFIRM}passkey/", {"credential": device.prove(options)}, page=CONFIRM)
        assert answer.status_code == 400


def test_guessing_is_slowed_down(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, _ = signed_in(cast.account)
    monkeypatch.setattr(settings, "THROTTLE_ON", True)
    rates = {"login_email": Rate(hits=2, seconds=3600), "login_address": Rate(hits=1000, seconds=3600)}
    monkeypatch.setattr(settings, "THROTTLES", {**settings.THROTTLES, **rates})
    assert [visitor.submit(CONFIRM, {"secret_password": "wrong"}).status_code for _ in range(3)] == [400, 400, 429]


def test_nobody_comes_in_without_a_session_or_token(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    assert Visitor().get(CONFIRM).status_code == 303
    assert Visitor().get(f"{CONFIRM}passkey/options/").status_code == 303
    assert visitor.client.post(CONFIRM, {"secret_password": PASSWORD}).status_code == 403


def shown_sign_ins(visitor: Visitor) -> list[str]:
    page = visitor.get(SECURITY).content.decode()
    return re.findall(r"sign-ins/([0-9a-f-]{36})/end/", page)


def another(person: Person) -> Visitor:
    visitor = Visitor()
    visitor.submit(f"{PORTAL}sign-in/", {"email": person.email, "password": PASSWORD})
    return visitor


def test_one_sees_where_one_is_signed_in_and_ends_it(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    phone, program = another(person), over_the_api(person.email)
    stranger, _ = signed_in(cast.account)
    page = visitor.get(SECURITY).content.decode()
    # The helper that made the person signed in over the API as well.
    assert (page.count("A browser"), page.count("A program, over the API"), page.count("this one")) == (2, 2, 1)
    (mine,) = as_operator(lambda: list(AccessKey.objects.filter(secret_hash=_digest(phone))))
    path = f"{SECURITY}sign-ins/{mine.family_id}/end/"
    assert stranger.submit(path, {}, page=SECURITY).status_code == 404
    assert phone.get(PORTAL).status_code == 200
    done = visitor.submit(path, {}, page=SECURITY)
    assert (done.status_code, done["Location"]) == (303, SECURITY)
    assert (phone.get(PORTAL).status_code, visitor.get(PORTAL).status_code) == (303, 200)
    assert visitor.submit(path, {}, page=SECURITY).status_code == 404
    assert str(mine.family_id) not in shown_sign_ins(visitor)
    assert program.get("/api/v1/auth/me/").status_code == 200
    assert facts_of(person)[-1] == "user.signed_out"


def _digest(visitor: Visitor) -> bytes:
    return digest(visitor.client.cookies["igny8_session"].value)


def test_all_others_are_ended_at_once(cast: Cast) -> None:
    visitor, person = signed_in(cast.account)
    phone, program, colleague = another(person), over_the_api(person.email), signed_in(cast.account)[0]
    key = cast.owner.post("/api/v1/account/api-keys/", {"role": "viewer", "name": "till"}).json()["data"]["secret"]
    done = visitor.submit(f"{SECURITY}sign-ins/end-others/", {}, page=SECURITY)
    assert (done.status_code, done["Location"]) == (303, SECURITY)
    assert (phone.get(PORTAL).status_code, program.get("/api/v1/auth/me/").status_code) == (303, 401)
    assert [each.get(PORTAL).status_code for each in (visitor, colleague)] == [200, 200]
    assert Api(key).get("/api/v1/auth/me/").status_code == 200
    assert shown_sign_ins(visitor) == []
    rows = Event.objects.across_accounts().filter(subject_id=person.id, type="user.signed_out")
    assert as_operator(lambda: [row.data for row in rows]) == [{"all_others": True}]
