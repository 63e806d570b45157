"""Recounts beside writers: a recount reads one instant, so that nothing which is under way looks like tampering."""

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection
from igny8_core.business.billing.services import verification
from igny8_core.events.verified import may_remember
from tests.api.test_approvals import decide
from tests.api.test_refunds_and_credits import refund
from tests.cast import ADMIN, Cast, seen
from tests.races.test_manual_payment_races import at_once
from tests.services.test_locks import before_commit, is_locked

WRITERS, ANSWERS = 4, 20
HELD = ("billing_invoice", "billing_payment", "billing_refund", "ledger_balance", "events_chainhead")


class Writers:
    """Threads that submit, approve and refund on one account until they are stopped."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.stopping = threading.Event()
        self.written: Counter[int] = Counter()
        self.threads = [threading.Thread(target=self._write) for _ in range(WRITERS)]

    def _write(self) -> None:
        while not self.stopping.is_set():
            try:
                answers = self._one_payment()
            finally:
                connection.close()
            self.written.update(answer.status_code for answer in answers)

    def _one_payment(self) -> list[Any]:
        submitted = self.cast.submit(self.cast.invoice("100.00"), uuid.uuid4().hex)
        payment_id = submitted.json()["data"]["id"]
        approved = decide(self.cast.approver, payment_id, "approve", seen("130.00"))
        return [submitted, approved, refund(self.cast, payment_id, amount="10.00")]


@contextmanager
def writing(cast: Cast) -> Iterator[Writers]:
    writers = Writers(cast)
    for thread in writers.threads:
        thread.start()
    try:
        yield writers
    finally:
        writers.stopping.set()
        for thread in writers.threads:
            thread.join(timeout=60)


def answer(cast: Cast, query: str = "") -> Any:
    try:
        return cast.support.get(f"{ADMIN}verify/{query}")
    finally:
        connection.close()


def found_wrong(data: Any) -> list[Any]:
    return [*data["ledger"]["problems"], *data["events"]["bad"]]


def test_nothing_drifts_while_others_write(cast: Cast) -> None:
    with writing(cast) as writers:
        answers = [answer(cast, "?full=true" if index % 4 == 3 else "") for index in range(ANSWERS)]
    assert Counter(one.status_code for one in answers) == {200: ANSWERS}
    assert [found_wrong(one.json()["data"]) for one in answers] == [[]] * ANSWERS
    counted = [one.json()["data"]["events"]["events"] for one in answers]
    assert counted == sorted(counted)
    assert counted[0] < counted[-1], "nobody wrote meanwhile: the test has not tested anything"
    assert set(writers.written) == {200, 201}
    assert found_wrong(answer(cast, "?full=true").json()["data"]) == []


def test_recounts_that_meet_disturb_neither_each_other_nor_the_writers(cast: Cast) -> None:
    with writing(cast) as writers:
        answers = [one for _ in range(4) for one in at_once(6, lambda _: answer(cast))]
    assert Counter(one.status_code for one in answers) == {200: len(answers)}
    assert [found_wrong(one.json()["data"]) for one in answers] == [[]] * len(answers)
    assert set(writers.written) == {200, 201}


def test_a_recount_locks_nothing_that_others_write(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    _, payment_id = cast.invoice(), cast.submit(cast.invoice("100.00")).json()["data"]["id"]
    with before_commit(lambda: verification.verify(full=True)):
        for table in HELD:
            assert not is_locked(owner_connection, (table, "account_id"), cast.account.id), table
        assert decide(cast.approver, payment_id, "approve").status_code == 200


def test_one_full_recount_at_a_time(cast: Cast) -> None:
    """Each takes a thread of the server for as long as it lasts; the ordinary one goes on, and remembers nothing."""
    answer(cast)
    cast.invoice()
    with before_commit(may_remember):
        refused = answer(cast, "?full=true")
        assert (refused.status_code, refused["Retry-After"]) == (503, "60")
        assert refused.json()["code"] == "unavailable"
        recounted = [answer(cast).json()["data"]["events"]["recounted"] for _ in range(2)]
    assert recounted == [2, 2]
    assert answer(cast, "?full=true").status_code == 200


def test_a_recount_for_somebody_who_waits_ends_in_time(
    cast: Cast, owner_connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once between two pages of events, once in the middle of a statement that waits."""
    monkeypatch.setattr(verification, "REQUEST_SECONDS", 0)
    late = answer(cast, "?full=true")
    monkeypatch.setattr(verification, "REQUEST_SECONDS", 1)
    with owner_connection.transaction():
        owner_connection.execute("LOCK TABLE billing_refund IN ACCESS EXCLUSIVE MODE")
        stopped = answer(cast, "?full=true")
    for one in (late, stopped):
        assert (one.status_code, one["Retry-After"], one.json()["code"]) == (503, "60", "unavailable")
        assert "manage.py verify_events" in one.json()["error"]
    assert answer(cast).status_code == 200
