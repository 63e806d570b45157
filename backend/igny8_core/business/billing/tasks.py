"""Jobs of billing: each names its account and opens its own unit of work."""

import logging

from django.db import connection
from procrastinate.contrib.django import app

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.services.verification import verify
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM, EventType
from igny8_core.events.subscriptions import on
from igny8_core.kit import clock

logger = logging.getLogger(__name__)

NOTE_DUPLICATES = """WITH submitted AS (
  SELECT p.id, p.account_id, p.reference_normalised, p.reference_skeleton FROM billing_payment p
  JOIN events_event e ON e.account_id = p.account_id AND e.subject_id = p.id WHERE e.id = %(event_id)s),
 shared AS (
  SELECT o.account_id, o.id FROM submitted s JOIN billing_payment o
   ON (o.reference_normalised = s.reference_normalised OR o.reference_skeleton = s.reference_skeleton)
   AND o.account_id <> s.account_id
  WHERE s.reference_normalised <> ''),
 flagged AS (SELECT account_id, id FROM shared UNION SELECT account_id, id FROM submitted
  WHERE EXISTS (SELECT 1 FROM shared))
INSERT INTO billing_paymentduplicate (account_id, payment_id, noticed_at)
SELECT account_id, id, %(now)s FROM flagged ON CONFLICT DO NOTHING"""


@on(EventType.PAYMENT_SUBMITTED)
@app.task(name="billing.note_shared_reference", retry=5)
def note_shared_reference(event_id: str, account_id: str) -> None:
    """Record for operators that several accounts use a reference, or similar-looking ones; tenants never learn it."""

    def operation() -> None:
        with connection.cursor() as cursor:
            cursor.execute(NOTE_DUPLICATES, {"event_id": event_id, "now": clock.now()})

    unit_of_work.run(operation, scope=Scope.operators(), actor=SYSTEM)


@app.periodic(cron="41 * * * *")
@app.task(name="billing.recount", queueing_lock="recount", lock="recount")
def recount_hourly(timestamp: int) -> None:
    """Recount what is new in the money and in the event chains."""
    recount(full=False)


@app.periodic(cron="11 3 * * *")
@app.task(name="billing.recount_everything", queueing_lock="recount_everything", lock="recount")
def recount_nightly(timestamp: int) -> None:
    """Recount everything: only this detects a change to what was verified before."""
    recount(full=True)


class RecountFailed(RuntimeError):
    """The recount found amounts that do not agree, or events that do not fit."""


def recount(*, full: bool) -> None:
    """Fail the job if anything does not agree, so that it stays visible until somebody has looked."""
    found = unit_of_work.run(lambda: verify(full=full), scope=Scope.operators(), actor=SYSTEM, snapshot=True)
    bad = [str(one) for one in found.events.bad]
    if not found.money.ok:
        logger.error("ledger_drift", extra={"problems": found.money.problems})
    if not found.events.ok:
        logger.error("events_tampered", extra={"bad": bad, "bad_chains": found.events.bad_chains})
    if not (found.money.ok and found.events.ok):
        raise RecountFailed("; ".join([*found.money.problems, *bad]))
