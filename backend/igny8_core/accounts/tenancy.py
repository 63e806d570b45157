"""The second wall between tenants: PostgreSQL roles, forced row-level security, and how a transaction names its tenant.

Three logins exist besides the owner's: `<prefix>_web` and `<prefix>_worker` own nothing and inherit nothing, so
the policies of `<prefix>_operator` apply only to a transaction that has taken that role by name.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.migrations.operations.base import Operation

from igny8_core.accounts.platform import PLATFORM_ID

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TENANT_EXPRESSION = "nullif(current_setting('app.account_id', true), '')::uuid"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a transaction may see: one account's, or every account's under the operator role."""

    account_id: UUID | None

    @classmethod
    def tenant(cls, account_id: UUID) -> "Scope":
        """The rows of one customer. Raises `ValueError` for the platform's own account, whose rows are operators'."""
        if account_id == PLATFORM_ID:
            raise ValueError("the platform's rows are seen in the operators' scope")
        return cls(account_id)

    @classmethod
    def operators(cls) -> "Scope":
        """The rows of all accounts, by the operator role's own policies."""
        return cls(None)

    @classmethod
    def of(cls, account_id: UUID) -> "Scope":
        """What somebody of this account may see: its rows, or for the platform's staff every account's."""
        return cls.operators() if account_id == PLATFORM_ID else cls.tenant(account_id)


def enter(scope: Scope, *, read_only: bool = False) -> datetime:
    """Bind the open transaction to the scope and return the database's time for it.

    With `read_only` PostgreSQL refuses every write and row lock from here on. It goes with the binding, so that it
    costs no statement of its own, and once set it cannot be taken back within the transaction.
    Transaction-local settings are the only form that is safe behind a transaction-pooling proxy. The owner's
    process takes no role: it is bound by the owner's policies.
    """
    settled: dict[str, str] = {}
    if scope.account_id is not None:
        settled["app.account_id"] = str(scope.account_id)
    elif settings.TAKES_OPERATOR_ROLE:
        settled["role"] = settings.DATABASE_ROLES.operator
    if read_only:
        settled["transaction_read_only"] = "on"
    columns = [f"set_config('{name}', %s, true)" for name in settled]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([*columns, 'now()'])}", list(settled.values()))
        row = cursor.fetchone()
    assert row is not None
    return row[-1]  # type: ignore[no-any-return]


class TenancyOperation(Operation):
    """A migration step in plain SQL that names the deployment's roles; undone by undoing its table."""

    reduces_to_sql = True
    reversible = True

    def statements(self, roles: dict[str, str]) -> list[str]:
        """The SQL, with `roles` holding quoted role names."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing of this is part of Django's model state."""

    def database_forwards(
        self, app_label: str, schema_editor: "BaseDatabaseSchemaEditor", from_state: Any, to_state: Any
    ) -> None:
        """Run the statements."""
        quote = schema_editor.quote_name
        names = settings.DATABASE_ROLES
        roles = {"web": quote(names.web), "worker": quote(names.worker), "operator": quote(names.operator)}
        for statement in self.statements(roles):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: "BaseDatabaseSchemaEditor", from_state: Any, to_state: Any
    ) -> None:
        """Policies and grants go with their table."""


class EnableTenancy(TenancyOperation):
    """Force row-level security on a table and write its policies and grants.

    `column` names the tenant; `privileges` is what the web and worker logins and the operator role may do.
    `shown_to_tenants=False` leaves the rows to operators and the owner alone. `unique_pair` adds the
    UNIQUE (account_id, id) that composite foreign keys point at.
    """

    def __init__(
        self,
        table: str,
        *,
        column: str = "account_id",
        privileges: str = "SELECT, INSERT, UPDATE",
        shown_to_tenants: bool = True,
        unique_pair: bool = True,
    ) -> None:
        self.table = table
        self.column = column
        self.privileges = privileges
        self.shown_to_tenants = shown_to_tenants
        self.unique_pair = unique_pair

    def statements(self, roles: dict[str, str]) -> list[str]:
        table, condition = self.table, f"{self.column} = {TENANT_EXPRESSION}"
        grantees = [roles["operator"]]
        statements = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)",
            f"CREATE POLICY operator ON {table} TO {roles['operator']} USING (true) WITH CHECK (true)",
        ]
        if self.shown_to_tenants:
            logins = f"{roles['web']}, {roles['worker']}"
            statements.append(
                f"CREATE POLICY tenant ON {table} TO {logins} USING ({condition}) WITH CHECK ({condition})"
            )
            grantees += [roles["web"], roles["worker"]]
        statements.append(f"GRANT {self.privileges} ON {table} TO {', '.join(grantees)}")
        if self.unique_pair:
            statements.append(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_account_id_id_key UNIQUE ({self.column}, id)"
            )
        return statements

    def describe(self) -> str:
        return f"Force row-level security on {self.table}"


class GrantTo(TenancyOperation):
    """Grant privileges on something that is not a tenant's: `GrantTo("web", "SELECT", "TABLE django_migrations")`."""

    def __init__(self, roles: str, privileges: str, thing: str) -> None:
        self.roles = roles
        self.privileges = privileges
        self.thing = thing

    def statements(self, roles: dict[str, str]) -> list[str]:
        grantees = ", ".join(roles[name.strip()] for name in self.roles.split(","))
        return [f"GRANT {self.privileges} ON {self.thing} TO {grantees}"]

    def describe(self) -> str:
        return f"Grant {self.privileges} on {self.thing}"


class DefinerFunction(TenancyOperation):
    """A narrow window past row-level security: a function that runs as the owner with a pinned search_path."""

    def __init__(self, name: str, arguments: str, body: str, *, roles: str = "web, worker") -> None:
        self.name = name
        self.arguments = arguments
        self.body = body
        self.roles = roles

    def statements(self, roles: dict[str, str]) -> list[str]:
        signature = f"{self.name}({self.arguments})"
        grantees = ", ".join(roles[name.strip()] for name in self.roles.split(","))
        return [
            f"CREATE OR REPLACE FUNCTION {signature} {self.body}",
            f"ALTER FUNCTION {signature} SECURITY DEFINER",
            f"ALTER FUNCTION {signature} SET search_path = pg_catalog, public, pg_temp",
            f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {signature} TO {grantees}",
        ]

    def database_backwards(
        self, app_label: str, schema_editor: "BaseDatabaseSchemaEditor", from_state: Any, to_state: Any
    ) -> None:
        """Drop the function."""
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {self.name}({self.arguments})")

    def describe(self) -> str:
        return f"Define {self.name}"


class CompositeForeignKey(TenancyOperation):
    """A foreign key between two tenant tables that carries the account.

    Foreign-key checks ignore row-level security: without the account in the key, one tenant's row could point
    at another's. Goes with `ForeignKey(db_constraint=False)`.
    """

    def __init__(self, table: str, column: str, target: str) -> None:
        self.table = table
        self.column = column
        self.target = target

    def statements(self, roles: dict[str, str]) -> list[str]:
        return [
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self.table}_{self.column}_same_account"
            f" FOREIGN KEY (account_id, {self.column}) REFERENCES {self.target} (account_id, id)"
        ]

    def describe(self) -> str:
        return f"Keep {self.table}.{self.column} inside its account"


class WorkerSeesAll(TenancyOperation):
    """Let the worker's own login see every row of a queue: the outbox holds ids, no tenant's data."""

    def __init__(self, table: str) -> None:
        self.table = table

    def statements(self, roles: dict[str, str]) -> list[str]:
        return [f"CREATE POLICY worker_queue ON {self.table} TO {roles['worker']} USING (true) WITH CHECK (true)"]

    def describe(self) -> str:
        return f"Let the worker see all of {self.table}"
