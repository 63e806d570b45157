"""Recount every event chain."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from igny8_core.accounts.tenancy import Scope
from igny8_core.events import unit_of_work
from igny8_core.events.selectors import verify_chains


class Command(BaseCommand):
    help = "Recomputes the hash of every event; exits non-zero and names the first that does not fit."

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify all chains in one snapshot."""
        with unit_of_work.read(Scope.operators()):
            found = verify_chains()
        if not found.ok:
            raise CommandError(f"The event log does not verify: {found.first_bad}")
        self.stdout.write(f"{found.events} events verify.")
