"""Start with real ways to pay: rows of a fixture an operator can edit."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.domain.instructions import check_instructions
from igny8_core.business.billing.models import PaymentMethodConfig
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.kit import clock
from igny8_core.kit.money import parse_amount

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "payment_methods.json"
MONEY = {"min_amount": "min_amount_minor", "max_amount": "max_amount_minor", "tolerance": "tolerance_minor"}


class Command(BaseCommand):
    help = "Loads ways to pay from a fixture; rows that are there already are left as they are."

    def add_arguments(self, parser: Any) -> None:
        """A file of one's own, and whether the rows are offered at once."""
        parser.add_argument("file", nargs="?", default=str(FIXTURE))
        parser.add_argument(
            "--enabled", action="store_true", help="offer them at once (the fixture's accounts are demo)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Insert what is missing."""
        rows = json.loads(Path(options["file"]).read_text())

        def operation() -> int:
            return sum(_insert(row, enabled=options["enabled"]) for row in rows)

        loaded = unit_of_work.run(operation, scope=Scope.operators(), actor=SYSTEM)
        if options["verbosity"] > 0 and loaded:
            self.stdout.write(f"{loaded} ways to pay loaded.")


def _insert(row: dict[str, Any], *, enabled: bool) -> bool:
    currency, now = row["currency"], clock.now()
    amounts = {
        column: None if row[name] is None else parse_amount(row[name], currency, allow_zero=True)
        for name, column in MONEY.items()
    }
    names = ("payment_method", "country", "currency", "display_name")
    _, created = PaymentMethodConfig.objects.get_or_create(
        **{name: row[name] for name in names},
        defaults={
            "instructions": _checked(row["instructions"]),
            "requires_proof": row["requires_proof"],
            "sort_order": row["sort_order"],
            "enabled": enabled,
            "created_at": now,
            "updated_at": now,
            **amounts,
        },
    )
    return created


def _checked(instructions: dict[str, str]) -> dict[str, str]:
    check_instructions(instructions)
    return instructions
