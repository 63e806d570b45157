"""What PostgreSQL refuses of gateways' payments, whatever the code forgets."""

from typing import Any

import psycopg
import pytest
from tests.cast import Cast
from tests.gateways.desk import Desk, check_out, refresh

SUCCEED = "UPDATE billing_payment SET status = 'succeeded', amount_received_minor = {amount} WHERE id = %s"
PAID = "UPDATE billing_checkout SET state = 'paid' WHERE payment_id = %s"


@pytest.fixture
def opened(cast: Cast, desk: Desk) -> str:
    """A payment whose checkout is open."""
    return str(check_out(cast.member, cast.invoice()).json()["data"]["payment"]["id"])


def test_no_gateways_payment_succeeds_without_its_word(opened: str, owner_connection: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation, match="has not said"):
        owner_connection.execute(SUCCEED.format(amount="amount_minor"), [opened])
    owner_connection.execute(PAID, [opened])
    with pytest.raises(psycopg.errors.RestrictViolation, match="has not said"):
        owner_connection.execute(SUCCEED.format(amount="amount_minor - 1"), [opened])


def test_none_begins_as_succeeded(opened: str, owner_connection: psycopg.Connection[Any]) -> None:
    copy = """INSERT INTO billing_payment (id, account_id, invoice_id, amount_minor, amount_received_minor, currency,
      amount_refunded_minor, payment_method, status, transaction_reference, reference_normalised, duplicate_reference,
      notes, failure_reason, created_at, updated_at) SELECT gen_random_uuid(), account_id, invoice_id, 1, 1, currency, 0,
      payment_method, 'succeeded', '', '', false, '', '', now(), now() FROM billing_payment WHERE id = %s"""
    with pytest.raises(psycopg.errors.RestrictViolation, match="has not said"):
        owner_connection.execute(copy, [opened])


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("billing_payment", "gateway_handle = 'cs_other'"),
        ("billing_payment", "gateway_handle = ''"),
        ("billing_checkout", "success_url = 'https://evil.test/'"),
        ("billing_checkout", "live = NOT live"),
        ("billing_checkout", "expires_at = now()"),
        ("billing_checkout", "state = 'expired'"),
        ("billing_checkout", "fee_minor = 0"),
    ],
)
def test_what_was_agreed_is_frozen(
    cast: Cast, desk: Desk, opened: str, owner_connection: psycopg.Connection[Any], table: str, change: str
) -> None:
    desk.pay(desk.sessions(opened)[0]["id"])
    assert refresh(cast.member, opened).json()["data"]["status"] == "succeeded"
    column = "id" if table == "billing_payment" else "payment_id"
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_connection.execute(f"UPDATE {table} SET {change} WHERE {column} = %s", [opened])


def test_a_handle_is_one_payments(cast: Cast, desk: Desk, owner_connection: psycopg.Connection[Any]) -> None:
    (first, second) = (check_out(cast.member, cast.invoice()).json()["data"]["payment"]["id"] for _ in range(2))
    handle = desk.sessions(first)[0]["id"]
    owner_connection.execute("ALTER TABLE billing_payment DISABLE TRIGGER billing_payment_handle")
    try:
        with pytest.raises(psycopg.errors.UniqueViolation, match="payment_handle_once"):
            owner_connection.execute("UPDATE billing_payment SET gateway_handle = %s WHERE id = %s", [handle, second])
    finally:
        owner_connection.execute("ALTER TABLE billing_payment ENABLE TRIGGER billing_payment_handle")
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_connection.execute("DELETE FROM billing_checkout WHERE payment_id = %s", [first])
