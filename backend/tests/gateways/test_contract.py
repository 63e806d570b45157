"""What every gateway of the registry keeps to beside the product, whichever it is: one suite, a till for each.

Manual methods are not here. They have no gateway to ask, so that nothing of this can happen to them; what they share
with it (limits of the amount, an invoice that is settled once) is tested with them in `api/test_manual_payment.py`, and
together with a gateway in `test_races.py`.
"""

from collections.abc import Iterator

import pytest
from igny8_core.business.billing import tasks
from igny8_core.business.billing.domain.methods import MANUAL, ONLINE
from igny8_core.business.billing.gateways.base import NotTaken
from igny8_core.business.billing.gateways.registry import REGISTRY
from igny8_core.business.billing.models import GatewayMessage
from igny8_core.business.billing.services.gateways import live_gateways
from igny8_core.kit import clock
from tests.api.test_approvals import decide, verified
from tests.cast import ADMIN, BILLING, Cast, as_operator, make_cast
from tests.fake_gateway.driving import eventually
from tests.gateways.desk import (
    Desk,
    balance_of,
    check_out,
    checkout_of,
    give_back,
    invoice_of,
    janitor,
    later,
    messages,
    payments_of,
    read_messages,
    refresh,
    refund_rows,
)
from tests.gateways.tills import TILLS, Till

AMOUNT = "1000.00"


@pytest.fixture(params=sorted(REGISTRY))
def till(desk: Desk, request: pytest.FixtureRequest) -> Iterator[Till]:
    """A gateway's till; its clock is set right afterwards."""
    yield TILLS[request.param](desk)
    desk.post("/clock", offset_seconds=0)


@pytest.fixture
def euros() -> Cast:
    """An account whose invoices every gateway takes."""
    return make_cast("DE", "EUR")


def opened(cast: Cast, till: Till, **more: str) -> tuple[str, str]:
    """An open checkout: our payment, and the gateway's name for it."""
    answer = check_out(cast.member, more.pop("invoice", None) or cast.invoice(AMOUNT), payment_method=till.name, **more)
    assert answer.status_code == 201, answer.content
    payment_id = answer.json()["data"]["payment"]["id"]
    return payment_id, checkout_of(payment_id).payment.gateway_handle


def status_of(cast: Cast, payment_id: str) -> str:
    return str(refresh(cast.member, payment_id).json()["data"]["status"])


def test_every_gateway_has_a_till_and_is_no_manual_method() -> None:
    assert TILLS.keys() == REGISTRY.keys() == set(ONLINE)
    assert not REGISTRY.keys() & MANUAL


def test_open_and_paid(euros: Cast, till: Till) -> None:
    invoice_id = euros.invoice(AMOUNT)
    answer = check_out(euros.member, invoice_id, payment_method=till.name)
    data = answer.json()["data"]
    payment_id = data["payment"]["id"]
    assert (answer.status_code, data["payment"]["status"], data["action"]["type"]) == (201, "pending", "redirect")
    (handle,) = till.handles(payment_id)
    assert checkout_of(payment_id).payment.gateway_handle == handle
    assert status_of(euros, payment_id) == "pending"
    till.pay(handle)
    assert status_of(euros, payment_id) == "succeeded"
    assert invoice_of(euros, invoice_id) == ("paid", AMOUNT)
    assert till.charges() == [(payment_id, AMOUNT)]
    row = checkout_of(payment_id)
    assert (row.state, row.fee_currency, row.next_ask_at, row.problem, row.live) == ("paid", "EUR", None, "", False)
    assert row.charge
    assert row.payer
    books = euros.support.get(f"{ADMIN}ledger/accounts/{euros.account.id}/?currency=EUR").json()["results"]
    assert {line["code"] for line in books if line["kind"] == "gateway_fee"} == {"gateway_fees", f"cash:{till.name}"}
    verified(euros)
    assert check_out(euros.member, invoice_id, payment_method=till.name).json()["code"] == "invoice_already_paid"
    assert status_of(euros, payment_id) == "succeeded"
    assert till.charges() == [(payment_id, AMOUNT)]


def test_one_key_one_checkout(euros: Cast, till: Till) -> None:
    invoice_id = euros.invoice(AMOUNT)
    answers = [check_out(euros.member, invoice_id, key="k", payment_method=till.name) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.content for answer in answers}) == 1
    assert check_out(euros.member, invoice_id, payment_method=till.name).json()["data"] == answers[0].json()["data"]
    assert len(till.handles()) == 1


def test_what_is_declined_may_be_tried_again(euros: Cast, till: Till) -> None:
    payment_id, handle = opened(euros, till)
    till.decline(handle)
    assert status_of(euros, payment_id) == "pending"
    assert (till.charges(), checkout_of(payment_id).state) == ([], "open")
    till.pay(handle)
    assert status_of(euros, payment_id) == "succeeded"
    assert till.charges() == [(payment_id, AMOUNT)]


def test_what_is_declined_keeps_nobody_from_paying_otherwise(euros: Cast, till: Till) -> None:
    invoice_id = euros.invoice(AMOUNT)
    payment_id, handle = opened(euros, till, invoice=str(invoice_id))
    till.decline(handle)
    assert status_of(euros, payment_id) == "pending"
    for other in TILLS:
        assert check_out(euros.member, invoice_id, payment_method=other).status_code == 201
    assert euros.submit(invoice_id, amount=AMOUNT).status_code == 201


@pytest.mark.parametrize("works", [True, False])
def test_money_that_is_on_its_way(euros: Cast, till: Till, works: bool) -> None:
    invoice_id = euros.invoice(AMOUNT)
    payment_id, handle = opened(euros, till, invoice=str(invoice_id))
    till.wait(handle)
    assert status_of(euros, payment_id) == "processing"
    assert invoice_of(euros, invoice_id) == ("pending", "0.00")
    for other in TILLS:
        assert check_out(euros.member, invoice_id, payment_method=other).json()["code"] == "amount_exceeds_due"
    till.arrive(handle, works=works)
    assert status_of(euros, payment_id) == ("succeeded" if works else "failed")
    assert invoice_of(euros, invoice_id)[0] == ("paid" if works else "pending")
    verified(euros)


def test_nobody_paid_in_time(euros: Cast, till: Till) -> None:
    invoice_id = euros.invoice(AMOUNT)
    payment_id, _ = opened(euros, till, invoice=str(invoice_id))
    till.forget()
    with later(hours=4):
        assert janitor(euros) == 1
        assert janitor(euros) == 0
    assert (payments_of(invoice_id), checkout_of(payment_id).state) == ([(till.name, "cancelled")], "expired")
    assert till.charges() == []


def test_cancelled_by_its_payer(euros: Cast, till: Till) -> None:
    payment_id, handle = opened(euros, till)
    path = f"{BILLING}payments/{payment_id}/cancel/"
    till.desk.fail("reset_before", gateway=till.name)
    assert euros.member.post(path).json()["code"] == "gateway_unavailable"
    done = euros.member.post(path)
    assert (done.status_code, done.json()["data"]["status"]) == (200, "cancelled")
    assert euros.member.post(path).json()["code"] == "invalid_transition"
    paid, handle = opened(euros, till)
    till.pay(handle)
    assert status_of(euros, paid) == "succeeded"
    late = euros.member.post(f"{BILLING}payments/{paid}/cancel/")
    assert (late.status_code, late.json()["code"]) == (409, "invalid_transition")


def test_settled_in_another_way(euros: Cast, till: Till) -> None:
    """A transfer settles the invoice: the checkout is closed, and nobody is charged there any more."""
    invoice_id = euros.invoice(AMOUNT)
    payment_id, _ = opened(euros, till, invoice=str(invoice_id))
    transfer = euros.submit(invoice_id, amount=AMOUNT).json()["data"]["id"]
    assert decide(euros.approver, transfer, "approve").status_code == 200
    assert janitor(euros) == 1
    assert payments_of(invoice_id) == [(till.name, "cancelled"), ("bank_transfer", "succeeded")]
    assert checkout_of(payment_id).state == "expired"
    assert (till.charges(), balance_of(euros)) == ([], [{"currency": "EUR", "amount": "0.00"}])
    verified(euros)


def test_a_gateway_that_says_another_amount_settles_nothing(euros: Cast, till: Till) -> None:
    invoice_id = euros.invoice(AMOUNT)
    payment_id, handle = opened(euros, till, invoice=str(invoice_id))
    till.pay(handle)
    till.lie(handle)
    assert status_of(euros, payment_id) == "pending"
    assert "instead of 100000" in checkout_of(payment_id).problem
    assert (invoice_of(euros, invoice_id), janitor(euros)) == (("pending", "0.00"), 0)


def test_amounts_that_are_not_taken(euros: Cast, till: Till) -> None:
    gateway = live_gateways()[till.name]
    for amount, currency in ((100, "XXX"), (0, "USD"), (-1, "USD")):
        with pytest.raises(NotTaken):
            gateway.to_wire(amount, currency)
    small = check_out(euros.member, euros.invoice("0.10"), payment_method=till.name)
    assert small.json()["code"] == "method_not_available"
    rupees = make_cast("IN", "INR") if till.name == "paypal" else make_cast("JP", "JPY")
    foreign = check_out(rupees.member, rupees.invoice("1000"), payment_method=till.name)
    assert foreign.json()["code"] == "method_not_available"
    assert till.handles() == []


def test_given_back(euros: Cast, till: Till) -> None:
    payment_id, handle = opened(euros, till)
    till.pay(handle)
    assert status_of(euros, payment_id) == "succeeded"
    first = give_back(euros, payment_id, amount="300.00", key="k")
    assert first.json()["data"]["refund"]["status"] == "completed"
    assert give_back(euros, payment_id, amount="300.00", key="k").content == first.content
    assert give_back(euros, payment_id, amount="700.01").json()["code"] == "amount_exceeds_refundable"
    assert give_back(euros, payment_id).json()["data"]["status"] == "refunded"
    assert (sorted(till.refunds()), refund_rows(payment_id)) == (
        [(payment_id, "300.00"), (payment_id, "700.00")],
        [("completed", 30000), ("completed", 70000)],
    )
    verified(euros)


UNKNOWN = ("reset_after", "reset_before", "error_500", "error_500_before", "truncate")


@pytest.mark.parametrize("kind", UNKNOWN)
def test_an_unknown_outcome_of_opening(euros: Cast, till: Till, kind: str) -> None:
    """Nobody is told to pay twice: the same checkout is found, or after ten minutes there is none."""
    invoice_id = euros.invoice(AMOUNT)
    till.desk.fail(kind, gateway=till.name, method="POST", path=till.starts)
    answer = check_out(euros.member, invoice_id, key="k", payment_method=till.name)
    data = answer.json()["data"]
    payment_id = data["payment"]["id"]
    assert (answer.status_code, data["action"], data["payment"]["status"]) == (202, None, "processing")
    assert check_out(euros.member, invoice_id, key="k", payment_method=till.name).content == answer.content
    early = check_out(euros.member, invoice_id, payment_method=till.name)
    assert (early.status_code, early.json()["code"]) == (409, "request_in_progress")
    with later(seconds=61):
        again = check_out(euros.member, invoice_id, payment_method=till.name)
        if kind.startswith("error_500") and till.name == "stripe":
            # Stripe repeats its 500 for the key, and the worker looks for the checkout.
            assert again.status_code == 202
            janitor(euros)
        else:
            assert (again.status_code, again.json()["data"]["payment"]["id"]) == (201, payment_id)
    assert len(till.handles()) <= 1
    for handle in till.handles():
        till.pay(handle)
        assert status_of(euros, payment_id) == "succeeded"
        assert till.charges() == [(payment_id, AMOUNT)]
    verified(euros)


def test_an_opening_that_never_was(euros: Cast, till: Till) -> None:
    invoice_id = euros.invoice(AMOUNT)
    till.desk.fail("reset_before", gateway=till.name, method="POST", path=till.starts)
    assert check_out(euros.member, invoice_id, payment_method=till.name).status_code == 202
    with later(minutes=11):
        assert janitor(euros) == 1
    assert payments_of(invoice_id) == [(till.name, "cancelled")]
    assert check_out(euros.member, invoice_id, payment_method=till.name).status_code == 201


def test_a_gateway_that_is_busy(euros: Cast, till: Till) -> None:
    invoice_id = euros.invoice(AMOUNT)
    till.desk.fail("rate_limit", gateway=till.name, method="POST", path=till.starts)
    answer = check_out(euros.member, invoice_id, key="k", payment_method=till.name)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "gateway_unavailable", "10")
    assert (payments_of(invoice_id), till.handles()) == ([(till.name, "cancelled")], [])
    assert check_out(euros.member, invoice_id, key="k", payment_method=till.name).status_code == 201


@pytest.mark.parametrize("kind", UNKNOWN)
def test_an_unknown_outcome_of_asking(euros: Cast, till: Till, kind: str) -> None:
    payment_id, handle = opened(euros, till)
    till.pay(handle)
    till.desk.fail(kind, gateway=till.name, method="GET", path=till.starts)
    assert refresh(euros.member, payment_id).json()["code"] == "gateway_unavailable"
    assert status_of(euros, payment_id) == "succeeded"
    assert till.charges() == [(payment_id, AMOUNT)]


def kept() -> int:
    return len(messages())


@pytest.fixture
def nothing_waits() -> None:
    """What earlier tests left to be read is read."""
    as_operator(lambda: GatewayMessage.objects.update(next_try_at=None))


def test_paid_by_message(euros: Cast, till: Till, nothing_waits: None) -> None:
    """Each message several times, mixed: one effect."""
    pairs = [opened(euros, till) for _ in range(3)]
    for _, handle in pairs:
        till.pay(handle)
    till.desk.send(copies=4, shuffle_seed=5)
    eventually(lambda: {each["state"] for each in till.desk.get("/deliveries")["data"]} == {"delivered"})
    while read_messages():
        pass
    assert sorted(till.charges()) == sorted((payment_id, AMOUNT) for payment_id, _ in pairs)
    for payment_id, _ in pairs:
        shown = euros.viewer.get(f"{BILLING}payments/{payment_id}/").json()["data"]
        assert shown["status"] == "succeeded"
    verified(euros)


def test_messages_that_are_not_the_gateways(euros: Cast, till: Till, nothing_waits: None) -> None:
    payment_id, handle = opened(euros, till)
    till.pay(handle)
    before = kept()
    event = till.event()
    assert {kind: till.desk.forge(kind, event) for kind in till.refused} == dict.fromkeys(till.refused, 400)
    assert (kept(), read_messages(), checkout_of(payment_id).payment.status) == (before, 0, "pending")


def test_messages_that_are_signed_and_wrong(euros: Cast, till: Till, nothing_waits: None) -> None:
    """They make us ask, and what the gateway answers is what happens."""
    payment_id, handle = opened(euros, till)
    till.decline(handle)
    other, handle = opened(euros, till)
    till.pay(handle)
    before, event = kept(), till.event()
    assert {kind: till.desk.forge(kind, event) for kind in till.ignored} == dict.fromkeys(till.ignored, 200)
    assert kept() == before + len(till.ignored)
    while read_messages():
        pass
    assert checkout_of(payment_id).payment.status == "pending"
    assert till.charges() == [(other, AMOUNT)]
    verified(euros)


def test_messages_that_never_came(euros: Cast, till: Till, nothing_waits: None) -> None:
    payment_id, handle = opened(euros, till)
    till.pay(handle)
    before = kept()
    tasks.catch_up_messages(0)
    found = kept() - before
    assert found >= 1
    tasks.catch_up_messages(0)
    assert kept() == before + found
    while read_messages():
        pass
    assert checkout_of(payment_id).payment.status == "succeeded"


def test_traits(till: Till) -> None:
    gateway = live_gateways()[till.name]
    assert (gateway.name, gateway.live) == (till.name, False)
    assert list(gateway.missed(since=clock.now())) == []
