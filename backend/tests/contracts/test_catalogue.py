"""Isolation and growth, read from PostgreSQL's catalogue: what every tenant table has, and what no role may do.

The exceptions below are written by hand. A table that joins the schema meets every rule or is named here.
"""

import re
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey
from igny8_core.accounts.platform import PLATFORM_ID

TENANT_TABLES = """SELECT c.oid, c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
 AND a.attname = CASE c.relname WHEN 'accounts_account' THEN 'code' ELSE 'account_id' END AND NOT a.attisdropped"""
POLICIES = "SELECT policyname, roles::text[], cmd, qual, with_check FROM pg_policies WHERE tablename = %s"
FOREIGN_KEYS = f"""WITH tenant AS ({TENANT_TABLES}) SELECT conrelid::regclass::text, conname,
 (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]),
 (SELECT attname FROM pg_attribute WHERE attrelid = confrelid AND attnum = confkey[1])
 FROM pg_constraint WHERE contype = 'f' AND conrelid IN (SELECT oid FROM tenant)
 AND confrelid IN (SELECT oid FROM tenant WHERE relname <> 'accounts_account')"""
UNIQUE_KEYS = f"""WITH tenant AS ({TENANT_TABLES}) SELECT i.indexrelid::regclass::text FROM pg_index i
 JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
 WHERE i.indisunique AND NOT i.indisprimary AND i.indrelid IN (SELECT oid FROM tenant) AND a.attname <> 'account_id'"""
NULLABLE = f"""SELECT relname FROM ({TENANT_TABLES}) t JOIN pg_attribute a ON a.attrelid = t.oid
 WHERE a.attname = 'account_id' AND NOT a.attnotnull"""
NULLS_NOT_DISTINCT = "SELECT indexrelid::regclass::text FROM pg_index WHERE indnullsnotdistinct"
DEFINERS = """SELECT p.oid::regprocedure::text, p.proconfig, p.proacl::text FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef"""
APPEND_ONLY = ("events_event", "ledger_journal", "ledger_journalline", "billing_approval", "billing_invoiceline")

HIDDEN_FROM_TENANTS = {
    "billing_paymentduplicate",
    "banking_match",
    "banking_knownpayer",
    "events_verifiedchain",
    "ledger_verifiedledger",
}
SEEN_WHOLE_BY_THE_WORKER = {"events_pendingdispatch"}
UNIQUE_ON_THE_PLATFORM = {
    "accounts_account_code_key": "the table of the accounts themselves: the code tells one account from another",
    "accounts_user_email_normalised_key": "sign-in knows the address before it knows the account",
    "accounts_accesskey_secret_hash_key": "a request's secret is all that says whose request it is",
    "accounts_passkey_credential_id_key": "the browser presents a passkey before it is known whose it is",
    "accounts_invitation_token_hash_key": "the mailed link is all that its reader brings",
    "payment_handle_once": "a gateway's message names its checkout before it is known whose it is",
    "savedcard_setup_once": "a gateway's message names the page before it is known whose it is",
    "savedcard_card_once": "a gateway's message names the card before it is known whose it is",
}
WINDOWS = {
    "accounts_authenticate(bytea)",
    "accounts_touch_key(uuid)",
    "accounts_find_login(character varying)",
    "accounts_find_passkey(bytea)",
    "accounts_find_invitation(bytea)",
    "events_dispatch_lag()",
}


@pytest.fixture
def tables(owner_connection: psycopg.Connection[Any]) -> list[str]:
    names = sorted(row[1] for row in owner_connection.execute(TENANT_TABLES).fetchall())
    assert {"accounts_account", "billing_payment", "ledger_journalline"} <= set(names)
    return names


def test_every_tenant_table_has_these_policies_and_no_other(
    owner_connection: psycopg.Connection[Any], tables: list[str]
) -> None:
    roles = settings.DATABASE_ROLES
    owner = owner_connection.execute("SELECT current_user").fetchone()
    assert owner is not None
    for table in tables:
        column = "id" if table == "accounts_account" else "account_id"
        own_rows = f"({column} = (NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid)"
        expected = {
            ("owner", (owner[0],), "ALL", "true", "true"),
            ("operator", (roles.operator,), "ALL", "true", "true"),
        }
        if table not in HIDDEN_FROM_TENANTS:
            expected.add(("tenant", (roles.web, roles.worker), "ALL", own_rows, own_rows))
        if table in SEEN_WHOLE_BY_THE_WORKER:
            expected.add(("worker_queue", (roles.worker,), "ALL", "true", "true"))
        found = {
            (name, tuple(sorted(to)), command, using, check)
            for name, to, command, using, check in owner_connection.execute(POLICIES, [table]).fetchall()
        }
        assert found == expected, table


def test_no_foreign_key_crosses_accounts(owner_connection: psycopg.Connection[Any]) -> None:
    keys = owner_connection.execute(FOREIGN_KEYS).fetchall()
    assert len(keys) >= 9
    assert [name for _, name, *first in keys if first != ["account_id", "account_id"]] == []


def test_unique_keys_lead_with_the_account(owner_connection: psycopg.Connection[Any]) -> None:
    """What is looked up before the tenant is known cannot lead with it: see the reasons above."""
    assert {row[0] for row in owner_connection.execute(UNIQUE_KEYS).fetchall()} == UNIQUE_ON_THE_PLATFORM.keys()


def test_no_row_is_without_an_account(owner_connection: psycopg.Connection[Any]) -> None:
    assert owner_connection.execute(NULLABLE).fetchall() == []
    assert owner_connection.execute(NULLS_NOT_DISTINCT).fetchall() == []
    platform = owner_connection.execute("SELECT id FROM accounts_account WHERE kind = 'platform'").fetchall()
    assert platform == [(PLATFORM_ID,)]


def test_the_platform_is_one_account_and_no_customer(owner_connection: psycopg.Connection[Any]) -> None:
    second = """INSERT INTO accounts_account (id, kind, code, name, country, billing_currency, time_zone, language,
     address, tax_id, status, created_at, updated_at)
     VALUES (gen_random_uuid(), 'platform', '-', '', 'ZZ', 'XXX', 'UTC', '', '', '', 'active', now(), now())"""
    for change in (second, "UPDATE accounts_account SET kind = 'customer', code = 'ABC' WHERE kind = 'platform'"):
        with pytest.raises(psycopg.errors.CheckViolation, match="account_platform_is_one"):
            owner_connection.execute(change)
        owner_connection.rollback()


def test_no_policy_asks_another_question(owner_connection: psycopg.Connection[Any]) -> None:
    """A sub-select in a policy is planned and run with each statement that the policy guards."""
    expressions = "SELECT policyname FROM pg_policies WHERE qual ILIKE %s OR with_check ILIKE %s"
    assert owner_connection.execute(expressions, ["%select%", "%select%"]).fetchall() == []


def test_every_foreign_key_of_a_model_is_one_of_the_database(
    owner_connection: psycopg.Connection[Any], tables: list[str]
) -> None:
    """`ForeignKey(db_constraint=False)` alone checks nothing: its composite key has to stand beside it."""
    composite = """SELECT conrelid::regclass::text, (SELECT attname FROM pg_attribute
     WHERE attrelid = conrelid AND attnum = conkey[2]), confrelid::regclass::text
     FROM pg_constraint WHERE contype = 'f' AND array_length(conkey, 1) = 2"""
    there = set(owner_connection.execute(composite).fetchall())
    wanted = {
        (model._meta.db_table, field.column, field.related_model._meta.db_table)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey)
        and model._meta.db_table in tables
        and field.related_model._meta.db_table in {*tables} - {"accounts_account"}
    }
    assert wanted - there == set()
    assert len(wanted & there) >= 9


def test_windows_past_the_policies_are_few_and_narrow(owner_connection: psycopg.Connection[Any]) -> None:
    found = owner_connection.execute(DEFINERS).fetchall()
    assert {name for name, *_ in found} == WINDOWS
    for name, configuration, grants in found:
        assert configuration == ["search_path=pg_catalog, public, pg_temp"], name
        assert not re.search(r"[{,]=", grants), f"{name} is open to everybody"


def test_what_is_only_added_to_cannot_be_changed(owner_connection: psycopg.Connection[Any]) -> None:
    roles = settings.DATABASE_ROLES
    for role in (roles.web, roles.worker, roles.operator):
        for table in APPEND_ONLY:
            for privilege in ("UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
                row = owner_connection.execute("SELECT has_table_privilege(%s, %s, %s)", [role, table, privilege])
                assert row.fetchone() == (False,), (role, table, privilege)


def test_nobody_but_the_owner_makes_or_owns_anything(owner_connection: psycopg.Connection[Any]) -> None:
    roles = settings.DATABASE_ROLES
    for role in (roles.web, roles.worker, roles.operator):
        made = owner_connection.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [role]).fetchone()
        owned = owner_connection.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = %s", [role]
        ).fetchone()
        attributes = owner_connection.execute(
            "SELECT rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s",
            [role],
        ).fetchone()
        assert (made, owned, attributes) == ((False,), (0,), (False, False, False, False, False)), role
