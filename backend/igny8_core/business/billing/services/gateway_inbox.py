"""What gateways send us: kept as it came, once, and read by the worker. A message is a reason to ask, and no more."""

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F, Max

from igny8_core.business.billing.domain.errors import GatewayNotConfigured, MessageRefused
from igny8_core.business.billing.gateways.base import Missed, Refused, Subject, Verified
from igny8_core.business.billing.models import Checkout, GatewayMessage, Payment, SavedCard
from igny8_core.business.billing.services.asking import Asked, asked_of
from igny8_core.business.billing.services.gateways import calling, gateway_of
from igny8_core.business.billing.services.saved_cards import AskedCard, asked_card
from igny8_core.kit import clock
from igny8_core.kit.ids import uuid7

BATCH = 50
MOST_TRIES = 20
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=6)
SECRET_HEADERS = frozenset({"authorization", "cookie"})
LOOK_BACK, OVERLAP, FIRST_LOOK_BACK = timedelta(hours=2), timedelta(hours=1), timedelta(days=1)
GATEWAYS_MEMORY = timedelta(days=29)
KEPT = timedelta(days=180)
DONE, FOREIGN, FAILED = "done", "foreign", "failed"

# The web may add a row and see none, so that it names no column to compare by.
KEEP = """INSERT INTO billing_gatewaymessage (id, gateway, event_id, kind, handle, reference, charge, headers, body,
 caught_up, received_at, tries, next_try_at, outcome)
 VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now(), 0, now(), '') ON CONFLICT DO NOTHING"""

logger = logging.getLogger(__name__)


def receive(*, gateway: str, headers: Mapping[str, str], body: bytes) -> None:
    """Keep a message, if it is the gateway's and new; in a transaction of its own, outside of every unit of work.

    Header names are in lower case. Raises `GatewayNotConfigured` and `MessageRefused`.
    """
    found = gateway_of(gateway)
    if found is None:
        raise GatewayNotConfigured
    message = found.read_message(headers, body, now=clock.now())
    if isinstance(message, Refused):
        logger.warning("gateway_message_refused", extra={"gateway": gateway, "reason": message.reason})
        raise MessageRefused
    if message.oddity:
        told = {"gateway": gateway, "event_id": message.event_id, "oddity": message.oddity}
        logger.warning("gateway_message_odd", extra=told)
    kept = {name: value for name, value in headers.items() if name not in SECRET_HEADERS}
    _keep(gateway, message, headers=kept, body=body, caught_up=False)


def since_when(gateway: str) -> datetime:
    """From when on messages of the gateway may be missing, as far as it remembers; inside a unit of work."""
    now, newest = clock.now(), GatewayMessage.objects.filter(gateway=gateway).aggregate(at=Max("received_at"))["at"]
    since = now - FIRST_LOOK_BACK if newest is None else min(now - LOOK_BACK, newest - OVERLAP)
    return max(since, now - GATEWAYS_MEMORY)


def fetch_missed(gateway: str, *, since: datetime) -> list[Missed]:
    """What the gateway has sent since then, as it keeps it; outside of any transaction. Raises `GatewayError`."""
    with calling(gateway) as found:
        return list(found.missed(since=since))


def keep_missed(gateway: str, missed: Iterable[Missed]) -> int:
    """Keep what of it has never reached us; returns how much. Inside a unit of work."""
    return sum(_keep(gateway, one.message, headers={}, body=one.body, caught_up=True) for one in missed)


def claim_waiting() -> list[UUID]:
    """Take the messages whose time has come, for one reader each; in an open unit of work of operators' scope."""
    now = clock.now()
    waiting = GatewayMessage.objects.filter(next_try_at__lte=now).order_by("next_try_at")
    claimed = list(waiting.select_for_update(skip_locked=True, no_key=True)[:BATCH])
    for message in claimed:
        wait = min(FIRST_WAIT * 2**message.tries, LONGEST_WAIT)
        again = now + wait if message.tries < MOST_TRIES else None
        GatewayMessage.objects.filter(id=message.id).update(tries=F("tries") + 1, next_try_at=again)
    return [message.id for message in claimed]


def subject_of(message_id: UUID) -> Asked | AskedCard | None:
    """What a message makes us ask about; None where it is about no payment or card of ours, which is noted."""
    message = GatewayMessage.objects.get(id=message_id)
    found = _payment_of(message)
    if found is None:
        card = _card_of(message)
        if card is not None:
            return asked_card(account_id=card.account_id, card_id=card.id)
        finish(message_id, outcome=FOREIGN)
        return None
    account_id, payment_id = found
    GatewayMessage.objects.filter(id=message_id).update(payment_id=payment_id)
    return asked_of(account_id=account_id, payment_id=payment_id)


def finish(message_id: UUID, *, outcome: str) -> None:
    """Note what came of a message; it is not read again."""
    GatewayMessage.objects.filter(id=message_id).update(outcome=outcome, next_try_at=None)


def fail(message_id: UUID) -> None:
    """The gateway could not be asked: the message is read again later, and at last left to an operator."""
    given_up = GatewayMessage.objects.filter(id=message_id, next_try_at=None).update(outcome=FAILED)
    if given_up:
        logger.error("gateway_message_given_up", extra={"message_id": str(message_id)})


def sweep_messages() -> None:
    """Delete what is older than half a year: what followed from it stands in the payments and the event log."""
    GatewayMessage.objects.filter(received_at__lt=clock.now() - KEPT, next_try_at=None).delete()


def _keep(gateway: str, message: Verified, *, headers: Mapping[str, str], body: bytes, caught_up: bool) -> bool:
    subject: Subject = message.subject
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            [
                uuid7(),
                gateway,
                message.event_id,
                message.kind,
                subject.handle,
                subject.reference,
                subject.charge,
                json.dumps(dict(headers)),
                body,
                caught_up,
            ],
        )
        return int(cursor.rowcount) == 1


def _payment_of(message: GatewayMessage) -> tuple[UUID, UUID] | None:
    """The account and payment that a message names: by the checkout, by our own id, or by its money."""
    of_gateway = Payment.objects.across_accounts().filter(payment_method=message.gateway)
    pair = of_gateway.values_list("account_id", "id")
    found = pair.filter(gateway_handle=message.handle).first() if message.handle else None
    reference = _uuid(message.reference)
    if found is None and reference is not None:
        found = pair.filter(id=reference).first()
    if found is None and message.charge:
        charged = Checkout.objects.across_accounts().filter(gateway=message.gateway, charge=message.charge)
        found = charged.values_list("account_id", "payment_id").first()
    return found


def _card_of(message: GatewayMessage) -> SavedCard | None:
    """The saved card that a message names: by the card, by the page it was entered on, or by our own id."""
    cards = SavedCard.objects.across_accounts().filter(gateway=message.gateway)
    found = None
    if message.handle:
        found = cards.filter(card_handle=message.handle).first() or cards.filter(setup_handle=message.handle).first()
    reference = _uuid(message.reference)
    if found is None and reference is not None:
        found = cards.filter(id=reference).first()
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
