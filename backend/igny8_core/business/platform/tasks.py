"""Jobs of the platform: closing expired invitations and requests, handling password reset requests."""

from procrastinate.contrib.django import app

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.platform.services import invitations, second_admin
from igny8_core.business.platform.services.credentials import handle_reset_requests
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.events.subscriptions import beside_events

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
