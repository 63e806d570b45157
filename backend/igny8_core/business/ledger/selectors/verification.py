"""The recount: what the cached numbers should be, from the lines alone. Each query names what it finds wrong."""

from dataclasses import dataclass

from django.db import connection

UNBALANCED = """SELECT 'journal ' || j.id || ' does not sum to zero' FROM ledger_journal j
 LEFT JOIN ledger_journalline l ON l.account_id = j.account_id AND l.journal_id = j.id
 GROUP BY j.id HAVING count(l.id) < 2 OR coalesce(sum(l.amount_minor), 1) <> 0 OR bool_or(l.unit <> j.unit)
 LIMIT 20"""
DRIFTED = """SELECT 'balance of ' || coalesce(b.code, s.code) || ' in ' || coalesce(b.unit, s.unit) || ' of account '
  || coalesce(b.account_id, s.account_id) || ' is ' || coalesce(b.amount_minor, 0) || ', its lines say '
  || coalesce(s.amount, 0)
 FROM ledger_balance b FULL JOIN (SELECT account_id, unit, code, sum(amount_minor)::bigint AS amount
  FROM ledger_journalline GROUP BY account_id, unit, code) s
 ON s.account_id = b.account_id AND s.unit = b.unit AND s.code = b.code
 WHERE coalesce(b.amount_minor, 0) <> coalesce(s.amount, 0) LIMIT 20"""
MISRUN = """SELECT 'line ' || id || ' carries a balance that does not follow' FROM (
 SELECT id, balance_minor, sum(amount_minor) OVER (PARTITION BY account_id, unit, code ORDER BY sequence) AS running
 FROM ledger_journalline) lines WHERE balance_minor <> running LIMIT 20"""
RECOUNTS = (UNBALANCED, DRIFTED, MISRUN)


@dataclass(frozen=True, slots=True)
class Recount:
    """What a recount found; `problems` is empty when everything agrees."""

    journals: int
    problems: list[str]

    @property
    def ok(self) -> bool:
        """Whether nothing was wrong."""
        return not self.problems


def recount(*checks: str) -> Recount:
    """Recount the ledger, with the further checks of higher rooms; each is a query that yields sentences."""
    problems: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_journal")
        (journals,) = cursor.fetchone() or (0,)
        for check in (*RECOUNTS, *checks):
            cursor.execute(check)
            problems += [row[0] for row in cursor.fetchall()]
    return Recount(journals=journals, problems=problems)
