"""Jobs of the platform: closing expired invitations and requests, deleting expired tokens, handling password resets."""

from datetime import timedelta

from django.db import connection
from procrastinate.contrib.django import app

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.services import invitations, second_admin
from igny8_core.business.platform.services.credentials import handle_reset_requests
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.events.subscriptions import beside_events
from igny8_core.http.idempotency import KEPT_DAYS
from igny8_core.kit import clock

DELETE_TOKENS = "DELETE FROM accounts_accesskey WHERE kind <> 'api_key' AND expires_at < %s"
DELETE_STORED_ANSWERS = "DELETE FROM http_idempotencyrecord WHERE created_at < %s"
TOKENS_KEPT = timedelta(days=1)

beside_events(handle_reset_requests)


@app.periodic(cron="23 * * * *")
@app.task(name="platform.expire_invitations", queueing_lock="expire_invitations")
def expire_invitations(timestamp: int) -> None:
    """Close expired invitations and record that; nobody could accept them any more anyway."""
    while unit_of_work.run(invitations.expire_invitations, scope=Scope.operators(), actor=SYSTEM):
        pass


@app.periodic(cron="29 * * * *")
@app.task(name="platform.expire_changes", queueing_lock="expire_changes")
def expire_changes(timestamp: int) -> None:
    """Close expired requests to a second admin and record that; nobody could confirm them any more anyway."""
    while unit_of_work.run(second_admin.expire_changes, scope=Scope.operators(), actor=SYSTEM):
        pass


@app.periodic(cron="17 * * * *")
@app.task(name="platform.delete_expired", queueing_lock="delete_expired")
def delete_expired(timestamp: int) -> None:
    """Delete tokens a day after they expired, and stored answers of idempotent requests after seven days."""

    def operation() -> None:
        now = clock.now()
        with connection.cursor() as cursor:
            cursor.execute(DELETE_TOKENS, [now - TOKENS_KEPT])
            cursor.execute(DELETE_STORED_ANSWERS, [now - timedelta(days=KEPT_DAYS)])

    unit_of_work.run(operation, scope=Scope.operators(), actor=SYSTEM)
