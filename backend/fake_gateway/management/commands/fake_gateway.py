"""`manage.py fake_gateway`, in demo mode alone."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from fake_gateway.command import add_arguments, run


class Command(BaseCommand):
    help = "Serves Stripe's and PayPal's API and pages to try the product against; no money moves."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The options of the gateway itself."""
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until a signal comes."""
        sys.exit(run(options))
