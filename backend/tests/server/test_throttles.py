"""Who asks too often is told when to come back; one caller's haste is no other's."""

import json
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.test import Client
from igny8_core.accounts.roles import AccountRole
from igny8_core.http.rates import Rate
from tests.cast import BILLING, Cast
from tests.staff import PASSWORD, team_member

AUTH = "/api/v1/auth/"
HOUR = 3600


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Throttles on, with windows of an hour, so that no test straddles two of them for longer than it runs."""
    monkeypatch.setattr(settings, "THROTTLE_ON", True)
    few = {"read": 3, "write": 2, "login_email": 2}
    rates = {kind: Rate(hits=few.get(kind, 10_000), seconds=HOUR) for kind in settings.THROTTLES}
    monkeypatch.setattr(settings, "THROTTLES", rates)


def assert_throttled(answer: Any) -> None:
    document = answer.json()
    assert (answer.status_code, document["success"], document["code"]) == (429, False, "throttled")
    assert 1 <= int(answer["Retry-After"]) <= HOUR
    assert document["request_id"] == answer["X-Request-ID"]


def test_reads_of_a_credential(cast: Cast) -> None:
    answers = [cast.viewer.get(f"{BILLING}payments/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert_throttled(answers[-1])
    assert cast.owner.get(f"{BILLING}payments/").status_code == 200


def test_writes_of_a_credential_write_nothing_past_the_limit(
    cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    answers = [cast.submit(cast.invoice(), headers={"Idempotency-Key": f"k{number}"}) for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert_throttled(answers[-1])
    written = "SELECT (SELECT count(*) FROM billing_payment WHERE account_id = %(id)s), (SELECT count(*) FROM http_idempotencyrecord WHERE account_id = %(id)s)"
    assert owner_connection.execute(written, {"id": cast.account.id}).fetchone() == (2, 2)


def test_sign_ins_with_an_address_of_mail(cast: Cast) -> None:
    body = {"email": f"Nobody{cast.account.code}@example.com", "password": "guess"}
    other = {**body, "email": body["email"].upper()}
    answers = [cast.anonymous.post(f"{AUTH}login/", each) for each in (body, other, body)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert_throttled(answers[-1])


def test_a_stranger_keeps_nobody_out_of_another_network(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the API and by the portal: the count of an address of mail is a network's own."""
    person = team_member(cast.account, AccountRole.OWNER)

    def api(network: str, password: str) -> int:
        body = json.dumps({"email": person.email, "password": password})
        answer = Client().post(f"{AUTH}login/", body, content_type="application/json", REMOTE_ADDR=network)
        return int(answer.status_code)

    def portal(network: str, password: str) -> int:
        form = {"email": person.email, "password": password}
        return int(Client().post("/portal/sign-in/", form, REMOTE_ADDR=network).status_code)

    assert [api("192.0.2.1", "guess") for _ in range(4)] == [401, 401, 429, 429]
    assert portal("192.0.2.1", PASSWORD) == 429, "one count for both doors"
    assert (api("192.0.2.2", PASSWORD), portal("192.0.2.2", PASSWORD)) == (200, 303)
    assert [portal("2001:db8:0:1::1", "guess"), api("2001:db8:0:1::ffff", "guess")] == [400, 401]
    assert api("2001:db8:0:1:9::9", PASSWORD) == 429
    assert api("2001:db8:0:2::1", PASSWORD) == 200


def test_a_guesser_of_many_networks_is_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.THROTTLES, "login_email_anywhere", Rate(hits=6, seconds=HOUR))
    email = f"Nobody{cast.account.code}@example.com"
    body = json.dumps({"email": email, "password": "guess"})
    answers = [
        Client().post(f"{AUTH}login/", body, content_type="application/json", REMOTE_ADDR=f"192.0.2.{host}")
        for host in (1, 1, 1, 1, 2, 2, 3, 3, 4)
    ]
    # What a network is refused for by itself counts for nobody else.
    assert [answer.status_code for answer in answers] == [401, 401, 429, 429, 401, 401, 401, 401, 429]


def test_what_is_counted_is_no_secret(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    email = f"someone{cast.account.code.lower()}@example.com"
    cast.anonymous.post(f"{AUTH}login/", {"email": email, "password": "guess"})
    subjects = owner_connection.execute("SELECT subject FROM http_throttlecounter").fetchall()
    assert subjects
    assert not [subject for (subject,) in subjects if email in subject or "127.0.0.1" in subject]
    unlogged = owner_connection.execute("SELECT relpersistence FROM pg_class WHERE relname = 'http_throttlecounter'")
    assert unlogged.fetchone() == ("u",)
