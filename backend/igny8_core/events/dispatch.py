"""The dispatcher: takes undispatched events and defers a job for each subscriber, in one transaction.

Several dispatchers may run: each claims its own batch. A crash before the commit leaves the batch in place.
"""

from django.db import connection, transaction

from igny8_core.events.subscriptions import subscribers_of

BATCH = 200

CLAIM = """DELETE FROM events_pendingdispatch WHERE id IN (
 SELECT id FROM events_pendingdispatch ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
 RETURNING event_id, account_id, type"""


def dispatch_batch() -> int:
    """Dispatch one batch under the worker's login; returns the number of events in it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [BATCH])
            claimed = cursor.fetchall()
        for event_id, account_id, kind in claimed:
            for task in subscribers_of(kind):
                task.defer(event_id=str(event_id), account_id=str(account_id))
    return len(claimed)
