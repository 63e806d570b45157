"""Jobs of billing: each names its account and opens its own unit of work."""

import logging
from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.selectors.checkouts import claim_due, open_checkouts_of
from igny8_core.business.billing.selectors.saved_cards import claim_due_cards
from igny8_core.business.billing.services import gateway_inbox
from igny8_core.business.billing.services.asking import Asked, ask, asked_of, hear
from igny8_core.business.billing.services.gateways import live_gateways
from igny8_core.business.billing.services.saved_cards import ask_card, asked_card, hear_card
from igny8_core.business.billing.services.verification import verify
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import GATEWAY, SYSTEM, EventType
from igny8_core.events.subscriptions import beside_events, on
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


@on(EventType.INVOICE_PAID, EventType.INVOICE_VOIDED, EventType.INVOICE_MARKED_UNCOLLECTIBLE)
@app.task(name="billing.close_checkouts", retry=5)
def close_checkouts(event_id: str, account_id: str) -> None:
    """Let nobody pay an invoice at a gateway that takes no money any more."""
    owner_id = UUID(account_id)
    with unit_of_work.read(Scope.tenant(owner_id)):
        payment_ids = open_checkouts_of(account_id=owner_id, event_id=UUID(event_id))
    for payment_id in payment_ids:
        ask_gateway(str(payment_id), account_id)


@app.periodic(cron="* * * * *")
@app.task(name="billing.ask_gateways", queueing_lock="ask_gateways")
def ask_gateways(timestamp: int) -> None:
    """Have every checkout asked about whose time has come, and every one that its invoice takes no more."""
    for account_id, payment_id in unit_of_work.run(claim_due, scope=Scope.operators(), actor=SYSTEM):
        ask_gateway.defer(payment_id=str(payment_id), account_id=str(account_id))


@app.task(name="billing.ask_gateway")
def ask_gateway(payment_id: str, account_id: str) -> None:
    """Ask the gateway how a payment stands, between two transactions; when it is asked again is written down."""
    owner_id = UUID(account_id)
    with unit_of_work.read(Scope.tenant(owner_id)):
        asked = asked_of(account_id=owner_id, payment_id=UUID(payment_id))
    if asked is not None:
        heard = ask(asked)
        unit_of_work.run(lambda: hear(asked, heard), scope=Scope.tenant(owner_id), actor=GATEWAY)


@app.periodic(cron="* * * * *")
@app.task(name="billing.ask_about_cards", queueing_lock="ask_about_cards")
def ask_about_cards(timestamp: int) -> None:
    """Have every saved card asked about whose time has come, and every one forgotten that was removed here."""
    for account_id, card_id in unit_of_work.run(claim_due_cards, scope=Scope.operators(), actor=SYSTEM):
        ask_about_card.defer(card_id=str(card_id), account_id=str(account_id))


@app.task(name="billing.ask_about_card")
def ask_about_card(card_id: str, account_id: str) -> None:
    """Ask the gateway about a saved card, between two transactions."""
    owner_id = UUID(account_id)
    with unit_of_work.read(Scope.tenant(owner_id)):
        asked = asked_card(account_id=owner_id, card_id=UUID(card_id))
    if asked is not None:
        heard = ask_card(asked)
        unit_of_work.run(lambda: hear_card(asked, heard), scope=Scope.tenant(owner_id), actor=GATEWAY)


def take_messages() -> int:
    """Have the waiting messages of gateways read, each by one reader."""
    claimed = unit_of_work.run(gateway_inbox.claim_waiting, scope=Scope.operators(), actor=SYSTEM)
    for message_id in claimed:
        read_gateway_message.defer(message_id=str(message_id))
    return len(claimed)


beside_events(take_messages)


@app.task(name="billing.read_gateway_message")
def read_gateway_message(message_id: str) -> None:
    """Ask the gateway about what its message names. What fails is read again later, as the message says."""
    identity = UUID(message_id)
    asked = unit_of_work.run(lambda: gateway_inbox.subject_of(identity), scope=Scope.operators(), actor=SYSTEM)
    if asked is None:
        return
    if isinstance(asked, Asked):
        of_payment = ask(asked)
        failure = of_payment.failure
        write: Callable[[], object] = partial(hear, asked, of_payment)
    else:
        of_card = ask_card(asked)
        failure = of_card.failure
        write = partial(hear_card, asked, of_card)

    def operation() -> None:
        write()
        if failure is None:
            gateway_inbox.finish(identity, outcome=gateway_inbox.DONE)
        else:
            gateway_inbox.fail(identity)

    unit_of_work.run(operation, scope=Scope.operators(), actor=GATEWAY)


@app.periodic(cron="3-59/10 * * * *")
@app.task(name="billing.catch_up_messages", queueing_lock="catch_up_messages")
def catch_up_messages(timestamp: int) -> None:
    """Fetch the messages that never reached us, from the gateways' own lists."""
    for gateway in live_gateways():
        with unit_of_work.read(Scope.operators()):
            since = gateway_inbox.since_when(gateway)
        missed = gateway_inbox.fetch_missed(gateway, since=since)
        unit_of_work.run(
            partial(gateway_inbox.keep_missed, gateway, missed),
            scope=Scope.operators(),
            actor=SYSTEM,
        )


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


@app.periodic(cron="27 4 * * *")
@app.task(name="billing.sweep_messages", queueing_lock="sweep_messages")
def sweep_messages(timestamp: int) -> None:
    """Delete the gateways' messages of long ago."""
    unit_of_work.run(gateway_inbox.sweep_messages, scope=Scope.operators(), actor=SYSTEM)
