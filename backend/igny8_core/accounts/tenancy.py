"""Row-level security between tenants: roles, policies, and how a transaction names its tenant.

Besides the owner there are three roles. The logins `<prefix>_web` and `<prefix>_worker` own nothing and inherit
nothing, so the policies of `<prefix>_operator` apply only to a transaction that has switched to that role.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection
from django.db.migrations.operations.base import Operation
from psycopg import sql
from psycopg.pq import ExecStatus, TransactionStatus

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
        """The rows of one customer. Raises `ValueError` for the platform's account, whose rows belong to operators."""
        if account_id == PLATFORM_ID:
            raise ValueError("the platform's rows are seen in the operators' scope")
        return cls(account_id)

    @classmethod
    def operators(cls) -> "Scope":
        """The rows of all accounts, through the operator role's policies."""
        return cls(None)

    @classmethod
    def of(cls, account_id: UUID) -> "Scope":
        """What a member of this account may see: its own rows, or every account's for operators."""
        return cls.operators() if account_id == PLATFORM_ID else cls.tenant(account_id)


def enter(scope: Scope, *, read_only: bool = False, snapshot: bool = False) -> datetime:
    """Begin the transaction, bind it to the scope, and return the database's time for it: one round trip for all three.

    It is called inside `transaction.atomic()` before any other statement. With `read_only` PostgreSQL refuses every
    later write and row lock in the transaction, and that cannot be reverted within it. With `snapshot` every statement
    sees what was committed when this one ran. Only transaction-local settings are safe behind a transaction-pooling
    proxy. A process with the owner's login switches to no role and is subject to the owner's policies.
    """
    settled: dict[str, str] = {}
    if scope.account_id is not None:
        settled["app.account_id"] = str(scope.account_id)
    elif settings.TAKES_OPERATOR_ROLE:
        settled["role"] = settings.DATABASE_ROLES.operator
    modes = ("ISOLATION LEVEL REPEATABLE READ " if snapshot else "") + ("READ ONLY" if read_only else "READ WRITE")
    columns = [f"set_config('{name}', {sql.quote(value)}, true)" for name, value in settled.items()]
    return asked_with_begin(f"BEGIN {modes}; SELECT {', '.join([*columns, 'now()'])}")


def asked_with_begin(statements: str) -> datetime:
    """What the last of several statements answers in its last column.

    psycopg would send BEGIN by itself, in a round trip of its own, and takes it for sent once a transaction is open.
    """
    with connection.wrap_database_errors:
        sender = connection.connection.pgconn
        if sender.transaction_status != TransactionStatus.IDLE:
            raise RuntimeError("a scope is entered before anything else is done in its transaction")
        result = sender.exec_(statements.encode())
        if result.status != ExecStatus.TUPLES_OK:
            raise psycopg.errors.error_from_result(result)
        text = result.get_value(0, result.nfields - 1)
    assert text is not None
    return datetime.fromisoformat(text.decode()).astimezone(UTC)


class TenancyOperation(Operation):
    """A migration step in plain SQL that names the deployment's roles; dropping its table undoes it."""

    reduces_to_sql = True
    reversible = True

    def statements(self, roles: dict[str, str]) -> list[str]:
        """The SQL, with the quoted role names filled in."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: Any) -> None:
        """This changes nothing in Django's model state."""

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
        """Policies and grants disappear with their table."""


class EnableTenancy(TenancyOperation):
    """Force row-level security on a table and create its policies and grants.

    `column` names the tenant; `privileges` is what the web and worker logins and the operator role may do.
    `shown_to_tenants=False` hides the rows from everyone except operators and the owner. `unique_pair` adds the UNIQUE
    (account_id, id) that composite foreign keys refer to.
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
    """A narrow exception to row-level security: a function that runs as the owner with a fixed search_path."""

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
    """A foreign key between two tenant tables that includes the account.

    Foreign-key checks ignore row-level security: without the account in the key, a tenant's row could reference another
    tenant's. Use it together with `ForeignKey(db_constraint=False)`.
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
    """Let the worker's login see every row of a queue: the outbox holds ids and no tenant's data."""

    def __init__(self, table: str) -> None:
        self.table = table

    def statements(self, roles: dict[str, str]) -> list[str]:
        return [f"CREATE POLICY worker_queue ON {self.table} TO {roles['worker']} USING (true) WITH CHECK (true)"]

    def describe(self) -> str:
        return f"Let the worker see all of {self.table}"
