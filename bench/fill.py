"""Two hundred accounts of 500 invoices and payments, and one account with a million payments, by SQL as the owner.

Every constraint holds, but no ledger or events stand behind the filled rows: what is measured reads or adds its own.
Each account has one invoice and one reference with a tenth of its payments, so that filtered lists have pages too.
"""

from typing import Any

import psycopg

from bench.ids import HOT_INVOICE, HOT_REFERENCE, LARGE_ACCOUNT, Name, key_digest_sql
from bench.sizes import Sizes

TOTAL_MINOR = 100_000
TABLES = ("accounts_account", "accounts_accesskey", "events_chainhead", "billing_invoice", "billing_payment")
STATUSES = "(ARRAY['succeeded', 'failed', 'cancelled', 'pending_approval', 'processing'])[n % 5 + 1]"


def fill(connection: psycopg.Connection[Any], sizes: Sizes) -> None:
    """Fill an empty world and let the planner know it."""
    for statement in statements(sizes):
        connection.execute(statement)
    for table in TABLES:
        # As autovacuum would after a while: without it, no index is read alone.
        connection.execute(f"VACUUM (ANALYZE) {table}")


def statements(sizes: Sizes) -> list[str]:
    """What fills it."""
    accounts = f"generate_series({LARGE_ACCOUNT}, {sizes.accounts}) a"
    small = f"generate_series(1, {sizes.accounts}) a, generate_series(1, {sizes.rows}) n"
    large = f"generate_series({LARGE_ACCOUNT}, {LARGE_ACCOUNT}) a, generate_series(1, {{}}) n"
    spread = f"generate_series(0, {sizes.stock - 1}) n, LATERAL (SELECT n % {sizes.accounts} + 1 AS a) owner"
    chained = f"generate_series(0, {sizes.stock - 1}) n, LATERAL (SELECT 1 AS a) owner"
    return [
        # No approval stands behind a filled payment; and one operator approves more than any real limit allows.
        _limit("NULL"),
        *_accounts(accounts),
        _invoices("invoice", small),
        _invoices("invoice", large.format(sizes.large_invoices)),
        _invoices("fresh", spread),
        _invoices("waiting", spread),
        _invoices("chained", chained),
        _waiting("waiting", spread),
        _waiting("chained", chained),
        # The large account's first: whoever looks for them through an index of all accounts passes the others'.
        _payments(large.format(sizes.large_rows), f"(n % {sizes.large_invoices}) + 1"),
        _payments(small, "n"),
        _limit("999999999999999"),
    ]


def _limit(amount_minor: str) -> str:
    return f"""INSERT INTO billing_approvallimit (id, currency, amount_minor, updated_at)
 VALUES (gen_random_uuid(), 'PKR', {amount_minor}, now())
 ON CONFLICT (currency) DO UPDATE SET amount_minor = excluded.amount_minor"""


def _accounts(rows: str) -> list[str]:
    account = Name("account", "a", "0").sql
    return [
        f"""INSERT INTO accounts_account (id, code, name, country, billing_currency, time_zone, language, address,
 tax_id, status, created_at, updated_at) SELECT {account}, 'BEN' || lpad(a::text, 4, '0'), 'Bench ' || a, 'PK', 'PKR',
 'Asia/Karachi', '', '', '', 'active', now(), now() FROM {rows}""",
        f"""INSERT INTO events_chainhead (id, account_id, seq, prev_hash, hash) SELECT {Name("head", "a", "0").sql},
 {account}, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex') FROM {rows}""",
        f"""INSERT INTO accounts_accesskey (id, kind, account_id, role, name, prefix, secret_hash, family_id,
 created_at, last_used_at) SELECT {Name("key", "a", "0").sql}, 'api_key', {account}, 'owner', 'bench', 'igk_bench',
 {key_digest_sql("a")}, gen_random_uuid(), now(), now() + interval '1 day' FROM {rows}""",
    ]


def _invoices(kind: str, rows: str) -> str:
    return f"""INSERT INTO billing_invoice (id, account_id, number, creditor_reference, currency, status,
 amount_total_minor, amount_tax_minor, amount_settled_minor, cycle, credits_granted, created_at, updated_at,
 finalized_at) SELECT {Name(kind, "a", "n").sql}, {Name("account", "a", "0").sql}, 'BEN' || a || '-{kind[0]}' || n,
 'RF00{kind[0].upper()}' || a || 'N' || n, 'PKR', 'pending', {TOTAL_MINOR}, 0, 0, 0, 0, now(), now(), now()
 FROM {rows}"""


def _payments(rows: str, invoice: str) -> str:
    hot, reference = f"CASE n % 10 WHEN 0 THEN {HOT_INVOICE} ELSE {invoice} END", _reference("n % 10 = 1", "payment")
    when = "CASE WHEN n % 5 = {} THEN now() END"
    return f"""INSERT INTO billing_payment (id, account_id, invoice_id, amount_minor, currency, amount_received_minor,
 amount_refunded_minor, payment_method, status, transaction_reference, reference_normalised, duplicate_reference,
 notes, failure_reason, created_at, updated_at, submitted_at, approved_at, processed_at, failed_at, cancelled_at)
 SELECT {Name("payment", "a", "n").sql}, {Name("account", "a", "0").sql}, {Name("invoice", "a", hot).sql},
 100 + n % 900, 'PKR', CASE n % 5 WHEN 0 THEN 100 + n % 900 END, 0, 'bank_transfer', {STATUSES}, {reference},
 upper(replace({reference}, ' ', '')), false, 'Paid from our main account.',
 CASE n % 5 WHEN 1 THEN 'No such transfer has arrived.' ELSE '' END, now(), now(), now(), {when.format(0)},
 {when.format(0)}, {when.format(1)}, {when.format(2)} FROM {rows}"""


def _waiting(kind: str, rows: str) -> str:
    """Payments of the whole of an invoice each, for approvals: the longest way, it pays the invoice."""
    reference = _reference("false", kind)
    return f"""INSERT INTO billing_payment (id, account_id, invoice_id, amount_minor, currency, amount_refunded_minor,
 payment_method, status, transaction_reference, reference_normalised, duplicate_reference, notes, failure_reason,
 created_at, updated_at, submitted_at) SELECT {Name(kind, "a", "n").sql}, {Name("account", "a", "0").sql},
 {Name(kind, "a", "n").sql}, {TOTAL_MINOR}, 'PKR', 0, 'bank_transfer', 'pending_approval', {reference},
 upper(replace({reference}, ' ', '')), false, 'Paid from our main account.', '', now(), now(), now() FROM {rows}"""


def _reference(is_hot: str, kind: str) -> str:
    return f"CASE WHEN {is_hot} THEN '{HOT_REFERENCE}' ELSE 'FT {kind} ' || n END"
