"""Stores up to where the ledger was verified, so that the next recount continues from there."""

import json
from datetime import datetime
from uuid import UUID

from django.db import connection

from igny8_core.business.ledger.models import VerifiedLedger
from igny8_core.business.ledger.selectors.verification import LEDGER, narrow, point_text
from igny8_core.kit import clock
from igny8_core.kit.sealing import stamp

BATCH = 500

STATE = """SELECT h.account_id, h.seq, {known} + coalesce(n.journals, 0), b.balances::text
 FROM events_chainhead h
 LEFT JOIN ledger_verifiedledger v ON v.account_id = h.account_id
 LEFT JOIN (SELECT account_id, count(*) AS journals FROM ledger_journal GROUP BY account_id) n
  ON n.account_id = h.account_id
 CROSS JOIN LATERAL (
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'unit', b.unit, 'code', b.code, 'sequence', l.sequence, 'amount_minor', b.amount_minor
   ) ORDER BY b.unit, b.code), '[]') AS balances
  FROM ledger_balance b CROSS JOIN LATERAL (
   SELECT sequence FROM public.ledger_journalline l
   WHERE l.account_id = b.account_id AND l.unit = b.unit AND l.code = b.code ORDER BY sequence DESC LIMIT 1) l
  WHERE b.account_id = h.account_id) b
 WHERE h.account_id IS NOT NULL AND ({whose})"""
OF_ALL = STATE.format(known="0", whose="true")
OF_MOVED = STATE.format(known="coalesce(v.journals, 0)", whose="v.id IS NULL OR v.event_seq <> h.seq")


def remember_ledger(*, full: bool) -> None:
    """Store the points of the accounts in which something happened, or (`full`) of all, as of the open snapshot.

    The caller has recounted the same extent in this snapshot and found nothing wrong.
    """
    now = clock.now()
    with connection.chunked_cursor() as cursor:
        cursor.execute(narrow(OF_ALL if full else OF_MOVED, LEDGER, full=full))
        while rows := cursor.fetchmany(BATCH):
            VerifiedLedger.objects.bulk_create(
                [
                    _point(account_id=account_id, event_seq=seq, journals=journals, balances=balances, now=now)
                    for account_id, seq, journals, balances in rows
                ],
                update_conflicts=True,
                unique_fields=["account"],
                update_fields=["event_seq", "journals", "balances", "verified_at", "stamp"],
            )


def _point(*, account_id: UUID, event_seq: int, journals: int, balances: str, now: datetime) -> VerifiedLedger:
    text = point_text(account_id=account_id, event_seq=event_seq, journals=journals, balances=balances, verified_at=now)
    return VerifiedLedger(
        account_id=account_id,
        event_seq=event_seq,
        journals=journals,
        balances=json.loads(balances),
        verified_at=now,
        stamp=stamp(text),
    )
