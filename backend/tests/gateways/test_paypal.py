"""Paying by PayPal: the payer agrees there, and we collect. What others got wrong with that."""

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from fake_gateway.paypal_api.orders import capture_order
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing import tasks
from igny8_core.business.billing.domain.gateway_states import State
from igny8_core.business.billing.gateways.paypal.client import PayPal
from igny8_core.business.billing.models import GatewayMessage
from igny8_core.business.billing.services import checkouts
from igny8_core.events.models import Event
from tests.api.test_approvals import decide, verified
from tests.cast import ADMIN, BILLING, Cast, as_operator, make_cast
from tests.fake_gateway.driving import eventually
from tests.gateways.desk import (
    Desk,
    balance_of,
    check_out,
    checkout_of,
    invoice_of,
    janitor,
    later,
    payments_of,
    read_messages,
    refresh,
)
from tests.gateways.tills import ORDERS, PayPalTill
from tests.portal.visitor import PORTAL, signed_in
from tests.races.test_manual_payment_races import at_once

AMOUNT = "1000.00"
ROUNDS = 50
CHECKOUTS = int(os.environ.get("CHECKOUTS", "24"))
FAULTS = ("reset_after", "reset_before", "error_500", "truncate", "error_500_before", "rate_limit")


@pytest.fixture
def till(desk: Desk) -> PayPalTill:
    return PayPalTill(desk)


@pytest.fixture
def euros() -> Cast:
    return make_cast("DE", "EUR")


def opened(cast: Cast, invoice_id: Any, **more: str) -> tuple[str, str]:
    """An open checkout: our payment and PayPal's order."""
    answer = check_out(cast.member, invoice_id, payment_method="paypal", **more)
    assert answer.status_code == 201, answer.content
    payment_id = answer.json()["data"]["payment"]["id"]
    return payment_id, checkout_of(payment_id).payment.gateway_handle


def captures(till: PayPalTill, handle: str) -> int:
    """How often PayPal was asked to capture an order and did."""
    return sum(one["order"] == handle for one in till.desk.get("/books")["paypal"]["captures"])


def test_the_message_and_the_payers_return_both_capture(euros: Cast, till: PayPalTill) -> None:
    """Again and again: captured once, settled once, and no answer is an error page."""
    member, _ = signed_in(euros.account, AccountRole.MEMBER)
    for number in range(ROUNDS):
        invoice_id = euros.invoice(AMOUNT)
        payment_id, handle = opened(euros, invoice_id)
        till.pay(handle)
        doors: list[Callable[[], Any]] = [
            lambda payment_id=payment_id: tasks.ask_gateway(payment_id, str(euros.account.id)),
            lambda payment_id=payment_id: refresh(euros.member, payment_id),
            lambda invoice_id=invoice_id: member.get(f"{PORTAL}invoices/{invoice_id}/checkout/"),
        ]
        random.Random(number).shuffle(doors)
        answers = [one for one in at_once(len(doors), lambda index, doors=doors: doors[index]()) if one is not None]
        assert {answer.status_code for answer in answers} <= {200, 303, 503}
        if checkout_of(payment_id).payment.status != "succeeded":
            # All of them met the twin that was at work.
            assert refresh(euros.member, payment_id).json()["data"]["status"] == "succeeded"
        assert captures(till, handle) == 1
        assert invoice_of(euros, invoice_id) == ("paid", AMOUNT)
    assert len(till.charges()) == ROUNDS
    verified(euros)


def test_an_order_that_was_captured_already(euros: Cast, till: PayPalTill) -> None:
    """By a call whose answer was lost with the process that made it."""
    invoice_id = euros.invoice(AMOUNT)
    payment_id, handle = opened(euros, invoice_id)
    till.pay(handle)
    capture_order(till.desk.gateway, handle)
    assert refresh(euros.member, payment_id).json()["data"]["status"] == "succeeded"
    assert captures(till, handle) == 1


@pytest.mark.parametrize("kind", ["reset_after", "error_500", "truncate"])
def test_a_capture_whose_answer_is_lost(euros: Cast, till: PayPalTill, kind: str) -> None:
    invoice_id = euros.invoice(AMOUNT)
    payment_id, handle = opened(euros, invoice_id)
    till.pay(handle)
    till.desk.fail(kind, gateway="paypal", method="POST", path=f"{ORDERS}/{handle}/capture")
    assert refresh(euros.member, payment_id).json()["data"]["status"] == "succeeded"
    assert captures(till, handle) == 1
    verified(euros)


def test_a_capture_of_which_nobody_knows_is_on_its_way(euros: Cast, till: PayPalTill) -> None:
    invoice_id = euros.invoice(AMOUNT)
    payment_id, handle = opened(euros, invoice_id)
    till.pay(handle)
    till.desk.fail("reset_before", gateway="paypal", method="POST", path=f"{ORDERS}/{handle}/capture")
    assert refresh(euros.member, payment_id).json()["code"] == "gateway_unavailable"
    row = checkout_of(payment_id)
    assert (row.state, row.payment.status) == ("processing", "processing")
    late = euros.member.post(f"{BILLING}payments/{payment_id}/cancel/")
    assert (late.status_code, late.json()["code"]) == (409, "invalid_transition")
    with later(minutes=2):
        assert janitor(euros) == 1
    assert payments_of(invoice_id) == [("paypal", "succeeded")]
    assert captures(till, handle) == 1


def test_what_nobody_wants_any_more_is_not_collected(euros: Cast, till: PayPalTill) -> None:
    """The payer agrees after a transfer has settled the invoice: they keep their money."""
    invoice_id = euros.invoice(AMOUNT)
    payment_id, handle = opened(euros, invoice_id)
    transfer = euros.submit(invoice_id, amount=AMOUNT).json()["data"]["id"]
    assert decide(euros.approver, transfer, "approve").status_code == 200
    till.pay(handle)
    assert refresh(euros.member, payment_id).json()["data"]["status"] == "cancelled"
    assert refresh(euros.member, payment_id).json()["data"]["status"] == "cancelled"
    assert (captures(till, handle), balance_of(euros)) == (0, [{"currency": "EUR", "amount": "0.00"}])
    assert checkout_of(payment_id).next_ask_at is None


def test_a_second_order_closes_the_first(euros: Cast, till: PayPalTill) -> None:
    """Whoever approves the first one all the same pays nothing."""
    invoice_id = euros.invoice(AMOUNT)
    first, one = opened(euros, invoice_id)
    second, two = opened(euros, invoice_id, success_url="https://shop.test/other")
    assert [checkout_of(each).state for each in (first, second)] == ["expired", "open"]
    till.pay(one)
    assert refresh(euros.member, first).json()["data"]["status"] == "cancelled"
    till.pay(two)
    assert refresh(euros.member, second).json()["data"]["status"] == "succeeded"
    assert (captures(till, one), captures(till, two)) == (0, 1)
    verified(euros)


def test_of_two_that_were_agreed_to_one_is_collected(
    euros: Cast, till: PayPalTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with two gateways that collect: while the first is under review the second waits, and follows if it fails."""
    invoice_id = euros.invoice(AMOUNT)
    first, one = opened(euros, invoice_id)
    with monkeypatch.context() as patched:
        patched.setattr(checkouts, "_open_ones", lambda *_: [])
        second, two = opened(euros, invoice_id)
    till.wait(one)
    till.pay(two)
    assert refresh(euros.member, first).json()["data"]["status"] == "processing"
    assert refresh(euros.member, second).json()["data"]["status"] == "pending"
    assert captures(till, two) == 0
    till.arrive(one, works=False)
    assert refresh(euros.member, first).json()["data"]["status"] == "failed"
    with later(minutes=1):
        assert janitor(euros) == 1
    assert payments_of(invoice_id) == [("paypal", "failed"), ("paypal", "succeeded")]
    assert invoice_of(euros, invoice_id) == ("paid", AMOUNT)
    verified(euros)


def test_cancelled_while_another_process_collects(
    euros: Cast, till: PayPalTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has decided to collect wins: the payer is told that it is too late, and the money settles the invoice."""
    invoice_id = euros.invoice(AMOUNT)
    payment_id, handle = opened(euros, invoice_id)
    till.pay(handle)
    cancel = PayPal.cancel
    found: list[Any] = []

    def overtaken(self: PayPal, handle: str) -> State:
        answer = cancel(self, handle)
        found.extend(at_once(1, lambda _: refresh(euros.member, payment_id)))
        return answer

    collect = PayPal.collect

    def slow(self: PayPal, handle: str, *, key: str) -> State:
        assert checkout_of(payment_id).state == "processing"
        return collect(self, handle, key=key)

    monkeypatch.setattr(PayPal, "cancel", overtaken)
    monkeypatch.setattr(PayPal, "collect", slow)
    late = euros.member.post(f"{BILLING}payments/{payment_id}/cancel/")
    assert (late.status_code, late.json()["data"]) == (409, {"status": "succeeded"})
    assert [answer.json()["data"]["status"] for answer in found] == ["succeeded"]
    assert captures(till, handle) == 1
    verified(euros)


def test_cancelled_before_anybody_has_decided(euros: Cast, till: PayPalTill, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other way round: the answer that the payer has agreed comes after the cancellation, and is not collected."""
    payment_id, handle = opened(euros, euros.invoice(AMOUNT))
    till.pay(handle)
    fetch = PayPal.fetch

    def overtaken(self: PayPal, handle: str) -> State:
        answer = fetch(self, handle)
        monkeypatch.setattr(PayPal, "fetch", fetch)
        done = at_once(1, lambda _: euros.member.post(f"{BILLING}payments/{payment_id}/cancel/"))
        assert [one.status_code for one in done] == [200]
        return answer

    monkeypatch.setattr(PayPal, "fetch", overtaken)
    assert refresh(euros.member, payment_id).json()["data"]["status"] == "cancelled"
    assert captures(till, handle) == 0


def test_why_money_waits_is_kept_for_operators(euros: Cast, till: PayPalTill) -> None:
    payment_id, handle = opened(euros, euros.invoice(AMOUNT))
    reason = "RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION"
    till.desk.post("/paypal/approve", order=handle, funding=reason)
    assert refresh(euros.member, payment_id).json()["data"]["status"] == "processing"
    assert checkout_of(payment_id).reason == reason
    till.arrive(handle, works=True)
    with later(hours=7):
        assert janitor(euros) == 1
    row = checkout_of(payment_id)
    assert (row.payment.status, row.reason, row.fee_currency) == ("succeeded", "", "EUR")


def test_an_order_that_is_gone_after_we_tried_to_collect_it(euros: Cast, till: PayPalTill) -> None:
    """It may have been paid: nothing is concluded from a gateway that forgets."""
    payment_id, handle = opened(euros, euros.invoice(AMOUNT))
    till.wait(handle)
    assert refresh(euros.member, payment_id).json()["data"]["status"] == "processing"
    till.desk.gateway.store.remove("paypal_order", handle)
    assert refresh(euros.member, payment_id).json()["data"]["status"] == "processing"
    with later(days=31):
        janitor(euros)
    assert "does not know this checkout" in checkout_of(payment_id).problem


def test_an_amount_that_differs_is_never_collected(euros: Cast, till: PayPalTill) -> None:
    payment_id, handle = opened(euros, euros.invoice(AMOUNT))
    till.pay(handle)
    till.lie(handle)
    assert refresh(euros.member, payment_id).json()["data"]["status"] == "pending"
    assert captures(till, handle) == 0
    told = as_operator(
        lambda: list(
            Event.objects.across_accounts().filter(subject_id=payment_id).order_by("seq").values_list("type", flat=True)
        )
    )
    assert told == ["payment.submitted", "checkout.disagreed"]


def test_a_token_that_was_revoked(euros: Cast, till: PayPalTill) -> None:
    payment_id, handle = opened(euros, euros.invoice(AMOUNT))
    till.pay(handle)
    till.desk.post("/paypal/revoke_tokens")
    assert refresh(euros.member, payment_id).json()["data"]["status"] == "succeeded"


def test_back_in_the_portal(euros: Cast, till: PayPalTill) -> None:
    """Coming back collects; and a gateway that is down then leaves a page that says what is known."""
    member, invoice_id = signed_in(euros.account, AccountRole.MEMBER)[0], euros.invoice(AMOUNT)
    page, checkout = (f"{PORTAL}invoices/{invoice_id}/{step}/" for step in ("pay", "checkout"))
    text = member.get(page).content.decode()
    assert "Pay with PayPal" in text
    answer = member.submit(checkout, {"method": "paypal"}, page=page)
    (handle,) = till.handles()
    assert answer.status_code == 303
    till.pay(handle)
    till.desk.fail("reset_before", gateway="paypal", method="GET")
    back = member.get(f"{checkout}?token={handle}&PayerID=DEMOPAYER0001")
    assert "This payment is not finished." in member.get(back["Location"]).content.decode()
    back = member.get(f"{checkout}?token={handle}&PayerID=DEMOPAYER0001")
    assert "Receipt" in member.get(back["Location"]).content.decode()
    assert invoice_of(euros, invoice_id) == ("paid", AMOUNT)


def test_many_checkouts_through_a_paypal_that_fails(euros: Cast, till: PayPalTill) -> None:
    """Calls fail before and after their effect: each payer is charged once, and both books agree to the cent."""
    invoices = [euros.invoice(f"{100 + number}.00") for number in range(CHECKOUTS)]
    for seed, kind in enumerate(FAULTS):
        till.desk.fail(kind, gateway="paypal", times=None, ratio=0.07, seed=seed, path="/v2/")
    first = Counter(
        check_out(euros.member, one, payment_method="paypal", key=str(number)).status_code
        for number, one in enumerate(invoices)
    )
    assert set(first) <= {201, 202, 503}
    with later(minutes=2):
        # Whoever got no answer tries again.
        for one in invoices:
            check_out(euros.member, one, payment_method="paypal")
    for handle in till.handles():
        till.pay(handle)
    for minutes in (3, 5, 8, 13):
        with later(minutes=minutes):
            for payment_id in sorted(_open_of(euros)):
                tasks.ask_gateway(payment_id, str(euros.account.id))
    till.desk.call_off()
    for hours in (3, 6, 12):
        with later(hours=hours):
            janitor(euros)
    rows = _every_payment(euros)
    assert {one["status"] for one in rows} <= {"succeeded", "cancelled"}
    succeeded = sorted((one["id"], one["amount_received"]) for one in rows if one["status"] == "succeeded")
    assert len(succeeded) >= CHECKOUTS // 2
    assert sorted(till.charges()) == succeeded
    trial = euros.support.get(f"{ADMIN}ledger/trial-balance/?account_id={euros.account.id}").json()["data"]
    (books,) = [one["accounts"] for one in trial["currencies"] if one["currency"] == "EUR"]
    booked = {one["code"]: Decimal(one["amount"]) for one in books}
    told = till.desk.get("/books")["paypal"]
    fees = Decimal(told["fees"]["EUR"]["decimal"])
    assert (booked["gateway_fees"], booked["cash:paypal"]) == (fees, Decimal(told["captured"]["EUR"]["decimal"]) - fees)
    verified(euros)


def _every_payment(cast: Cast) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    path = f"{BILLING}payments/?page_size=100"
    while path:
        page = cast.viewer.get(path).json()
        found, path = [*found, *page["results"]], page["next"] or ""
    return found


def _open_of(cast: Cast) -> set[str]:
    return {one["id"] for one in _every_payment(cast) if one["status"] in ("pending", "processing")}


def test_a_certificate_that_leads_to_no_root_of_ours(
    euros: Cast, till: PayPalTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PayPal itself is asked, with the message as it came: one that it has sent is kept, any other refused."""
    variables = {name: value for name, value in settings.ENV.variables.items() if name != "IGNY8_PAYPAL_TRIAL_ROOT"}
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, variables=variables))
    as_operator(lambda: GatewayMessage.objects.update(next_try_at=None))
    payment_id, handle = opened(euros, euros.invoice(AMOUNT))
    till.pay(handle)
    assert till.desk.forge("other_authority", till.event()) == 400
    assert read_messages() == 0
    till.desk.send()
    eventually(lambda: {each["state"] for each in till.desk.get("/deliveries")["data"]} == {"delivered"})
    assert read_messages() == 1
    assert checkout_of(payment_id).payment.status == "succeeded"
