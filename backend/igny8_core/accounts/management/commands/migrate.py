"""Django's `migrate`, after making sure that the roles the migrations grant to exist."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections, transaction

from igny8_core.accounts.database_roles import ensure_roles

ROLES_LOCK = 19_490_801


class Command(DjangoMigrate):
    help = "Makes the database roles and applies the migrations."

    def handle(self, *args: Any, **options: Any) -> None:
        """Roles first, in a transaction of their own, one process at a time."""
        connection = connections[options["database"]]
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROLES_LOCK])
            ensure_roles(cursor.cursor)
        super().handle(*args, **options)
