"""Sets the initial approval limits of a new system; admins set later ones."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from igny8_core.business.billing.models import ApprovalLimit
from igny8_core.business.billing.selectors.limits import currencies_without_limit
from igny8_core.business.billing.services.limits import set_limit
from igny8_core.business.platform.edge import carry_out
from igny8_core.kit.currencies import CURRENCIES


class Command(BaseCommand):
    help = "Sets above how much of a currency two operators decide, where nothing is set yet; without arguments, asks."

    def add_arguments(self, parser: Any) -> None:
        """A limit for each currency."""
        parser.add_argument("limits", nargs="*", metavar="CURRENCY=AMOUNT", help="PKR=500000.00, or PKR=none")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set all of them or none."""
        limits = dict(map(_read, options["limits"]))
        carry_out(lambda: _set_all(limits))
        missing = carry_out(currencies_without_limit)
        if missing and options["verbosity"] > 0:
            self.stdout.write(f"Without a limit, so that everything needs two operators: {', '.join(missing)}.")


def _read(text: str) -> tuple[str, str | None]:
    currency, _, amount = text.partition("=")
    if currency not in CURRENCIES or not amount:
        raise CommandError(f"{text!r} is not a limit; write it as PKR=500000.00 or PKR=none.")
    return currency, None if amount == "none" else amount


def _set_all(limits: dict[str, str | None]) -> None:
    taken = ApprovalLimit.objects.filter(currency__in=limits).order_by("currency").first()
    if taken is not None:
        raise CommandError(f"{taken.currency} has a limit already; an admin changes it at approval-limits/.")
    for currency, amount in limits.items():
        set_limit(currency=currency, amount=amount)
