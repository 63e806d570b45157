"""The benchmarks fill tables by hand: what a migration adds must not break them unseen."""

from typing import Any

import psycopg

from bench.fill import statements
from bench.sizes import Sizes

TINY = Sizes(accounts=3, rows=20, large_rows=40, large_invoices=10, deep_page=2, samples=1, seconds=0.01, rounds=1)


def test_a_filled_world_meets_every_constraint(owner_connection: psycopg.Connection[Any]) -> None:
    with owner_connection.transaction(force_rollback=True):
        for statement in statements(TINY):
            owner_connection.execute(statement)
        owner_connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        filled = "SELECT count(*) FROM billing_payment p JOIN accounts_account a ON a.id = p.account_id"
        (rows,) = owner_connection.execute(f"{filled} WHERE a.name LIKE 'Bench %'").fetchone() or (0,)
        assert rows == TINY.accounts * TINY.rows + TINY.large_rows + 2 * TINY.stock
