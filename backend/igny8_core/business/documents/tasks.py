"""Jobs of letters: events cause letters, letters are mailed, reminders are sent every day."""

import logging
from datetime import timedelta
from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.documents.selectors.letters import stuck_letters
from igny8_core.business.documents.services import letters
from igny8_core.business.documents.services.letter_layout import compose
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM, EventType
from igny8_core.events.subscriptions import on
from igny8_core.kit import clock

AT_ONCE = 500
GIVEN_UP_AFTER = timedelta(days=3)
PATIENT = RetryStrategy(max_attempts=8, exponential_wait=4)
"""4 s, 16 s, …: six hours in total, because a mail server may be down for a while."""

logger = logging.getLogger(__name__)


@on(EventType.INVOICE_FINALIZED, EventType.PAYMENT_SUBMITTED, EventType.PAYMENT_STATUS_CHANGED)
@app.task(name="documents.write_letters", retry=5)
def write_letters(event_id: str, account_id: str) -> None:
    """Store whom to notify of an event, once however often this runs, and have each letter sent."""
    owner_id = UUID(account_id)
    written = unit_of_work.run(
        lambda: letters.write_about_event(account_id=owner_id, event_id=UUID(event_id)),
        scope=Scope.tenant(owner_id),
        actor=SYSTEM,
    )
    _queue_letters(written)


@app.task(name="documents.send_letter", retry=PATIENT)
def send_letter(letter_id: str, account_id: str) -> None:
    """Claim the letter, hand it to the mail server outside any transaction, and record that."""
    scope = Scope.tenant(UUID(account_id))
    letter = unit_of_work.run(
        lambda: letters.claim_letter(account_id=UUID(account_id), letter_id=UUID(letter_id)), scope=scope, actor=SYSTEM
    )
    if letter is None:
        return
    try:
        with unit_of_work.read(scope):
            mail = compose(letter)
        if mail is not None:
            mail.send()
    except Exception:
        unit_of_work.run(lambda: letters.release_letter(letter), scope=scope, actor=SYSTEM)
        raise
    unit_of_work.run(lambda: letters.finish_letter(letter, sent=mail is not None), scope=scope, actor=SYSTEM)
    logger.info("letter_sent", extra={"kind": letter.kind, "letter_id": letter_id, "dropped": mail is None})


@app.periodic(cron="7 * * * *")
@app.task(name="documents.remind", queueing_lock="remind")
def remind(timestamp: int) -> None:
    """Reminders for overdue invoices: hourly, because days begin at different times in the accounts' time zones."""
    _queue_letters(unit_of_work.run(letters.write_reminders, scope=Scope.operators(), actor=SYSTEM))


@app.periodic(cron="*/10 * * * *")
@app.task(name="documents.resend_stuck_letters", queueing_lock="resend_stuck_letters")
def resend_stuck_letters(timestamp: int) -> None:
    """Send letters that a crash left stored but unsent."""
    with unit_of_work.read(Scope.operators()):
        now = clock.now()
        stuck = stuck_letters(before=now - letters.CLAIM_LASTS, after=now - GIVEN_UP_AFTER)
        found = letters.ids_of(stuck[:AT_ONCE])
    _queue_letters(found)


def _queue_letters(waiting: list[letters.Waiting]) -> None:
    for letter_id, account_id in waiting:
        send_letter.defer(letter_id=str(letter_id), account_id=str(account_id))
