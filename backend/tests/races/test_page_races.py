"""Pages while payers write: what stood at the start is met once, whatever the order and the filter; counts are bounded."""

import threading
from collections import Counter
from typing import Any

import psycopg
import pytest
from django.db import connection
from tests.cast import BILLING, Cast

LIST = f"{BILLING}payments/"
STANDING, WRITTEN = 40, 60
COPIES = """INSERT INTO billing_payment (id, account_id, invoice_id, amount_minor, currency, amount_refunded_minor,
 payment_method, status, transaction_reference, reference_normalised, duplicate_reference, notes, failure_reason,
 created_at, updated_at, submitted_at, cancelled_at)
 SELECT gen_random_uuid(), account_id, invoice_id, 1 + n %% 7, currency, 0, payment_method, 'cancelled', 'C' || n, 'C' || n,
 false, '', '', created_at + n * interval '1 second', now(), now(), now()
 FROM billing_payment, generate_series(1, %s) n WHERE id = %s"""


def copied(cast: Cast, connection: psycopg.Connection[Any], count: int) -> str:
    """A payment of account A, and copies of it that are cancelled."""
    payment_id: str = cast.submit(cast.invoice("1000.00"), amount="100.00").json()["data"]["id"]
    connection.execute(COPIES, [count, payment_id])
    return payment_id


def walk(cast: Cast, query: str) -> list[str]:
    """The ids on every page, forwards."""
    found: list[str] = []
    url: str | None = f"{LIST}?page_size=3&{query}"
    while url is not None:
        page = cast.viewer.get(url).json()
        found += [payment["id"] for payment in page["results"]]
        url = page["next"]
    return found


@pytest.mark.parametrize(
    "query",
    [
        "",
        "ordering=created_at",
        "ordering=amount",
        "ordering=-amount",
        "status=cancelled,pending_approval",
        "ordering=-amount&status=cancelled,pending_approval",
        "currency=PKR",
        "payment_method=bank_transfer",
        "created_after=2001-01-01T00:00:00Z",
        "created_before=2101-01-01T00:00:00Z&ordering=created_at",
        "created_after=2001-01-01T00:00:00Z&ordering=amount",
    ],
)
def test_a_walk_meets_what_stood_once(cast: Cast, owner_connection: psycopg.Connection[Any], query: str) -> None:
    copied(cast, owner_connection, STANDING)
    standing = {
        str(row[0])
        for row in owner_connection.execute("SELECT id FROM billing_payment WHERE account_id = %s", [cast.account.id])
    }
    done, invoice_id = threading.Event(), cast.invoice("100000.00")

    def write() -> None:
        try:
            for number in range(WRITTEN):
                if done.is_set():
                    return
                assert cast.submit(invoice_id, f"new {number}", amount="100.00").status_code == 201
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        met = Counter(walk(cast, query))
    finally:
        done.set()
        writer.join()
    assert max(met.values()) == 1
    assert standing <= set(met)


def test_a_page_goes_back_to_where_it_came_from(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    copied(cast, owner_connection, 9)
    for query in ("created_after=2001-01-01T00:00:00Z", "ordering=-amount", "status=cancelled,pending_approval"):
        first = cast.viewer.get(f"{LIST}?page_size=4&{query}").json()
        back = cast.viewer.get(cast.viewer.get(first["next"]).json()["previous"]).json()
        assert [one["id"] for one in back["results"]] == [one["id"] for one in first["results"]]
        assert (back["previous"], back["count"], back["count_exact"]) == (None, 10, True)


@pytest.mark.parametrize(("copies", "count", "exact"), [(999, 1000, True), (1000, 1000, False), (1300, 1000, False)])
def test_counts_stop_at_a_thousand(
    cast: Cast, owner_connection: psycopg.Connection[Any], copies: int, count: int, exact: bool
) -> None:
    copied(cast, owner_connection, copies)
    page = cast.viewer.get(f"{LIST}?page_size=1").json()
    assert (page["count"], page["count_exact"]) == (count, exact)


def test_a_cursor_out_of_time_is_harmless(cast: Cast) -> None:
    assert cast.submit(cast.invoice()).status_code == 201
    page = cast.viewer.get(f"{LIST}?page_size=1&created_after=2001-01-01T00:00:00Z").json()
    assert (len(page["results"]), page["next"]) == (1, None)
    forged = "WyItY3JlYXRlZF9hdCIsWzkyMjMzNzIwMzY4NTQ3NzU4MDcsMV0sZmFsc2Vd"  # ["-created_at",[2**63-1,1],false]
    after = cast.viewer.get(f"{LIST}?created_after=2001-01-01T00:00:00Z&cursor={forged}").json()
    assert [one["id"] for one in after["results"]] == [page["results"][0]["id"]]
    assert cast.viewer.get(f"{LIST}?cursor={forged}").status_code == 400
