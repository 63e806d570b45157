"""The recount: computes the cached numbers from the lines alone. Each query describes what it finds wrong.

A full recount reads the tables. An incremental one runs the same queries over less: a WITH clause in front of them
replaces the tables by the rows written since the verified points, plus one line per balance for the point itself. The
lines of a balance are numbered under its lock, so new lines have higher numbers. A change to verified lines is only
found by a full recount.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from igny8_core.events.chain import canonical_json, timestamp
from igny8_core.kit.sealing import Unreadable, has_our_stamp

PAGE = 2000
NAMED = 20

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
# A point is evidence too: whoever rewrites the lines before it, including balances, would still have to match it.
VERIFIED = """SELECT v.account_id, v.verified_at, b.unit, b.code, b.sequence, b.amount_minor
 FROM ledger_verifiedledger v CROSS JOIN LATERAL jsonb_to_recordset(v.balances)
  AS b(unit varchar, code varchar, sequence bigint, amount_minor bigint)"""
REWRITTEN = f"""SELECT 'line ' || v.sequence || ' of ' || v.code || ' in ' || v.unit || ' of account ' || v.account_id
  || ' left ' || v.amount_minor || ' when it was verified at ' || v.verified_at || ', it says '
  || coalesce(l.balance_minor::text, 'nothing: it is gone')
 FROM ({VERIFIED}) v LEFT JOIN LATERAL (SELECT balance_minor FROM public.ledger_journalline l
  WHERE l.account_id = v.account_id AND l.unit = v.unit AND l.code = v.code AND l.sequence = v.sequence OFFSET 0) l
  ON true
 WHERE l.balance_minor IS DISTINCT FROM v.amount_minor LIMIT 20"""

POINTS = "SELECT account_id, event_seq, journals, balances::text, verified_at, stamp FROM ledger_verifiedledger"

# `codes` finds each code that has lines with a skip scan, so that lines without a balance are found too. OFFSET 0
# forces the planner to join row by row through the index: it cannot know that little is new, and would read the whole
# table.
NEW_LINES = f"""verified AS MATERIALIZED ({VERIFIED}),
codes AS (
 (SELECT account_id, unit, code FROM public.ledger_journalline ORDER BY account_id, unit, code LIMIT 1)
 UNION ALL SELECT next.account_id, next.unit, next.code FROM codes CROSS JOIN LATERAL (
  SELECT l.account_id, l.unit, l.code FROM public.ledger_journalline l
  WHERE (l.account_id, l.unit, l.code) > (codes.account_id, codes.unit, codes.code)
  ORDER BY l.account_id, l.unit, l.code LIMIT 1) next),
ledger_journalline AS MATERIALIZED (
 SELECT l.id, l.account_id, l.journal_id, l.code, l.unit, l.amount_minor, l.balance_minor, l.sequence
 FROM codes LEFT JOIN verified USING (account_id, unit, code)
 CROSS JOIN LATERAL (SELECT * FROM public.ledger_journalline l WHERE l.account_id = codes.account_id
  AND l.unit = codes.unit AND l.code = codes.code AND l.sequence > coalesce(verified.sequence, {-(2**63)}) OFFSET 0) l
 UNION ALL SELECT NULL, account_id, NULL, code, unit, amount_minor, amount_minor, sequence FROM verified),
ledger_journal AS MATERIALIZED (
 SELECT j.* FROM (SELECT DISTINCT account_id, journal_id FROM ledger_journalline WHERE journal_id IS NOT NULL) l
 CROSS JOIN LATERAL (SELECT * FROM public.ledger_journal j
  WHERE j.account_id = l.account_id AND j.id = l.journal_id OFFSET 0) j)"""


@dataclass(frozen=True, slots=True)
class Books:
    """What is recounted together: queries that each yield sentences, and what replaces their tables (see above)."""

    checks: tuple[str, ...]
    narrowed: str


@dataclass(frozen=True, slots=True)
class Recount:
    """The result of a recount; `problems` is empty if everything agrees.

    `journals` counts all that are known to agree, `recounted` those that were read for this answer. `full` means that
    no verified point was used.
    """

    full: bool
    journals: int
    recounted: int
    problems: list[str]

    @property
    def ok(self) -> bool:
        """Whether nothing was wrong."""
        return not self.problems


@dataclass(slots=True)
class Points:
    """The verified points of all accounts: how many, how many journals they cover, and which are forged."""

    count: int = 0
    journals: int = 0
    not_ours: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        """Whether a recount can continue from them."""
        return self.count > 0 == self.not_ours


LEDGER = Books((UNBALANCED, DRIFTED, MISRUN, REWRITTEN), NEW_LINES)


def recount(*further: Books, full: bool) -> Recount:
    """Recount the ledger and the books of higher rooms: what is new since the verified points, or everything.

    Without trustworthy points everything is recounted.
    """
    points = _points()
    everything = full or not points.usable
    found = [_found(books, full=everything) for books in (LEDGER, *further)]
    recounted = found[0][0]
    return Recount(
        full=everything,
        journals=recounted if everything else points.journals + recounted,
        recounted=recounted,
        problems=[*points.problems, *(problem for _, problems in found for problem in problems)],
    )


def narrow(statement: str, books: Books, *, full: bool) -> str:
    """The statement over all rows, or over the new ones."""
    return statement if full else f"WITH RECURSIVE {books.narrowed} {statement}"


def point_text(*, account_id: UUID, event_seq: int, journals: int, balances: str, verified_at: datetime) -> str:
    """The text of a verified point that its stamp covers; `balances` is the document as PostgreSQL writes it."""
    return canonical_json(
        {
            "account_id": str(account_id),
            "event_seq": event_seq,
            "journals": journals,
            "balances": balances,
            "verified_at": timestamp(verified_at),
        }
    )


def _found(books: Books, *, full: bool) -> tuple[int, list[str]]:
    """How many journals were read, and what is wrong."""
    checks = " UNION ALL ".join(f"({check})" for check in books.checks)
    counted = f"SELECT NULL, count(*) FROM ledger_journal UNION ALL SELECT problem, 0 FROM ({checks}) found(problem)"
    with connection.cursor() as cursor:
        cursor.execute(narrow(counted, books, full=full))
        rows = cursor.fetchall()
    return sum(journals for _, journals in rows), [problem for problem, _ in rows if problem is not None]


def _points() -> Points:
    """Check every point's stamp; a point whose key was removed is ignored, a forged one is a problem."""
    points = Points()
    with connection.chunked_cursor() as cursor:
        cursor.execute(POINTS)
        while rows := cursor.fetchmany(PAGE):
            for account_id, event_seq, journals, balances, verified_at, stamp in rows:
                text = point_text(
                    account_id=account_id,
                    event_seq=event_seq,
                    journals=journals,
                    balances=balances,
                    verified_at=verified_at,
                )
                points.count += 1
                points.journals += journals
                points.not_ours += not _is_ours(text, stamp, account_id, points.problems)
    return points


def _is_ours(text: str, stamp: str, account_id: UUID, problems: list[str]) -> bool:
    try:
        ours = has_our_stamp(text, stamp)
    except Unreadable:
        return False
    if not ours and len(problems) < NAMED:
        problems.append(f"the stored point up to which account {account_id} was verified is not one that we made")
    return ours
