"""Two slices at once by one person: one of them is theirs alone, the other waits for somebody else."""

import uuid
from collections import Counter
from datetime import date
from typing import Any

import pytest
from igny8_core.business.billing.domain.methods import PaymentMethod
from igny8_core.business.billing.domain.refunds import RefundDestination
from igny8_core.business.billing.services import approvals, refunds
from igny8_core.business.billing.services.recording import RecordedMoney, record_payment
from tests.api.test_approvals import verified
from tests.cast import Cast, as_operator
from tests.races.test_manual_payment_races import at_once
from tests.races.test_money_races import DEADLOCKS

pytestmark = pytest.mark.slow
ROUNDS = 200
SLICE = "300000.00"


def test_two_refunds_by_one_person(cast: Cast, limit: None) -> None:
    """Of two payments, so that neither the payment's lock nor its invoice's orders them."""
    ids = []
    for number in range(ROUNDS // 5 * 2):
        ids.append(uuid.UUID(cast.submit(cast.invoice(SLICE), f"out {number}").json()["data"]["id"]))
        decision = approvals.Decision(uuid.uuid4())
        as_operator(lambda decision=decision: approvals.approve_payment(payment_id=ids[-1], decision=decision))

    def let_out(operator: uuid.UUID) -> str:
        payment_id, asked = ids.pop(), refunds.RefundRequest(operator, RefundDestination.TRANSFER)
        return str(as_operator(lambda: refunds.refund_payment(payment_id=payment_id, request=asked)).status)

    outcomes = Counter[str]()
    for _ in range(ROUNDS // 5):
        operator = uuid.uuid4()
        outcomes.update(["+".join(sorted(at_once(2, lambda _, operator=operator: let_out(operator))))])
    assert outcomes == {"pending+pending_approval": ROUNDS // 5}
    verified(cast)


def test_two_slices_by_one_person(cast: Cast, limit: None, owner_connection: Any) -> None:
    """Each round has an operator of its own, who approves twice, records twice, or does one of each."""
    ids = [
        uuid.UUID(cast.submit(cast.invoice(SLICE), f"slice {n}").json()["data"]["id"]) for n in range(ROUNDS * 4 // 3)
    ]
    (before,) = owner_connection.execute(DEADLOCKS).fetchone()

    def approve(operator: uuid.UUID) -> str:
        payment_id, decision = ids.pop(), approvals.Decision(operator)
        return str(as_operator(lambda: approvals.approve_payment(payment_id=payment_id, decision=decision)).status)

    def record(operator: uuid.UUID) -> str:
        money = RecordedMoney(PaymentMethod.BANK_TRANSFER, uuid.uuid4().hex, SLICE, "PKR", date(2026, 11, 20))
        return str(as_operator(lambda: record_payment(account=cast.account, money=money, operator_id=operator)).status)

    pairs = ((approve, approve), (record, record), (approve, record))
    outcomes = Counter[str]()
    for number in range(ROUNDS):
        operator, pair = uuid.uuid4(), pairs[number % 3]
        found = at_once(2, lambda index, operator=operator, pair=pair: pair[index](operator))
        outcomes.update(["+".join(sorted(found))])
    assert outcomes == {"pending_approval+succeeded": ROUNDS}
    owner_connection.execute("SELECT pg_stat_force_next_flush(), pg_sleep(1.1)")
    owner_connection.execute("SELECT pg_stat_clear_snapshot()")
    assert owner_connection.execute(DEADLOCKS).fetchone() == (before,)
    verified(cast)
