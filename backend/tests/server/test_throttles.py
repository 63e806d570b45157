"""Who asks too often is told when to come back; one caller's haste is no other's."""

from typing import Any

import psycopg
import pytest
from django.conf import settings
from igny8_core.http.rates import Rate
from tests.cast import BILLING, Cast

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


def test_what_is_counted_is_no_secret(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    email = f"someone{cast.account.code.lower()}@example.com"
    cast.anonymous.post(f"{AUTH}login/", {"email": email, "password": "guess"})
    subjects = owner_connection.execute("SELECT subject FROM http_throttlecounter").fetchall()
    assert subjects
    assert not [subject for (subject,) in subjects if email in subject or "127.0.0.1" in subject]
    unlogged = owner_connection.execute("SELECT relpersistence FROM pg_class WHERE relname = 'http_throttlecounter'")
    assert unlogged.fetchone() == ("u",)
