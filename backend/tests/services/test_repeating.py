"""What a deadlock, or an overtaking, does to a unit of work: it begins again from its beginning, key included."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from igny8_core.accounts.tenancy import Scope
from igny8_core.business.billing.models import Invoice, Payment
from igny8_core.events import unit_of_work
from igny8_core.events.catalogue import SYSTEM
from igny8_core.kit.locks import Overtaken, lock_one
from tests.api.test_approvals import decide, submitted, verified
from tests.cast import ADMIN, BILLING, Api, Cast, as_operator, seen
from tests.races.test_manual_payment_races import at_once


def test_two_units_that_deadlock_both_succeed(cast: Cast) -> None:
    first, second = cast.invoice(), cast.invoice()
    meeting, attempts = threading.Barrier(2), [0, 0]

    def crossing(index: int) -> Any:
        def operation() -> str:
            attempts[index] += 1
            for place, invoice_id in enumerate((first, second) if index == 0 else (second, first)):
                lock_one(Invoice.objects.for_account(cast.account).filter(id=invoice_id))
                if place == 0 and attempts[index] == 1:
                    meeting.wait(timeout=10)
            return "done"

        return as_operator(operation)

    assert at_once(2, crossing) == ["done", "done"]
    assert sorted(attempts) == [1, 2], "no deadlock was seen"


def test_who_is_overtaken_begins_again_and_gives_up_after_five_times() -> None:
    attempts: list[int] = []

    def always() -> None:
        attempts.append(1)
        raise Overtaken

    with pytest.raises(Overtaken):
        unit_of_work.run(always, scope=Scope.operators(), actor=SYSTEM)
    assert len(attempts) == 5


def hold(rows: Callable[[], Any], until: threading.Event, held: threading.Event) -> threading.Thread:
    """Another transaction that holds a row's lock until it is told to let go."""

    def operation() -> None:
        lock_one(rows())
        held.set()
        assert until.wait(timeout=10)

    thread = threading.Thread(target=lambda: at_once(1, lambda _: as_operator(operation)))
    thread.start()
    assert held.wait(timeout=10)
    return thread


def overlapped(cast: Cast, invoice_id: Any, later: Callable[[], Any], earlier: Callable[[], Any]) -> tuple[Any, Any]:
    """`later` starts, waits for the invoice it has to lock, and meanwhile `earlier` is done."""
    release, held, answers = threading.Event(), threading.Event(), []
    holder = hold(lambda: Invoice.objects.for_account(cast.account).filter(id=invoice_id), release, held)
    waiting = threading.Thread(target=lambda: answers.append(at_once(1, lambda _: later())[0]))
    waiting.start()
    waiting.join(timeout=0.5)
    assert waiting.is_alive(), "the later operation does not wait for the invoice's lock"
    done = earlier()
    release.set()
    holder.join()
    waiting.join()
    return answers[0], done


def test_a_bounce_that_the_spent_balance_overtakes(cast: Cast) -> None:
    """The excess pays another invoice after the bounce has chosen what to lock: it begins again, and takes that too."""
    invoice_id, payment_id = submitted(cast)
    decide(cast.approver, payment_id, "approve", seen("1500.00"))
    other = cast.invoice("500.00")
    bounced, applied = overlapped(
        cast,
        invoice_id,
        lambda: decide(cast.finance, payment_id, "bounce", {"reason": "Returned"}),
        lambda: cast.finance.post(f"{ADMIN}invoices/{other}/apply-balance/"),
    )
    assert (applied.status_code, applied.json()["data"]["status"]) == (200, "paid")
    assert (bounced.status_code, bounced.json()["data"]["status"]) == (200, "failed")
    assert cast.viewer.get(f"{BILLING}invoices/{other}/").json()["data"]["status"] == "pending"
    verified(cast)


def test_a_refund_that_an_approval_overtakes(cast: Cast) -> None:
    """The payment is settled between the refund's first look, when it had no invoices to lock, and its lock."""
    _, payment_id = submitted(cast)
    release, held, answers = threading.Event(), threading.Event(), dict[str, Any]()
    holder = hold(lambda: Payment.objects.for_account(cast.account).filter(id=payment_id), release, held)

    def act(what: str, api: Api, body: Any) -> None:
        answers[what] = at_once(1, lambda _: decide(api, payment_id, what, body))[0]

    threads = [
        threading.Thread(target=act, args=("approve", cast.approver, {})),
        threading.Thread(target=act, args=("refund", cast.finance, {"amount": "400.00"})),
    ]
    for thread in threads:  # PostgreSQL hands a row's lock out in the order of asking
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive(), "it does not wait for the payment's lock"
    release.set()
    for thread in (holder, *threads):
        thread.join()
    assert {what: answer.status_code for what, answer in answers.items()} == {"approve": 200, "refund": 200}
    assert answers["refund"].json()["data"]["amount_refunded"] == "400.00"
    verified(cast)
