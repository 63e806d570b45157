"""Loads initial credit packages from a fixture; operators can edit them afterwards."""

from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand

from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.models import CreditPackage, CreditPackagePrice
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.kit import clock
from igny8_core.kit.money import parse_amount

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "credit_packages.json"


class PackageRow(msgspec.Struct):
    """A package in a fixture; prices are decimal text by currency."""

    name: str
    credits: int
    sort_order: int
    prices: dict[str, str]


class Command(BaseCommand):
    help = "Loads credit packages from a fixture; those that are there already are left as they are."

    def add_arguments(self, parser: Any) -> None:
        """An alternative fixture."""
        parser.add_argument("file", nargs="?", default=str(FIXTURE))

    def handle(self, *args: Any, **options: Any) -> None:
        """Insert the missing packages."""
        rows = msgspec.json.decode(Path(options["file"]).read_bytes(), type=list[PackageRow])

        def operation() -> int:
            return sum(_insert(row) for row in rows)

        loaded = unit_of_work.run(operation, scope=Scope.operators(), actor=SYSTEM)
        if options["verbosity"] > 0 and loaded:
            self.stdout.write(f"{loaded} credit packages loaded.")


def _insert(row: PackageRow) -> bool:
    now = clock.now()
    package, created = CreditPackage.objects.get_or_create(
        name=row.name,
        defaults={"credits": row.credits, "sort_order": row.sort_order, "created_at": now, "updated_at": now},
    )
    if created:
        CreditPackagePrice.objects.bulk_create(
            CreditPackagePrice(package=package, currency=currency, amount_minor=parse_amount(amount, currency))
            for currency, amount in row.prices.items()
        )
    return created
