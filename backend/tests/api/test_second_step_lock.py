"""Wrong codes lock the second step for a while: one count for every door, with a mail, for nobody but the person."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from igny8_core.accounts.models import SecondFactor
from igny8_core.accounts.roles import AccountRole, OperatorRole
from igny8_core.accounts.tenancy import Scope
from igny8_core.events import unit_of_work
from igny8_core.events.models import Event
from igny8_core.events.subscriptions import subscribers_of
from igny8_core.kit import clock
from igny8_core.portal.tasks import mail_second_factor_locked
from tests.cast import Cast, as_operator
from tests.documents.smtp import mail_server
from tests.portal.visitor import PORTAL, Visitor
from tests.races.credentials import sign_in
from tests.races.test_manual_payment_races import at_once
from tests.second_steps import code_now, factor_of, switch_on
from tests.staff import PASSWORD, Person, operator, team_member

CODE, SECURITY = f"{PORTAL}sign-in/code/", f"{PORTAL}security/"
LOCKED, WRONG = (429, "second_factor_locked"), (401, "invalid_code")


@pytest.fixture
def person(cast: Cast) -> Person:
    return team_member(cast.account, AccountRole.OWNER)


def tried(person: Person, code: str) -> tuple[int, str | None]:
    answer = sign_in(person.email, PASSWORD, code=code)
    return answer.status_code, answer.json().get("code")


def browser_of(person: Person, expected: str = PORTAL) -> Visitor:
    visitor = Visitor()
    answer = visitor.submit(f"{PORTAL}sign-in/", {"email": person.email, "password": PASSWORD})
    assert answer["Location"] == expected
    return visitor


def counted(person: Person) -> int:
    factor = factor_of(person)
    assert factor is not None
    return factor.wrong_codes


def facts_of(person: Person) -> list[Event]:
    """What a mail is sent of."""
    with unit_of_work.read(Scope.operators()):
        return list(Event.objects.across_accounts().filter(subject_id=person.id, type="user.second_factor_locked"))


def locks_told(person: Person) -> list[dict[str, Any]]:
    return [fact.data for fact in facts_of(person)]


def test_five_wrong_codes_lock_and_no_code_is_looked_at(person: Person) -> None:
    secret, codes = switch_on(person)
    assert [tried(person, "000000") for _ in range(5)] == [WRONG] * 4 + [LOCKED]
    assert locks_told(person) == [{}]
    refused = sign_in(person.email, PASSWORD, code=code_now(secret))
    assert (refused.status_code, refused.json()["code"]) == LOCKED
    assert 880 < int(refused["Retry-After"]) <= 900
    assert tried(person, codes[0]) == LOCKED
    factor = factor_of(person)
    assert factor is not None
    assert (factor.wrong_codes, factor.last_step, len(factor.recovery_hashes)) == (5, 0, 8)
    assert locks_told(person) == [{}], "one mail for one lock"


def test_every_door_counts_for_every_other(person: Person) -> None:
    own = browser_of(person)
    _, codes = switch_on(person)
    half = browser_of(person, CODE)
    assert tried(person, "000000") == WRONG
    assert tried(person, "ABCD-EFGH") == WRONG
    assert half.submit(CODE, {"code": "000000"}).status_code == 400
    assert own.submit(f"{SECURITY}two-step/off/", {"code": "000000"}).status_code == 400
    assert counted(person) == 4
    last = own.submit(f"{SECURITY}two-step/off/", {"code": "WXYZ-2345"})
    assert (last.status_code, "Too many wrong codes." in last.content.decode()) == (429, True)
    for refused in (half.submit(CODE, {"code": codes[0]}), own.submit(f"{SECURITY}two-step/off/", {"code": codes[0]})):
        assert (refused.status_code, "Too many wrong codes." in refused.content.decode()) == (429, True)
    assert tried(person, codes[0]) == LOCKED
    assert counted(person) == 5
    assert as_operator(lambda: SecondFactor.objects.filter(user_id=person.id).count()) == 1


def test_a_stolen_session_does_not_guess_it_off(person: Person) -> None:
    thief = browser_of(person)
    switch_on(person)
    answers = [thief.submit(f"{SECURITY}two-step/off/", {"code": f"{number:06}"}).status_code for number in range(60)]
    assert Counter(answers) == {400: 4, 429: 56}
    assert (counted(person), locks_told(person)) == (5, [{}])


def test_switching_it_on_counts_too(person: Person) -> None:
    own = browser_of(person)
    secret, _ = switch_on(person, confirmed=False)
    answers = [own.submit(f"{SECURITY}two-step/", {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [400] * 4 + [429] * 2
    assert own.submit(f"{SECURITY}two-step/", {"code": code_now(secret)}).status_code == 429
    assert sign_in(person.email, PASSWORD).status_code == 200, "what is not on yet locks nobody out"


def test_a_right_code_begins_anew_and_pauses_grow(person: Person) -> None:
    _, codes = switch_on(person)
    for _ in range(4):
        assert tried(person, "000000") == WRONG
    assert tried(person, codes[0]) == (200, None)
    assert counted(person) == 0
    at = datetime.now(UTC)
    for minutes in (15, 60, 240, 240):
        with clock.use(at):
            assert [tried(person, "000000") for _ in range(5)] == [WRONG] * 4 + [LOCKED]
        with clock.use(at + timedelta(minutes=minutes, seconds=-1)):
            assert tried(person, codes[1]) == LOCKED
        at += timedelta(minutes=minutes, seconds=1)
    with clock.use(at):
        assert tried(person, codes[1]) == (200, None)
    assert (counted(person), len(locks_told(person))) == (0, 4)


def test_who_does_not_know_the_password_locks_nothing(person: Person) -> None:
    secret, _ = switch_on(person)
    for _ in range(12):
        answer = sign_in(person.email, "not the password", code="000000")
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert counted(person) == 0
    assert tried(person, code_now(secret)) == (200, None)


def test_another_persons_wrong_codes_are_their_own(cast: Cast, person: Person) -> None:
    other = team_member(cast.account, AccountRole.OWNER)
    secret, _ = switch_on(person)
    switch_on(other)
    for _ in range(6):
        tried(other, "000000")
    assert tried(person, code_now(secret)) == (200, None)


def test_a_code_that_is_missing_is_not_wrong(person: Person) -> None:
    switch_on(person)
    for _ in range(8):
        answer = sign_in(person.email, PASSWORD)
        assert (answer.status_code, answer.json()["code"]) == (401, "second_factor_required")
    assert counted(person) == 0


def test_forty_guesses_at_once_are_five(person: Person) -> None:
    switch_on(person)
    answers = at_once(40, lambda index: tried(person, f"{index:06}"))
    assert Counter(answers) == {WRONG: 4, LOCKED: 36}
    assert (counted(person), locks_told(person)) == (5, [{}])


def test_sessions_and_keys_go_on_while_it_is_locked(cast: Cast, person: Person) -> None:
    switch_on(person)
    for _ in range(5):
        tried(person, "000000")
    assert person.api.get("/api/v1/auth/me/").status_code == 200
    assert cast.owner.get("/api/v1/auth/me/").status_code == 200


def test_operators_are_locked_and_told_alike() -> None:
    staff = operator(OperatorRole.FINANCE)
    secret, _ = switch_on(staff)
    assert [tried(staff, "000000") for _ in range(5)] == [WRONG] * 4 + [LOCKED]
    assert tried(staff, code_now(secret)) == LOCKED
    assert locks_told(staff) == [{}]


def test_the_person_is_mailed_what_to_do(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [team_member(cast.account, AccountRole.VIEWER), operator(OperatorRole.FINANCE)]
    with mail_server() as box:
        options = {"host": "127.0.0.1", "port": box.port, "timeout": 10}
        mailers = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
        monkeypatch.setattr(settings, "MAILERS", mailers)
        for person in people:
            switch_on(person)
            for _ in range(5):
                tried(person, "000000")
            (fact,) = facts_of(person)
            mail_second_factor_locked(str(fact.id), fact.account_id and str(fact.account_id))
    assert mail_second_factor_locked in subscribers_of("user.second_factor_locked")
    assert [message["To"] for message in box.messages] == [person.email for person in people]
    for message in box.messages:
        assert message["Subject"] == "Wrong codes entered at your sign-in"
        assert message.get_content().splitlines()[4:] == [
            "If that was not you, somebody knows your password. Set another one here:",
            "",
            "http://127.0.0.1:8000/portal/password/",
        ]
