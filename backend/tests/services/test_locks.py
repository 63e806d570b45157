"""What an operation holds while it decides, asked with NOWAIT from another connection: the first wall against races.

The conditional updates and the unique keys behind it would still catch most of what a forgotten lock lets through;
here the lock itself is missed.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg
import pytest
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.refunds import RefundDestination
from igny8_core.business.billing.services import approvals, invoicing, refunds
from igny8_core.business.billing.services.cancelling import cancel_payment
from igny8_core.business.billing.services.recording import Planned, RecordedMoney, record_payment
from igny8_core.business.ledger.services import credits
from tests.api.test_approvals import decide, submitted
from tests.cast import Cast, as_operator, seen
from tests.races.test_manual_payment_races import at_once

OPERATOR = uuid.UUID("01890000-0000-7000-8000-00000000000b")
INVOICE, PAYMENT = ("billing_invoice", "id"), ("billing_payment", "id")
BALANCE = ("ledger_balance", "code = 'customer_balance' AND account_id")
CREDITS = ("ledger_balance", "code = 'credits' AND account_id")


@contextmanager
def before_commit(operation: Callable[[], Any]) -> Iterator[None]:
    """The operation has done its work, and its transaction is open until the block ends."""
    done, release = threading.Event(), threading.Event()

    def held() -> None:
        operation()
        done.set()
        assert release.wait(timeout=20)

    thread = threading.Thread(target=lambda: at_once(1, lambda _: as_operator(held)))
    thread.start()
    assert done.wait(timeout=20)
    try:
        yield
    finally:
        release.set()
        thread.join()


def is_locked(connection: psycopg.Connection[Any], where: tuple[str, str], key: Any) -> bool:
    table, column = where
    try:
        with connection.transaction():
            connection.execute(f"SELECT 1 FROM {table} WHERE {column} = %s FOR NO KEY UPDATE NOWAIT", [key])
    except psycopg.errors.LockNotAvailable:
        return True
    return False


def approved(cast: Cast, received: str = "1500.00") -> tuple[uuid.UUID, str]:
    invoice_id, payment_id = submitted(cast)
    assert decide(cast.approver, payment_id, "approve", seen(received)).status_code == 200
    return invoice_id, payment_id


def refunding(payment_id: uuid.UUID) -> Callable[[], Any]:
    request = refunds.RefundRequest(OPERATOR, RefundDestination.TRANSFER, amount="100.00")
    return lambda: refunds.refund_payment(payment_id=payment_id, request=request)


def bouncing(payment_id: uuid.UUID) -> Callable[[], Any]:
    return lambda: approvals.bounce_payment(payment_id=payment_id, reason="Returned")


@pytest.mark.parametrize("what", ["approve", "reject", "cancel"])
def test_a_decision_holds_invoice_and_payment(cast: Cast, owner_connection: psycopg.Connection[Any], what: str) -> None:
    invoice_id, payment_id = submitted(cast)
    key = uuid.UUID(payment_id)
    operation = {
        "approve": lambda: approvals.approve_payment(payment_id=key, decision=approvals.Decision(OPERATOR)),
        "reject": lambda: approvals.reject_payment(payment_id=key, reason="No"),
        "cancel": lambda: cancel_payment(account=cast.account, payment_id=key),
    }[what]
    with before_commit(operation):  # of these a rejection and a cancellation write nothing on the invoice
        assert is_locked(owner_connection, INVOICE, invoice_id)
        assert is_locked(owner_connection, PAYMENT, payment_id)
    assert not is_locked(owner_connection, INVOICE, invoice_id)


def test_a_refund_and_a_bounce_hold_invoice_payment_and_balance(
    cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    for act in (refunding, bouncing):
        invoice_id, payment_id = approved(cast)
        with before_commit(act(uuid.UUID(payment_id))):
            assert is_locked(owner_connection, INVOICE, invoice_id)
            assert is_locked(owner_connection, PAYMENT, payment_id)
            assert is_locked(owner_connection, BALANCE, cast.account.id)


def test_recorded_money_holds_every_invoice_it_is_for(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    invoices = [cast.invoice("100.00") for _ in range(3)]
    money = RecordedMoney(
        PaymentMethod.BANK_TRANSFER,
        "LOCKS",
        "150.00",
        "PKR",
        date(2026, 1, 5),
        tuple(Planned(one, "10.00") for one in invoices),
    )
    with before_commit(lambda: record_payment(account=cast.account, money=money, operator_id=OPERATOR)):
        assert all(is_locked(owner_connection, INVOICE, one) for one in invoices)


def test_the_balance_is_held_while_it_pays(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    approved(cast)
    other = cast.invoice("100.00")
    with before_commit(lambda: invoicing.apply_balance(invoice_id=other)):
        assert is_locked(owner_connection, INVOICE, other)
        assert is_locked(owner_connection, BALANCE, cast.account.id)


def test_credits_are_held_while_they_are_used(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    as_operator(lambda: credits.adjust(account_id=cast.account.id, credits=5, reason="Start"))
    with before_commit(lambda: credits.consume(account_id=cast.account.id, credits=1, reason="x")):
        assert is_locked(owner_connection, CREDITS, cast.account.id)
