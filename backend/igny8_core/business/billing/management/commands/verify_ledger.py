"""Recounts the ledger and everything that must agree with it; exits non-zero if something does not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.services.verification import verify_money
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.events.verified import may_remember


class Command(BaseCommand):
    help = "Recounts balances, invoices, payments, refunds and credits from the journal lines, since the last time."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--full`: recount everything instead of what is new."""
        parser.add_argument("--full", action="store_true", help="recount everything, also what was verified before")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was counted, or every discrepancy."""
        found = unit_of_work.run(
            lambda: verify_money(full=options["full"], remembers=may_remember()),
            scope=Scope.operators(),
            actor=SYSTEM,
            snapshot=True,
        )
        for problem in found.problems:
            self.stderr.write(problem)
        if not found.ok:
            raise CommandError(f"The ledger has drifted; problems found: {len(found.problems)}.")
        self.stdout.write(f"{found.journals} journals verify; {found.recounted} of them were recounted.")
