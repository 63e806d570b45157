"""Every door to one invoice at once, and many checkouts through a gateway that fails: paid once, each unit accounted for.

`ROUNDS` and `CHECKOUTS` make it longer (`make soak`).
"""

import json
import os
import random
from collections import Counter
from typing import Any

from django.db import connection
from igny8_core.business.billing import tasks
from igny8_core.kit.money import parse_amount
from tests.api.test_approvals import decide, verified
from tests.cast import ADMIN, BILLING, Cast
from tests.fake_gateway.driving import call
from tests.gateways.desk import (
    SESSIONS,
    SUCCESS,
    Desk,
    balance_of,
    charge,
    check_out,
    invoice_of,
    janitor,
    later,
    payment_rows,
    refresh,
    save_card,
)
from tests.races.test_manual_payment_races import at_once

ROUNDS = int(os.environ.get("ROUNDS", "8"))
CHECKOUTS = int(os.environ.get("CHECKOUTS", "24"))
FAULTS = ("reset_after", "reset_before", "error_500", "truncate", "error_500_before", "rate_limit")


def test_every_door_at_once(cast: Cast, desk: Desk) -> None:
    """A checkout that its payer has paid (asked by the payer and by the worker), an approval, recorded money, a new
    checkout, and two saved cards, which must not be charged any more.
    """
    settled = Counter[str]()
    cards = [save_card(cast.owner, desk, number) for number in ("4242424242424242", "5555555555554444")]
    for number in range(ROUNDS):
        invoice_id = cast.invoice("1000.00")
        payment = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]
        transfer = cast.submit(invoice_id, f"door {number}").json()["data"]["id"]
        desk.pay(desk.sessions(payment)[0]["id"])
        money = {
            "account_id": str(cast.account.id),
            "payment_method": "bank_transfer",
            "reference": f"line {number}",
            "amount": "1000.00",
            "currency": "PKR",
            "value_date": "2026-11-26",
            "allocations": [{"invoice_id": str(invoice_id), "amount": "1000.00"}],
        }
        doors = [
            lambda payment=payment: refresh(cast.member, payment),
            lambda payment=payment: tasks.ask_gateway(payment, str(cast.account.id)),
            lambda transfer=transfer: decide(cast.approver, transfer, "approve"),
            lambda money=money: cast.finance.post(f"{ADMIN}payments/record/", money),
            lambda invoice_id=invoice_id: check_out(cast.member, invoice_id),
            *[lambda card=card, invoice_id=invoice_id: charge(cast.member, card, invoice_id) for card in cards],
        ]
        random.Random(number).shuffle(doors)
        answers = at_once(len(doors), lambda index, doors=doors: doors[index]())
        assert [answer.status_code for answer in answers if answer is not None and answer.status_code >= 500] == []
        assert invoice_of(cast, invoice_id) == ("paid", "1000.00")
        paid = cast.viewer.get(f"{BILLING}payments/?invoice_id={invoice_id}&status=succeeded").json()["results"]
        settled.update(one["payment_method"] for one in paid)
    assert settled["stripe"] == ROUNDS
    brought = 100_000 * sum(settled.values())
    too_much = brought - 100_000 * ROUNDS
    assert balance_of(cast) == [{"currency": "PKR", "amount": f"{too_much // 100}.00"}]
    assert desk.charged() == ROUNDS
    verified(cast)


def test_nothing_is_paid_yet_and_everybody_pays_at_once(cast: Cast, desk: Desk) -> None:
    """Two checkouts whose payers pay, two saved cards, recorded money, and a transfer that is approved."""
    cards = [save_card(cast.owner, desk, number) for number in ("4242424242424242", "5555555555554444")]
    settled, refused, charged_before = Counter[str](), Counter[str](), desk.charged()
    for number in range(ROUNDS):
        invoice_id = cast.invoice("1000.00")
        opened = check_out(cast.member, invoice_id).json()["data"]["payment"]["id"]

        def pay_page(payment: str) -> Any:
            body = json.dumps({"session": desk.sessions(payment)[0]["id"]})
            call("POST", f"{desk.running.control_address}/stripe/pay", body, Content_Type="application/json")
            return refresh(cast.member, payment)

        def open_another(invoice_id: Any) -> Any:
            answer = check_out(cast.member, invoice_id, success_url=f"{SUCCESS}/again")
            return pay_page(answer.json()["data"]["payment"]["id"]) if answer.status_code == 201 else answer

        def transfer(invoice_id: Any, number: int) -> Any:
            answer = cast.submit(invoice_id, f"late {number}")
            if answer.status_code != 201:
                return answer
            return decide(cast.approver, answer.json()["data"]["id"], "approve")

        money = {
            "account_id": str(cast.account.id),
            "payment_method": "bank_transfer",
            "reference": f"all {number}",
            "amount": "1000.00",
            "currency": "PKR",
            "value_date": "2026-11-26",
            "allocations": [{"invoice_id": str(invoice_id), "amount": "1000.00"}],
        }
        doors = [
            lambda opened=opened, pay_page=pay_page: pay_page(opened),
            lambda invoice_id=invoice_id, open_another=open_another: open_another(invoice_id),
            lambda invoice_id=invoice_id, number=number, transfer=transfer: transfer(invoice_id, number),
            lambda money=money: cast.finance.post(f"{ADMIN}payments/record/", money),
            *[lambda card=card, invoice_id=invoice_id: charge(cast.member, card, invoice_id) for card in cards],
        ]
        random.Random(number).shuffle(doors)
        answers = at_once(len(doors), lambda index, doors=doors: doors[index]())
        refused.update(answer.json()["code"] for answer in answers if answer.status_code >= 400)
        assert invoice_of(cast, invoice_id) == ("paid", "1000.00")
        # What the worker would do within a minute.
        tasks.ask_gateway(opened, str(cast.account.id))
        for payment_id, _, status in payment_rows(invoice_id):
            if status in ("pending", "processing"):
                tasks.ask_gateway(payment_id, str(cast.account.id))
        settled.update(method for _, method, status in payment_rows(invoice_id) if status == "succeeded")
    print(f"{ROUNDS} rounds: {dict(settled)} brought money; refused: {dict(refused)}")
    assert set(refused) <= {"invoice_already_paid", "amount_exceeds_due", "request_in_progress", "invalid_transition"}
    assert desk.charged() - charged_before == settled["stripe"]
    too_much = 100_000 * (sum(settled.values()) - ROUNDS)
    assert balance_of(cast) == ([{"currency": "PKR", "amount": f"{too_much // 100}.00"}] if too_much else [])
    verified(cast)


def test_many_checkouts_through_a_gateway_that_fails(cast: Cast, desk: Desk) -> None:
    """A third of the calls fail: each payer is charged once, each charge is found, and both books agree."""
    invoices = [cast.invoice(f"{1000 + number}.00") for number in range(CHECKOUTS)]
    for seed, kind in enumerate(FAULTS):
        desk.fail(kind, times=None, ratio=0.07, seed=seed, path="/v1/")
    desk.fail("delay", times=None, ratio=0.05, seed=9, seconds=0.05, path=SESSIONS)

    def try_to_pay(number: int) -> int:
        try:
            return int(check_out(cast.member, invoices[number], key=f"key {number}").status_code)
        finally:
            connection.close()

    first = Counter(status for start in range(0, CHECKOUTS, 4) for status in _four(try_to_pay, start))
    assert set(first) <= {201, 202, 503}
    assert first[202] + first[503] > 0
    desk.call_off()
    known = {one["client_reference_id"]: one["id"] for one in desk.sessions()}
    for session in known.values():
        desk.pay(session)
    for minutes in (1, 3, 12, 70, 140):
        with later(minutes=minutes):
            janitor(cast)
    listed = _every(cast, f"{BILLING}payments/?payment_method=stripe&page_size=100")
    found = {one["id"]: one for one in listed}
    assert {one["status"] for one in listed} <= {"succeeded", "cancelled"}
    succeeded = {payment_id for payment_id, one in found.items() if one["status"] == "succeeded"}
    charges = desk.get("/books")["stripe"]["charges"]
    assert Counter(charge["client_reference_id"] for charge in charges) == Counter(succeeded)
    assert {charge["client_reference_id"]: charge["decimal"] for charge in charges} == {
        payment_id: found[payment_id]["amount_received"] for payment_id in succeeded
    }
    trial = cast.support.get(f"{ADMIN}ledger/trial-balance/?account_id={cast.account.id}").json()["data"]
    assert _amount(trial, "cash:stripe") == sum(charge["amount"] - charge["fee"] for charge in charges)
    assert _amount(trial, "gateway_fees") == sum(charge["fee"] for charge in charges)
    verified(cast)


def _four(act: Any, start: int) -> list[int]:
    return at_once(min(4, CHECKOUTS - start), lambda index: act(start + index))


def _every(cast: Cast, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while path:
        page = cast.viewer.get(path).json()
        found, path = [*found, *page["results"]], page["next"] or ""
    return found


def _amount(trial: Any, code: str) -> int:
    """What a code stands at in PKR, in minor units."""
    (rupees,) = [one for one in trial["currencies"] if one["currency"] == "PKR"]
    (found,) = [one["amount"] for one in rupees["accounts"] if one["code"] == code]
    return parse_amount(found, "PKR")
