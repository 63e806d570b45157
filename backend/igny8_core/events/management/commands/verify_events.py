"""Recount every event chain."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from igny8_core.accounts.tenancy import Scope
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.events.verified import may_remember, verify_and_remember


class Command(BaseCommand):
    help = "Recomputes the hash of every event since the last time; exits non-zero and names each chain that is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--full`: recount everything instead of what is new."""
        parser.add_argument("--full", action="store_true", help="recount everything, also what was verified before")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify all chains in one snapshot."""
        found = unit_of_work.run(
            lambda: verify_and_remember(full=options["full"], remembers=may_remember()),
            scope=Scope.operators(),
            actor=SYSTEM,
            snapshot=True,
        )
        for bad in found.bad:
            self.stderr.write(str(bad))
        if not found.ok:
            raise CommandError(f"The event log does not verify: broken chains: {found.bad_chains}.")
        self.stdout.write(f"{found.events} events verify; {found.recounted} of them were recounted.")
