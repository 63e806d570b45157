"""Recount the ledger and everything that must agree with it; exits non-zero on drift."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.selectors.verification import recount_money
from igny8_core.events import unit_of_work


class Command(BaseCommand):
    help = "Recounts balances, invoices, payments, refunds and credits from the journal lines."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was counted, or every drift that was found."""
        with unit_of_work.read(Scope.operators()):
            found = recount_money()
        for problem in found.problems:
            self.stderr.write(problem)
        if not found.ok:
            raise CommandError(f"The ledger has drifted: {len(found.problems)} problems.")
        self.stdout.write(f"{found.journals} journals verify.")
