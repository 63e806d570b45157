#!/usr/bin/env python
"""Django's command line. Commands that change the schema run as the database's owner, all others as the worker."""

import os
import sys

from django.core.management import execute_from_command_line
from igny8_core.env import BadEnvironment, keep_private

OWNER_COMMANDS = frozenset(
    {
        "check",
        "dbshell",
        "dumpdata",
        "makemigrations",
        "migrate",
        "optimizemigration",
        "showmigrations",
        "spectacular",
        "sqlmigrate",
        "squashmigrations",
    }
)


def main() -> None:
    """Choose the login for the command and hand over to Django."""
    keep_private()
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    os.environ.setdefault("IGNY8_PROCESS", "owner" if command in OWNER_COMMANDS else "worker")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "igny8_core.settings")
    try:
        execute_from_command_line(sys.argv)
    except BadEnvironment as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
