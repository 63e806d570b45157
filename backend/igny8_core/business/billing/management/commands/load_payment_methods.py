"""Loads real payment methods from a fixture; operators can edit them afterwards."""

from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.domain.instructions import check_instructions
from igny8_core.business.billing.models import PaymentMethodConfig
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.kit import clock
from igny8_core.kit.money import parse_amount

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "payment_methods.json"


class MethodRow(msgspec.Struct):
    """A payment method in a fixture, with every field; amounts are decimal text."""

    payment_method: str
    country: str
    currency: str
    display_name: str
    instructions: dict[str, str]
    min_amount: str | None
    max_amount: str | None
    tolerance: str
    requires_proof: bool
    sort_order: int


class Command(BaseCommand):
    help = "Loads ways to pay from a fixture; rows that are there already are left as they are."

    def add_arguments(self, parser: Any) -> None:
        """An alternative fixture, and whether its rows are enabled immediately."""
        parser.add_argument("file", nargs="?", default=str(FIXTURE))
        parser.add_argument(
            "--enabled", action="store_true", help="offer them at once (the fixture's accounts are demo)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Insert the missing rows."""
        rows = msgspec.json.decode(Path(options["file"]).read_bytes(), type=list[MethodRow])

        def operation() -> int:
            return sum(_insert(row, enabled=options["enabled"]) for row in rows)

        loaded = unit_of_work.run(operation, scope=Scope.operators(), actor=SYSTEM)
        if options["verbosity"] > 0 and loaded:
            self.stdout.write(f"{loaded} ways to pay loaded.")


def _insert(row: MethodRow, *, enabled: bool) -> bool:
    now = clock.now()
    check_instructions(row.instructions)
    _, created = PaymentMethodConfig.objects.get_or_create(
        payment_method=row.payment_method,
        country=row.country,
        currency=row.currency,
        display_name=row.display_name,
        defaults={
            "instructions": row.instructions,
            "min_amount_minor": _minor(row.min_amount, row.currency),
            "max_amount_minor": _minor(row.max_amount, row.currency),
            "tolerance_minor": parse_amount(row.tolerance, row.currency, allow_zero=True),
            "requires_proof": row.requires_proof,
            "sort_order": row.sort_order,
            "enabled": enabled,
            "created_at": now,
            "updated_at": now,
        },
    )
    return created


def _minor(text: str | None, currency: str) -> int | None:
    return None if text is None else parse_amount(text, currency, allow_zero=True)
