"""Creates a tenant from the command line."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from igny8_core.accounts.models import Account
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.platform.management.terminal import carry_out, checked, read_password
from igny8_core.business.platform.serializers.people import AccountOnServerSerializer, OwnerOnServer
from igny8_core.business.platform.services.accounts import provision_account
from igny8_core.business.platform.services.provisioning import IssuedKey, create_user, issue_account_key
from igny8_core.kit.errors import AlreadyTaken


class Command(BaseCommand):
    help = "Makes an account with an API key of role owner, printed this once, and its first owner if one is named."

    def add_arguments(self, parser: Any) -> None:
        """The company and its owner."""
        parser.add_argument("--code", required=True, help="3 to 8 capital letters and digits; invoice numbers bear it")
        parser.add_argument("--name", required=True)
        parser.add_argument("--country", required=True, help="ISO 3166-1 alpha-2")
        parser.add_argument("--currency", required=True, help="ISO 4217: the currency it is billed in")
        parser.add_argument("--time-zone", default="UTC", help="IANA name")
        parser.add_argument("--owner-email", help="gives this person a sign-in as owner")
        parser.add_argument("--owner-name", default="")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the owner's password from standard input"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create everything or nothing."""
        given = {name: options[name] for name in ("code", "name", "country", "time_zone")}
        document = {**given, "billing_currency": options["currency"], "owner": _owner(options)}
        new = checked(AccountOnServerSerializer, document)
        owner = new.owner

        def operation() -> tuple[Account, IssuedKey]:
            account, _ = provision_account(replace(new, owner=None))
            if owner is not None:
                _add_owner(account, owner)
            return account, issue_account_key(account=account, role=AccountRole.OWNER, name="create_account")

        account, issued = carry_out(operation)
        self.stdout.write(f"Account {account.code} {account.name} {account.id}")
        if owner is not None:
            self.stdout.write(f"Owner {owner.email}")
        self.stdout.write(f"API key (owner), shown this once: {issued.secret}")


def _add_owner(account: Account, owner: OwnerOnServer) -> None:
    try:
        create_user(
            account=account, role=AccountRole.OWNER, email=owner.email, name=owner.name, password=owner.password
        )
    except AlreadyTaken as error:
        raise AlreadyTaken(fields={"owner.email": error.fields["email"]}) from error


def _owner(options: Mapping[str, Any]) -> dict[str, str] | None:
    if options["owner_email"] is None:
        if options["password_stdin"] or options["owner_name"]:
            raise CommandError("Name the owner with --owner-email.")
        return None
    password = read_password(from_stdin=options["password_stdin"])
    return {"email": options["owner_email"], "name": options["owner_name"], "password": password}
