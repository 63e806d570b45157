"""Two hundred accounts of 500 invoices and payments, and one account with a million payments, by SQL as the owner.

Ids are made of numbers, so that a benchmark can name a row without having read it: `row_id(kind, account, n)`.
"""

import uuid
from typing import Any

import psycopg

ACCOUNTS, ROWS = 200, 500
LARGE, LARGE_ROWS = 0, 1_000_000
FRESH = 2_000
"""Pending invoices without a payment that each of the first accounts has, for submissions and approvals."""
PAYERS = 50
KINDS = {"account": 1, "invoice": 2, "payment": 3, "fresh": 4, "waiting": 5, "key": 6, "head": 7}


def row_id(kind: str, account: int, number: int) -> uuid.UUID:
    """The id of a filled row."""
    return uuid.UUID(f"0190{KINDS[kind]:04x}-0000-7000-8{account:03x}-{number:012x}")


def key_of(account: int) -> str:
    """The API key of a filled account (an owner's)."""
    return f"igk_bench-account-{account:04d}-aaaaaaaaaaaaaaaaaaaaa"


def _id(kind: str, account: str, number: str) -> str:
    return (
        f"('0190{KINDS[kind]:04x}-0000-7000-8' || lpad(to_hex({account}), 3, '0') || '-'"
        f" || lpad(to_hex({number}), 12, '0'))::uuid"
    )


def fill(connection: psycopg.Connection[Any]) -> None:
    """Fill an empty world; one that was filled before is left as it is."""
    first = connection.execute("SELECT 1 FROM accounts_account WHERE code = 'BENCH0000'").fetchone()
    if first is not None:
        return
    for statement in _statements():
        connection.execute(statement)  # type: ignore[call-overload]
    for table in ("billing_invoice", "billing_payment", "accounts_account", "accounts_accesskey"):
        connection.execute(f"ANALYZE {table}")  # type: ignore[call-overload]


def _statements() -> list[str]:
    last = ACCOUNTS
    accounts = f"generate_series({LARGE}, {last}) a"
    return [
        f"""INSERT INTO accounts_account (id, code, name, country, billing_currency, time_zone, status, created_at,
 updated_at) SELECT {_id("account", "a", "0")}, 'BENCH' || lpad(a::text, 4, '0'), 'Bench ' || a, 'PK', 'PKR',
 'Asia/Karachi', 'active', now(), now() FROM {accounts}""",
        f"""INSERT INTO events_chainhead (id, account_id, seq, prev_hash, hash) SELECT {_id("head", "a", "0")},
 {_id("account", "a", "0")}, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex') FROM {accounts}""",
        f"""INSERT INTO accounts_accesskey (id, kind, account_id, role, name, prefix, secret_hash, family_id, created_at,
 last_used_at) SELECT {_id("key", "a", "0")}, 'api_key', {_id("account", "a", "0")}, 'owner', 'bench', 'igk_bench',
 sha256(convert_to('igk_bench-account-' || lpad(a::text, 4, '0') || '-aaaaaaaaaaaaaaaaaaaaa', 'UTF8')),
 gen_random_uuid(), now(), now() + interval '1 day' FROM {accounts}""",
        _invoices("invoice", f"generate_series(1, {last}) a, generate_series(1, {ROWS}) n", "pending"),
        _invoices("invoice", f"generate_series({LARGE}, {LARGE}) a, generate_series(1, 20000) n", "pending"),
        _invoices("fresh", f"generate_series(1, {PAYERS}) a, generate_series(1, {FRESH}) n", "pending"),
        _invoices("waiting", f"generate_series(1, {last}) a, generate_series(1, 100) n", "pending"),
        _payments("payment", "invoice", f"generate_series(1, {last}) a, generate_series(1, {ROWS}) n", "n"),
        _payments("payment", "invoice", f"generate_series({LARGE}, {LARGE}) a, generate_series(1, {LARGE_ROWS}) n",
                  "(n % 20000) + 1"),
        _payments("waiting", "waiting", f"generate_series(1, {last}) a, generate_series(1, 100) n", "n",
                  status="'pending_approval'"),
    ]  # fmt: skip


def _invoices(kind: str, rows: str, status: str) -> str:
    number = f"'B' || a || '-{kind[0]}' || lpad(n::text, 6, '0')"
    return f"""INSERT INTO billing_invoice (id, account_id, number, creditor_reference, currency, status,
 amount_total_minor, amount_tax_minor, amount_settled_minor, cycle, credits_granted, created_at, updated_at,
 finalized_at) SELECT {_id(kind, "a", "n")}, {_id("account", "a", "0")}, {number},
 'RF00{kind[0].upper()}' || a || 'N' || n, 'PKR', '{status}', 100000, 0, 0, 0, 0, now(), now(), now() FROM {rows}"""


def _payments(kind: str, invoice_kind: str, rows: str, invoice: str, *, status: str = "") -> str:
    cycle = "(ARRAY['failed', 'cancelled', 'pending_approval', 'processing'])[n % 4 + 1]"
    return f"""INSERT INTO billing_payment (id, account_id, invoice_id, amount_minor, currency, amount_refunded_minor,
 payment_method, status, transaction_reference, reference_normalised, duplicate_reference, notes, failure_reason,
 created_at, updated_at, submitted_at) SELECT {_id(kind, "a", "n")}, {_id("account", "a", "0")},
 {_id(invoice_kind, "a", invoice)}, 100 + n % 900, 'PKR', 0, 'bank_transfer', {status or cycle}, 'FT {kind} ' || n,
 upper('FT{kind}' || n), false, 'Paid from our main account.', '', now(), now(), now() FROM {rows}"""
