"""Fifty threads submit at once, on real connections, behind a barrier."""

import threading
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import connection
from tests.cast import BILLING, Cast

THREADS = 50


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act(0..count-1)` in threads that start together; returns the results."""
    barrier, results = threading.Barrier(count), [None] * count

    def run(index: int) -> None:
        try:
            barrier.wait()
            results[index] = act(index)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_same_submission_without_a_key(cast: Cast) -> None:
    invoice_id = cast.invoice()
    answers = at_once(THREADS, lambda index: cast.submit(invoice_id))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: THREADS - 1}


def test_the_same_submission_with_one_key(cast: Cast, owner_connection: Any) -> None:
    invoice_id = cast.invoice()
    answers = at_once(THREADS, lambda index: cast.submit(invoice_id, headers={"Idempotency-Key": "one"}))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    counted = owner_connection.execute("SELECT count(*) FROM billing_payment WHERE invoice_id = %s", [invoice_id])
    assert counted.fetchone() == (1,)


def test_the_same_refused_submission_with_one_key(cast: Cast, owner_connection: Any) -> None:
    invoice_id = cast.invoice("1000.00")

    def submit(index: int) -> Any:
        return cast.submit(invoice_id, amount="1000.01", headers={"Idempotency-Key": "too much"})

    answers = at_once(10, submit)
    assert {answer.status_code for answer in answers} == {409}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 9
    kept = owner_connection.execute("SELECT status FROM http_idempotencyrecord WHERE key = 'too much'").fetchall()
    assert kept == [(409,)]


def test_partial_submissions_never_pass_the_total(cast: Cast) -> None:
    invoice_id = cast.invoice("1000.00")
    answers = at_once(10, lambda index: cast.submit(invoice_id, f"part {index}", amount="300.00"))
    assert Counter(answer.status_code for answer in answers) == {201: 3, 409: 7}
    listed = cast.viewer.get(f"{BILLING}payments/?invoice_id={invoice_id}").json()["results"]
    assert sum(Decimal(payment["amount"]) for payment in listed) == Decimal("900.00")


def test_the_event_chain_survives_the_crowd(cast: Cast, owner_connection: Any) -> None:
    invoices = [cast.invoice() for _ in range(8)]
    answers = at_once(8, lambda index: cast.submit(invoices[index], f"ref {index}"))
    assert {answer.status_code for answer in answers} == {201}
    rows = owner_connection.execute(
        "SELECT seq, prev_hash, hash FROM events_event WHERE account_id = %s ORDER BY seq", [cast.account.id]
    ).fetchall()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert all(later[1] == earlier[2] for earlier, later in pairwise(rows))
