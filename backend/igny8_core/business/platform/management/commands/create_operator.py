"""Creates the first operator, or any other one, from the command line."""

from typing import Any

from django.core.management.base import BaseCommand

from igny8_core.accounts.models import User
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.platform.management.terminal import carry_out, checked, read_password
from igny8_core.business.platform.serializers.people import OperatorOnServerSerializer
from igny8_core.business.platform.services.provisioning import IssuedKey, create_operator, issue_operator_key


class Command(BaseCommand):
    help = "Makes an operator with a password and an API key; the key is printed this once."

    def add_arguments(self, parser: Any) -> None:
        """The operator's name and role."""
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", choices=[*map(str, OperatorRole)], default=OperatorRole.ADMIN.value)
        parser.add_argument("--name", default="")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create both or neither."""
        given = {name: options[name] for name in ("email", "role", "name")}
        password = read_password(from_stdin=options["password_stdin"])
        new = checked(OperatorOnServerSerializer, {**given, "password": password})

        def operation() -> tuple[User, IssuedKey]:
            operator = create_operator(email=new.email, password=new.password, role=new.role, name=new.name)
            return operator, issue_operator_key(operator=operator, name="create_operator")

        operator, issued = carry_out(operation)
        self.stdout.write(f"Operator {operator.email} ({operator.role}) {operator.id}")
        self.stdout.write(f"API key, shown this once: {issued.secret}")
