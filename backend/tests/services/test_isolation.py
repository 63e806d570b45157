"""Two walls between tenants: what the database does when the code forgets, asked as the web login itself."""

import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from igny8_core.accounts.platform import PLATFORM_ID
from igny8_core.accounts.roles import OperatorRole
from igny8_core.accounts.tenancy import Scope
from tests.cast import ADMIN, BILLING, Cast
from tests.staff import operator

TENANT_TABLES = """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'account_id' AND NOT a.attisdropped
 UNION SELECT 'accounts_account' ORDER BY 1"""


@pytest.fixture
def web() -> Iterator[psycopg.Connection[Any]]:
    """A connection as the web login, outside Django."""
    with psycopg.connect(settings.ENV.web_url) as connection:
        yield connection


def tenant_tables(connection: psycopg.Connection[Any]) -> list[str]:
    return [row[0] for row in connection.execute(TENANT_TABLES).fetchall()]


def test_the_web_login_is_harmless(web: psycopg.Connection[Any]) -> None:
    row = web.execute(
        "SELECT rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = session_user"
    ).fetchone()
    assert row == (False, False, False, False, False)
    owned = web.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = session_user").fetchone()
    assert owned == (0,)


def test_every_tenant_table_forces_row_level_security(owner_connection: psycopg.Connection[Any]) -> None:
    tables = tenant_tables(owner_connection)
    assert len(tables) >= 12
    for table in tables:
        forced = owner_connection.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", [table]
        ).fetchone()
        policies = owner_connection.execute("SELECT count(*) FROM pg_policies WHERE tablename = %s", [table]).fetchone()
        assert forced == (True, True), table
        assert policies is not None and policies[0] >= 2, table


def test_without_a_tenant_nothing_is_seen(cast: Cast, web: psycopg.Connection[Any]) -> None:
    assert cast.submit(cast.invoice()).status_code == 201
    for table in tenant_tables(web):
        allowed = web.execute("SELECT has_any_column_privilege(%s, 'SELECT')", [table]).fetchone()
        if allowed == (True,):
            assert web.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_a_tenant_sees_and_writes_its_own_rows_alone(cast: Cast, web: psycopg.Connection[Any]) -> None:
    invoice_id = cast.invoice()
    web.execute("SELECT set_config('app.account_id', %s, true)", [str(cast.other.id)])
    assert web.execute("SELECT count(*) FROM billing_invoice WHERE id = %s", [invoice_id]).fetchone() == (0,)
    changed = web.execute("UPDATE billing_invoice SET currency = 'USD' WHERE id = %s", [invoice_id])
    assert changed.rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(
            "INSERT INTO billing_invoicecounter (id, account_id, last_number) VALUES (gen_random_uuid(), %s, 1)",
            [cast.account.id],
        )


def test_the_tenant_ends_with_its_transaction(cast: Cast, web: psycopg.Connection[Any]) -> None:
    web.execute("SELECT set_config('app.account_id', %s, true)", [str(cast.account.id)])
    assert web.execute("SELECT count(*) FROM accounts_account").fetchone() == (1,)
    web.commit()
    assert web.execute("SELECT count(*) FROM accounts_account").fetchone() == (0,)


def test_the_operator_role_is_taken_by_name_only(cast: Cast, web: psycopg.Connection[Any]) -> None:
    web.execute("SELECT set_config('app.account_id', %s, true)", [str(cast.account.id)])
    assert web.execute("SELECT count(*) FROM accounts_account").fetchone() == (1,)
    web.execute("SELECT set_config('role', %s, true)", [settings.DATABASE_ROLES.operator])
    seen = web.execute("SELECT count(*) FROM accounts_account").fetchone()
    assert seen is not None and seen[0] >= 2


def test_what_is_the_platforms_is_operators_alone(
    cast: Cast, web: psycopg.Connection[Any], owner_connection: psycopg.Connection[Any]
) -> None:
    """Its rows are told from a customer's by their account, like any other's; nothing may be bound to it."""
    theirs = "SELECT (SELECT count(*) FROM events_event WHERE account_id = %(id)s), (SELECT count(*) FROM accounts_user"
    theirs += " WHERE account_id = %(id)s), (SELECT count(*) FROM accounts_account WHERE id = %(id)s)"
    operator(OperatorRole.SUPPORT)
    web.execute("SELECT set_config('app.account_id', %s, true)", [str(cast.account.id)])
    assert web.execute(theirs, {"id": PLATFORM_ID}).fetchone() == (0, 0, 0)
    web.execute("SELECT set_config('role', %s, true)", [settings.DATABASE_ROLES.operator])
    seen = web.execute(theirs, {"id": PLATFORM_ID}).fetchone()
    assert seen is not None and seen[0] > 0 and seen[1] > 0 and seen[2] == 1
    with pytest.raises(ValueError, match="operators' scope"):
        Scope.tenant(PLATFORM_ID)


def test_a_foreign_key_cannot_cross_accounts(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    payment = cast.submit(cast.invoice()).json()["data"]["id"]
    copy = """INSERT INTO billing_payment (id, account_id, invoice_id, amount_minor, currency, amount_refunded_minor,
      payment_method, status, transaction_reference, reference_normalised, duplicate_reference, notes, failure_reason,
      created_at, updated_at) SELECT gen_random_uuid(), %s, invoice_id, 1, currency, 0, payment_method, status, '', '',
      false, '', '', now(), now() FROM billing_payment WHERE id = %s"""
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        owner_connection.execute(copy, [cast.other.id, payment])


FORBIDDEN = [
    ("status", "'refunded'"),
    ("status", "'pending'"),
    ("amount_minor", "1"),
    ("currency", "'USD'"),
    ("transaction_reference", "'x'"),
    ("invoice_id", "gen_random_uuid()"),
]


@pytest.mark.parametrize(("column", "value"), FORBIDDEN)
def test_the_database_freezes_what_was_submitted(
    cast: Cast, owner_connection: psycopg.Connection[Any], column: str, value: str
) -> None:
    payment = cast.submit(cast.invoice()).json()["data"]["id"]
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_connection.execute(f"UPDATE billing_payment SET {column} = {value} WHERE id = %s", [payment])


@pytest.mark.parametrize(
    "statement", ["UPDATE events_event SET type = 'x'", "DELETE FROM events_event", "TRUNCATE events_event CASCADE"]
)
def test_events_are_append_only(cast: Cast, owner_connection: psycopg.Connection[Any], statement: str) -> None:
    assert cast.account.id
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_connection.execute(statement)


def test_a_foreign_id_looks_absent_everywhere(cast: Cast) -> None:
    invoice_id = cast.invoice()
    payment_id = cast.submit(invoice_id).json()["data"]["id"]
    for path in (f"payments/{payment_id}/", f"invoices/{invoice_id}/"):
        foreign = cast.stranger.get(BILLING + path)
        absent = cast.stranger.get(BILLING + path.split("/")[0] + f"/{uuid.uuid4()}/")
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert {**foreign.json(), "request_id": ""} == {**absent.json(), "request_id": ""}
    assert cast.stranger.post(f"{BILLING}payments/{payment_id}/cancel/").status_code == 404
    assert cast.stranger.get(f"{BILLING}payments/").json()["count"] == 0
    assert cast.owner.get(f"{ADMIN}payments/").status_code == 403
    assert cast.support.get(f"{ADMIN}payments/{payment_id}/").status_code == 200
