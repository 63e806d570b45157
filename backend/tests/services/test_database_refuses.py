"""The last wall: what PostgreSQL refuses of the money's tables although somebody with the owner's password asks for it."""

import os
import threading
import uuid
from typing import Any

import psycopg
import pytest
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.domain.payment_states import PaymentStatus
from igny8_core.business.billing.models import Invoice, Payment
from igny8_core.business.billing.services import settlement, transitions
from igny8_core.business.ledger.domain.chart import Code, JournalKind
from igny8_core.business.ledger.domain.entry import Entry
from igny8_core.business.ledger.services.posting import post
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.kit.locks import ConcurrentChange
from tests.api.test_approvals import decide, submitted, verified
from tests.api.test_refunds_and_credits import refund
from tests.cast import Cast, as_operator, make_cast, seen

UNIQUE, CHECK = psycopg.errors.UniqueViolation, psycopg.errors.CheckViolation
RESTRICT = psycopg.errors.RestrictViolation


def copied(table: str, **changes: str) -> str:
    """Insert a row again under a new id, with other expressions for some columns."""
    changes = {"id": "gen_random_uuid()", **changes}
    return f"""DO $do$ DECLARE one {table}; BEGIN
      SELECT * INTO one FROM {table} WHERE account_id = '%s' LIMIT 1;
      {" ".join(f"one.{name} := {value};" for name, value in changes.items())}
      INSERT INTO {table} SELECT one.*; END $do$"""


NEXT = "nextval('billing_payment_sequence')"
REFUSED = [
    ("a live reference twice", copied("billing_payment", sequence=NEXT), UNIQUE, "payment_live_reference_once"),
    ("a payment allocated twice", copied("billing_allocation"), UNIQUE, "allocation_once"),
    ("an approval given twice", copied("billing_approval"), UNIQUE, "approval_once"),
    (
        "a journal posted twice",
        copied("ledger_journal", sequence="nextval('ledger_journal_sequence')"),
        UNIQUE,
        "journal_once",
    ),
    ("a balance kept twice", copied("ledger_balance"), UNIQUE, "balance_once"),
    (
        "a journal without lines",
        copied("ledger_journal", cycle="9", sequence="nextval('ledger_journal_sequence')"),
        CHECK,
        "has 0 lines",
    ),
    (
        "a third line",
        copied("ledger_journalline", code="'tax'", sequence="nextval('ledger_line_sequence')"),
        CHECK,
        "that sum to",
    ),
    (
        "refunds beyond what came",
        copied("billing_refund", sequence="nextval('billing_refund_sequence')", amount_minor="100000"),
        CHECK,
        "refunds pass",
    ),
    (
        "an invoice settled beyond its total",
        "UPDATE billing_invoice SET status = 'pending', amount_settled_minor = amount_total_minor + 1"
        " WHERE account_id = '%s'",
        CHECK,
        "invoice_settled_within_total",
    ),
    (
        "a paid invoice that is not settled",
        "UPDATE billing_invoice SET amount_settled_minor = 0 WHERE account_id = '%s' AND status = 'paid'",
        CHECK,
        "invoice_paid_is_settled",
    ),
    (
        "more refunded than received",
        "UPDATE billing_payment SET amount_refunded_minor = amount_received_minor + 1 WHERE account_id = '%s'",
        CHECK,
        "payment_refunded_within_received",
    ),
    (
        "a customer who owes us his balance",
        "UPDATE ledger_balance SET amount_minor = 1 WHERE account_id = '%s' AND code = 'customer_balance'",
        CHECK,
        "balance_customer_never_owes",
    ),
    (
        "another amount received",
        "UPDATE billing_payment SET amount_received_minor = 1 WHERE account_id = '%s'",
        RESTRICT,
        "never changes",
    ),
    ("an edited journal", "UPDATE ledger_journal SET memo = 'x' WHERE account_id = '%s'", RESTRICT, "append-only"),
    (
        "an edited line",
        "UPDATE ledger_journalline SET amount_minor = 1 WHERE account_id = '%s'",
        RESTRICT,
        "append-only",
    ),
    ("a line gone", "DELETE FROM ledger_journalline WHERE account_id = '%s'", RESTRICT, "append-only"),
    ("a balance gone", "DELETE FROM ledger_balance WHERE account_id = '%s'", RESTRICT, "append-only"),
    ("a payment gone", "DELETE FROM billing_payment WHERE account_id = '%s'", RESTRICT, "never deleted"),
    ("an invoice gone", "DELETE FROM billing_invoice WHERE account_id = '%s'", RESTRICT, "never deleted"),
    ("an allocation gone", "DELETE FROM billing_allocation WHERE account_id = '%s'", RESTRICT, "never deleted"),
    ("a refund gone", "DELETE FROM billing_refund WHERE account_id = '%s'", RESTRICT, "never deleted"),
]


@pytest.fixture(scope="module")
def moved() -> Cast:
    """An account with a row in every table of the money. All that is tried on it is refused, so that one will do."""
    cast = make_cast()
    _, payment_id = submitted(cast)
    decide(cast.approver, payment_id, "approve", seen("1100.00"))
    assert refund(cast, payment_id, amount="500.00").status_code == 200
    return cast


@pytest.mark.parametrize(("statement", "error", "name"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_refused(
    moved: Cast, owner_connection: psycopg.Connection[Any], statement: str, error: type[Exception], name: str
) -> None:
    with pytest.raises(error, match=name):
        owner_connection.execute(statement.replace("%s", str(moved.account.id)))
    verified(moved)


SUCCEEDED = """UPDATE billing_payment SET status = 'succeeded', amount_received_minor = amount_minor,
 approved_at = now(), decided_alone_by_id = %s WHERE id = %s"""
APPROVED = """INSERT INTO billing_approval (id, account_id, payment_id, operator_id, amount_received_minor, note, created_at)
 SELECT gen_random_uuid(), account_id, id, %s, amount_minor, '', now() FROM billing_payment WHERE id = %s"""

TAKEN_BACK = "UPDATE billing_payment SET status = 'failed' WHERE account_id = %s AND status = 'succeeded'"
"""No journal stands behind what these tests have made succeed."""


def test_a_slice_beyond_the_limit_does_not_succeed(
    cast: Cast, limit: None, owner_connection: psycopg.Connection[Any]
) -> None:
    """One operator's approvals of 300,000.00 each, by hand: the second passes the limit of 500,000.00."""
    operator = uuid.uuid4()
    first, second = (submitted(cast, "300000.00", f"S {n}")[1] for n in range(2))
    for stranger in (None, operator):
        with pytest.raises(RESTRICT, match="names the one who decided it alone"):
            owner_connection.execute(SUCCEEDED, [stranger, first])
    for payment_id in (first, second):
        owner_connection.execute(APPROVED, [operator, payment_id])
    owner_connection.execute(SUCCEEDED, [operator, first])
    with pytest.raises(RESTRICT, match="needs two approvals"):
        owner_connection.execute(SUCCEEDED, [operator, second])
    for changed in ("decided_alone_by_id = NULL", "approved_at = now() - interval '2 days'"):
        with pytest.raises(RESTRICT, match="never changes"):
            owner_connection.execute(f"UPDATE billing_payment SET {changed} WHERE id = %s", [first])
    owner_connection.execute(APPROVED, [uuid.uuid4(), second])
    owner_connection.execute(SUCCEEDED, [None, second])
    owner_connection.execute(TAKEN_BACK, [cast.account.id])


def test_two_slices_at_once_do_not_both_succeed(
    cast: Cast, limit: None, owner_connection: psycopg.Connection[Any]
) -> None:
    """Without a service that holds the account: the trigger holds it, and the second sees what the first has written."""
    operator, answers = uuid.uuid4(), list[str]()
    ids = [submitted(cast, "300000.00", f"S {n}")[1] for n in range(2)]
    for payment_id in ids:
        owner_connection.execute(APPROVED, [operator, payment_id])

    def succeed(payment_id: str) -> None:
        try:
            with psycopg.connect(os.environ["DATABASE_URL"]) as other:
                other.execute(SUCCEEDED, [operator, payment_id])
            answers.append("succeeded")
        except RESTRICT:
            answers.append("refused")

    with owner_connection.transaction():
        owner_connection.execute(SUCCEEDED, [operator, ids[0]])
        second = threading.Thread(target=succeed, args=(ids[1],))
        second.start()
        second.join(timeout=0.5)
        assert second.is_alive(), "the second does not wait for the first"
    second.join()
    assert answers == ["refused"]
    owner_connection.execute(TAKEN_BACK, [cast.account.id])


REFUND = """INSERT INTO billing_refund (id, account_id, payment_id, amount_minor, from_balance_minor, currency, destination,
 status, reason, parts, beneficiary_sealed, beneficiary_known, approvals_needed, requested_by_id, approved_by_id,
 approval_note, created_at) SELECT gen_random_uuid(), account_id, id, %(amount)s, 0, currency, 'transfer', 'pending', '',
 '[]', %(sealed)s, %(known)s, %(needed)s, %(by)s, %(second)s, '', now() FROM billing_payment WHERE id = %(payment)s"""
ALONE = {"amount": 100, "sealed": "", "known": False, "needed": 1, "by": uuid.uuid4(), "second": None}


def test_money_goes_out_by_two_or_within_the_limit(
    cast: Cast, limit: None, owner_connection: psycopg.Connection[Any]
) -> None:
    _, payment_id = submitted(cast, "600000.00")
    for api in (cast.approver, cast.second_approver):
        decide(api, payment_id, "approve")
    with owner_connection.transaction(force_rollback=True):
        for wrong, error, name in (
            ({"amount": 500_000_01}, RESTRICT, "another operator has to approve"),
            ({"sealed": "x"}, RESTRICT, "another operator has to approve"),
            ({"needed": 2}, RESTRICT, "another operator has to approve"),
            ({"by": None}, RESTRICT, "another operator has to approve"),
            ({"second": ALONE["by"]}, CHECK, "refund_approved_by_another"),
        ):
            with pytest.raises(error, match=name), owner_connection.transaction():
                owner_connection.execute(REFUND, {**ALONE, "payment": payment_id, **wrong})
        owner_connection.execute(REFUND, {**ALONE, "payment": payment_id, "amount": 300_000_00})
        with pytest.raises(RESTRICT, match="30000000 let out alone"), owner_connection.transaction():
            owner_connection.execute(REFUND, {**ALONE, "payment": payment_id, "amount": 300_000_00})
        owner_connection.execute(
            REFUND, {**ALONE, "payment": payment_id, "amount": 300_000_00, "needed": 2, "second": uuid.uuid4()}
        )


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ("beneficiary_sealed = 'x'", "never changes"),
        ("amount_minor = 1", "never changes"),
        ("approvals_needed = 1", "never changes"),
        ("requested_by_id = gen_random_uuid()", "never changes"),
        ("created_at = now() - interval '2 days'", "never changes"),
        ("status = 'completed'", "cannot become completed"),
        ("status = 'pending'", "another operator has to approve"),
        ("status = 'pending', approved_by_id = requested_by_id", "another operator has to approve"),
    ],
)
def test_a_refund_that_waits_is_not_helped_out(
    cast: Cast, owner_connection: psycopg.Connection[Any], changed: str, name: str
) -> None:
    _, payment_id = submitted(cast)
    decide(cast.approver, payment_id, "approve")
    beneficiary = {"name": "Mule", "iban": "DE89370400440532013000"}
    made = refund(cast, payment_id, destination="transfer", beneficiary=beneficiary).json()["data"]["refund"]
    assert made["status"] == "pending_approval"
    with pytest.raises(RESTRICT, match=name):
        owner_connection.execute(f"UPDATE billing_refund SET {changed} WHERE id = %s", [made["id"]])


def test_the_ledger_cannot_be_emptied(owner_connection: psycopg.Connection[Any]) -> None:
    for table in ("ledger_journal", "ledger_journalline"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            owner_connection.execute(f"TRUNCATE {table} CASCADE")


def test_a_stale_payment_changes_nothing(cast: Cast) -> None:
    """The second wall: who has read a payment without its lock meets the conditional update."""
    _, payment_id = submitted(cast)
    with unit_of_work.read(Scope.operators()):
        stale = Payment.objects.for_account(cast.account).get(id=payment_id)
    decide(cast.approver, payment_id, "reject", {"reason": "No"})
    with pytest.raises(ConcurrentChange):
        as_operator(lambda: transitions.apply(stale, to=PaymentStatus.CANCELLED))
    assert cast.viewer.get(f"/api/v1/billing/payments/{payment_id}/").json()["data"]["status"] == "failed"


def test_a_stale_invoice_counts_nothing(cast: Cast) -> None:
    first, over = cast.invoice("300.00"), submitted(cast)[1]
    decide(cast.approver, over, "approve", seen("1500.00"))
    with unit_of_work.read(Scope.operators()):
        stale = Invoice.objects.for_account(cast.account).get(id=first)
    part = cast.submit(first, "FT 2", amount="100.00").json()["data"]["id"]
    decide(cast.approver, part, "approve")
    with pytest.raises(ConcurrentChange):
        as_operator(lambda: settlement.apply_balance(invoice=stale))
    assert cast.viewer.get(f"/api/v1/billing/invoices/{first}/").json()["data"]["amount_due"] == "200.00"
    verified(cast)


def test_nothing_posts_twice(cast: Cast) -> None:
    entry = Entry(JournalKind.INVOICE_WRITTEN_OFF, uuid.uuid4(), "PKR", {Code.BAD_DEBTS: 5, Code.RECEIVABLE: -5})

    def twice() -> None:
        for _ in range(2):
            post(entry, account_id=cast.account.id)

    with pytest.raises(Exception, match="journal_once"):
        unit_of_work.run(twice, scope=Scope.operators(), actor=SYSTEM)
    verified(cast)
