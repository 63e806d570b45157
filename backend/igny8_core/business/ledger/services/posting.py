"""The only writer of ledger rows. Amounts are whole minor units, debits positive.

A posting updates the cached balances, and writes the journal and its lines with the balance after each, in one
statement. The balance's row lock orders the lines, so `sequence` is the order in which the balance changed. Existing
balances are updated rather than upserted: PostgreSQL would apply the CHECK to the row that an upsert proposes, which is
only a difference.
"""

from uuid import UUID

from django.db import connection

from igny8_core.business.ledger.domain.chart import NEVER_OWED_TO_US, Code
from igny8_core.business.ledger.domain.entry import Entry
from igny8_core.business.ledger.domain.errors import InsufficientBalance, InsufficientCredits
from igny8_core.kit import clock
from igny8_core.kit.ids import uuid7

POST = """WITH given AS (
 SELECT * FROM unnest(%(ids)s::uuid[], %(balance_ids)s::uuid[], %(codes)s::text[], %(amounts)s::bigint[])
  AS given(id, balance_id, code, amount)),
journal AS (
 INSERT INTO ledger_journal (id, account_id, kind, source_id, cycle, unit, memo, posted_at)
 VALUES (%(journal_id)s, %(account_id)s, %(kind)s, %(source_id)s, %(cycle)s, %(unit)s, %(memo)s, %(now)s)
 RETURNING id),
held AS (
 SELECT id, code FROM ledger_balance
 WHERE account_id = %(account_id)s AND unit = %(unit)s AND code = ANY(%(codes)s::text[])
 ORDER BY code FOR NO KEY UPDATE),
opened AS (
 INSERT INTO ledger_balance (id, account_id, code, unit, amount_minor)
 SELECT balance_id, %(account_id)s, code, %(unit)s, amount FROM given
 WHERE code NOT IN (SELECT code FROM held) ORDER BY code
 ON CONFLICT (account_id, unit, code) DO UPDATE SET amount_minor = ledger_balance.amount_minor + excluded.amount_minor
 RETURNING code, amount_minor),
changed AS (
 UPDATE ledger_balance b SET amount_minor = b.amount_minor + given.amount
 FROM held JOIN given ON given.code = held.code WHERE b.account_id = %(account_id)s AND b.id = held.id
 RETURNING b.code, b.amount_minor),
moved AS (SELECT code, amount_minor FROM opened UNION ALL SELECT code, amount_minor FROM changed)
INSERT INTO ledger_journalline (id, account_id, journal_id, code, unit, amount_minor, balance_minor)
SELECT given.id, %(account_id)s, journal.id, given.code, %(unit)s, given.amount, moved.amount_minor
FROM given JOIN moved ON moved.code = given.code CROSS JOIN journal
RETURNING code, balance_minor"""

LOCK_BALANCE = """SELECT amount_minor FROM ledger_balance
 WHERE account_id = %s AND unit = %s AND code = %s FOR NO KEY UPDATE"""
LOCK_BALANCES = """SELECT 1 FROM ledger_balance WHERE account_id = %s AND unit = %s ORDER BY code FOR NO KEY UPDATE"""


def post(entry: Entry, *, account_id: UUID, may_overdraw: bool = False) -> UUID:
    """Write a journal and return its id.

    Raises `InsufficientBalance` or `InsufficientCredits` if a liability to the customer would become a claim;
    `may_overdraw` allows that for credits only. Posting the same kind, source and cycle twice is an integrity error:
    callers decide under a lock, so it does not happen.
    """
    lines = dict(sorted(entry.lines.items()))
    if not may_overdraw:
        _ensure_covered(lines, account_id, entry.unit)
    journal_id = uuid7()
    parameters = {
        "journal_id": journal_id,
        "account_id": account_id,
        "kind": entry.kind.value,
        "source_id": entry.source_id,
        "cycle": entry.cycle,
        "unit": entry.unit,
        "memo": entry.memo,
        "now": clock.now(),
        "ids": [uuid7() for _ in lines],
        "balance_ids": [uuid7() for _ in lines],
        "codes": list(lines),
        "amounts": list(lines.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(POST, parameters)
    return journal_id


def lock_balances(*, account_id: UUID, unit: str) -> None:
    """Lock every balance in the unit, in the order in which postings lock them.

    For callers that decide by one balance and then post to others: locking one by one could deadlock with a settlement.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK_BALANCES, [account_id, unit])


def locked_balance(*, account_id: UUID, unit: str, code: str) -> int:
    """Lock and read a code's balance, debits positive; 0 if nothing was posted to it yet."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_BALANCE, [account_id, unit, code])
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def _ensure_covered(lines: dict[str, int], account_id: UUID, unit: str) -> None:
    """Lock before deciding; the balance's CHECK is the second safeguard."""
    for code in sorted(NEVER_OWED_TO_US & lines.keys()):
        amount = lines[code]
        if amount > 0 and locked_balance(account_id=account_id, unit=unit, code=code) + amount > 0:
            raise InsufficientCredits if code == Code.CREDITS else InsufficientBalance
