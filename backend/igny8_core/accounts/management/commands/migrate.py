"""Django's `migrate`, after creating the roles that the migrations grant privileges to."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DatabaseError, OperationalError, connections, transaction

from igny8_core.accounts.database_roles import ensure_roles

ROLES_LOCK = 19_490_801
LOCK_SECONDS = 15


class Command(DjangoMigrate):
    help = "Makes the database roles and applies the migrations."

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the roles first, in a separate transaction, one process at a time.

        The wait for a table in use is short: while a migration waits for its lock, every later query on that table
        waits behind it.
        """
        connection = connections[options["database"]]
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROLES_LOCK])
                ensure_roles(cursor.cursor)
                cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        except OperationalError as error:
            raise CommandError(f"The database cannot be reached: {_first_line(error)}") from error
        except DatabaseError as error:
            raise CommandError(f"The database roles cannot be made: {_first_line(error)}") from error
        super().handle(*args, **options)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
