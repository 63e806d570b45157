"""Shared by the commands that create accounts and operators: password prompts, errors as one sentence."""

import getpass
import sys
from collections.abc import Callable, Mapping, Sequence

from django.core.management.base import CommandError
from django.db import InterfaceError, OperationalError
from rest_framework import serializers

from igny8_core.accounts.tenancy import Scope
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.http.errors import flatten
from igny8_core.http.fields import StrictSerializer
from igny8_core.kit.errors import AppError


def read_password(*, from_stdin: bool) -> str:
    """One line of standard input, or typed twice at the terminal; raises `CommandError`."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask for a password; give one with --password-stdin.")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("The two passwords do not match.")
    return password


def checked[Checked](shape: type[StrictSerializer[Checked]], document: Mapping[str, object]) -> Checked:
    """The typed value, checked by the same rules as over HTTP; raises a `CommandError` that names every fault."""
    try:
        return shape.checked(document)
    except serializers.ValidationError as error:
        raise CommandError(_told(flatten(error.detail))) from error


def carry_out[T](operation: Callable[[], T]) -> T:
    """Run the operation for the platform; a refusal becomes a `CommandError`."""
    try:
        return unit_of_work.run(operation, scope=Scope.operators(), actor=SYSTEM)
    except AppError as error:
        raise CommandError(_told(error.fields) if error.fields else error.message) from error
    except (OperationalError, InterfaceError) as error:
        raise CommandError("The database does not answer; start it (`make serve`) and try again.") from error


def _told(fields: Mapping[str, Sequence[str]]) -> str:
    return " ".join(f"{name}: {' '.join(sentences)}" for name, sentences in fields.items())
