"""What money leaves behind: the ledger's journals and the log's events, each to the last field."""

import uuid
from typing import Any

import pytest
from django.db import connection
from igny8_core.business.billing.models import Allocation, Invoice
from igny8_core.events.models import Event
from tests.api.test_approvals import balance, decide, invoice, submitted, verified
from tests.api.test_refunds_and_credits import bought, refund
from tests.cast import ADMIN, Cast, as_operator, seen
from tests.statements import bank_account, camt, imported, lines, payer
from tests.statements import decide as decide_line

JOURNALS = """SELECT j.kind, j.unit, j.cycle, j.memo, json_object_agg(l.code, l.amount_minor)
 FROM ledger_journal j JOIN ledger_journalline l ON l.journal_id = j.id
 WHERE j.account_id = %s GROUP BY j.id ORDER BY j.sequence"""
CASH, OWED, KEPT = "cash:bank_transfer", "receivable", "customer_balance"


def journals(cast: Cast) -> list[tuple[Any, ...]]:
    """Kind, unit, cycle, memo and lines by code, in the order of posting; what an invoice itself posts is left out."""

    def read() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(JOURNALS, [cast.account.id])
            return list(cursor.fetchall())

    return [row for row in as_operator(read) if row[0] not in ("invoice_issued", "invoice_voided")]


def events(cast: Cast, *types: str) -> list[tuple[str, str, str, Any]]:
    """Type, subject and data of the account's events of these types, in order."""

    def read() -> list[Event]:
        return list(Event.objects.for_account(cast.account).filter(type__in=types).order_by("seq"))

    return [(one.type, one.subject_type, str(one.subject_id), one.data) for one in as_operator(read)]


def test_charges_are_written_off_and_come_back_with_the_bounce(cast: Cast) -> None:
    invoice_id, payment_id = submitted(cast)
    assert decide(cast.approver, payment_id, "approve", {"amount_received": "995.00"}).status_code == 200
    settled = ("payment_settled", "PKR", 0, "", {CASH: 99500, "bank_charges": 500, OWED: -100000})
    assert journals(cast) == [settled]
    (allocation,) = as_operator(lambda: list(Allocation.objects.for_account(cast.account)))
    assert (allocation.amount_minor, allocation.charges_minor, allocation.reversed_at) == (100000, 500, None)
    told = {"currency": "PKR", "amount_total_minor": 100000}
    paid = ("invoice.paid", "invoice", str(invoice_id), {**told, "cycle": 0})
    assert decide(cast.finance, payment_id, "bounce", {"reason": "Returned"}).status_code == 200
    back = ("payment_reversed", "PKR", 0, "", {CASH: -99500, "bank_charges": -500, OWED: 100000})
    assert journals(cast) == [settled, back]
    assert events(cast, "invoice.paid", "invoice.reopened") == [
        paid,
        ("invoice.reopened", "invoice", str(invoice_id), {**told, "cycle": 1}),
    ]
    shown = invoice(cast, invoice_id)
    assert (shown["status"], shown["amount_due"], shown["paid_at"]) == ("pending", "1000.00", None)
    verified(cast)


def test_an_approval_says_what_arrived_and_who_is_still_needed(cast: Cast, limit: None) -> None:
    _, payment_id = submitted(cast, "600000.00")
    decide(cast.approver, payment_id, "approve")
    decide(cast.second_approver, payment_id, "approve")
    told = {"amount_received_minor": 60000000, "needed": 2}
    assert events(cast, "payment.approval_given") == [
        ("payment.approval_given", "payment", payment_id, {**told, "given": given}) for given in (1, 2)
    ]


def test_money_for_a_closed_invoice_is_told_as_late(cast: Cast) -> None:
    invoice_id, payment_id = submitted(cast)
    assert cast.finance.post(f"{ADMIN}invoices/{invoice_id}/void/").status_code == 200
    assert decide(cast.approver, payment_id, "approve").status_code == 200
    assert journals(cast) == [("payment_settled", "PKR", 0, "", {CASH: 100000, KEPT: -100000})]
    assert events(cast, "payment.arrived_late") == [
        (
            "payment.arrived_late",
            "payment",
            payment_id,
            {"currency": "PKR", "excess_minor": 100000, "invoice_ids": [str(invoice_id)]},
        )
    ]


def test_money_in_time_is_not_late(cast: Cast) -> None:
    _, payment_id = submitted(cast)
    decide(cast.approver, payment_id, "approve", seen("1250.00"))
    assert events(cast, "payment.arrived_late") == []


def test_the_balance_pays_and_is_given_back_by_a_bounce(cast: Cast) -> None:
    _, payment_id = submitted(cast)
    decide(cast.approver, payment_id, "approve", seen("1250.00"))
    later = cast.invoice("200.00")
    assert cast.finance.post(f"{ADMIN}invoices/{later}/apply-balance/").status_code == 200
    assert balance(cast) == "50.00"
    decide(cast.finance, payment_id, "bounce", {"reason": "Returned"})
    assert journals(cast)[1:] == [
        ("balance_applied", "PKR", 0, "", {KEPT: 20000, OWED: -20000}),
        ("balance_unapplied", "PKR", 0, "", {KEPT: -20000, OWED: 20000}),
        ("payment_reversed", "PKR", 0, "", {CASH: -125000, KEPT: 25000, OWED: 100000}),
    ]
    told = {"currency": "PKR", "amount_minor": 20000}
    assert events(cast, "balance.applied", "balance.unapplied") == [
        ("balance.applied", "invoice", str(later), told),
        ("balance.unapplied", "invoice", str(later), told),
    ]
    assert (invoice(cast, later)["status"], balance(cast)) == ("pending", "0.00")
    verified(cast)


def test_a_bounce_takes_no_more_from_the_balance_than_it_needs(cast: Cast) -> None:
    _, first = submitted(cast, reference="FT 1")
    _, second = submitted(cast, reference="FT 2")
    for payment_id in (first, second):
        decide(cast.approver, payment_id, "approve", seen("1100.00"))
    later = cast.invoice("100.00")
    assert cast.finance.post(f"{ADMIN}invoices/{later}/apply-balance/").status_code == 200
    assert decide(cast.finance, first, "bounce", {"reason": "Returned"}).status_code == 200
    assert (invoice(cast, later)["status"], balance(cast)) == ("paid", "0.00")
    verified(cast)


def test_what_a_written_off_invoice_owes_again_is_written_off_again(cast: Cast) -> None:
    invoice_id, payment_id = submitted(cast)
    decide(cast.approver, payment_id, "approve", {"amount_received": "400.00"})
    assert cast.finance.post(f"{ADMIN}invoices/{invoice_id}/mark-uncollectible/").status_code == 200
    assert decide(cast.finance, payment_id, "bounce", {"reason": "Returned"}).status_code == 200
    assert journals(cast)[-1] == ("payment_reversed", "PKR", 0, "", {CASH: -40000, "bad_debts": 40000})
    assert events(cast, "invoice.reopened") == []
    row = as_operator(lambda: Invoice.objects.for_account(cast.account).get(id=invoice_id))
    assert (row.status, row.amount_settled_minor, row.cycle) == ("uncollectible", 0, 0)
    verified(cast)


def test_nothing_pays_an_invoice_that_is_not_pending(cast: Cast) -> None:
    _, payment_id = submitted(cast)
    decide(cast.approver, payment_id, "approve", seen("1250.00"))
    closed = cast.invoice("200.00")
    assert cast.finance.post(f"{ADMIN}invoices/{closed}/void/").status_code == 200
    answer = cast.finance.post(f"{ADMIN}invoices/{closed}/apply-balance/")
    assert (answer.status_code, answer.json()["code"], balance(cast)) == (409, "invalid_transition", "250.00")


def test_a_refund_to_the_balance_leaves_two_journals_and_its_events(cast: Cast) -> None:
    _, payment_id = bought(cast)
    refund(cast, payment_id, amount="900.00", reason="Less")
    assert journals(cast)[-2:] == [
        ("refund_to_balance", "PKR", 0, "", {"refunds": 90000, KEPT: -90000}),
        ("credits_taken_back", "CREDITS", 0, "Refund", {"credits": 100, "credits_granted": -100}),
    ]
    told = {"payment_id": payment_id, "amount_minor": 90000, "currency": "PKR", "destination": "balance"}
    requested, completed = events(cast, "refund.requested", "refund.completed")
    assert (requested[0], requested[1], requested[3]) == ("refund.requested", "refund", {**told, "needed": 1})
    assert (completed[0], completed[1], completed[3]) == ("refund.completed", "refund", told)
    assert requested[2] == completed[2]


def test_a_transfer_returns_overpaid_money_first(cast: Cast) -> None:
    _, payment_id = bought(cast, received="5000.00")
    made = refund(cast, payment_id, amount="2000.00", destination="transfer").json()["data"]["refund"]
    assert [part["amount"] for part in made["parts"]] == ["1500.00"]
    payable = {"refunds": 150000, KEPT: 50000, "refunds_payable": -200000}
    assert ("refund_requested", "PKR", 0, "", payable) in journals(cast)
    cast.finance.post(f"{ADMIN}refunds/{made['id']}/mark-paid/")
    assert journals(cast)[-1] == ("refund_paid", "PKR", 0, "", {"refunds_payable": 200000, CASH: -200000})
    told = {"payment_id": payment_id, "amount_minor": 200000, "currency": "PKR", "destination": "transfer"}
    assert events(cast, "refund.completed") == [("refund.completed", "refund", made["id"], told)]
    rest = refund(cast, payment_id, destination="transfer").json()["data"]["refund"]
    assert (rest["amount"], rest["from_balance"]) == ("3000.00", "0.00")
    verified(cast)


def test_a_cancelled_transfer_leaves_the_opposite_journal_and_everything_can_be_refunded_again(cast: Cast) -> None:
    _, payment_id = bought(cast, received="5000.00")
    made = refund(cast, payment_id, destination="transfer", amount="2000.00").json()["data"]["refund"]
    assert cast.finance.post(f"{ADMIN}refunds/{made['id']}/cancel/").status_code == 200
    back = {"refunds": -150000, KEPT: -50000, "refunds_payable": 200000}
    assert ("refund_cancelled", "PKR", 0, "", back) in journals(cast)
    assert journals(cast)[-1][0] == "credits_restored"
    assert journals(cast)[-1][3] == "Refund cancelled"
    told = {"payment_id": payment_id, "amount_minor": 200000, "currency": "PKR", "destination": "transfer"}
    assert events(cast, "refund.cancelled") == [("refund.cancelled", "refund", made["id"], told)]
    again = refund(cast, payment_id, destination="transfer").json()["data"]["refund"]
    assert (again["amount"], again["from_balance"]) == ("5000.00", "500.00")
    verified(cast)


def test_spent_overpaid_money_is_not_paid_out(cast: Cast) -> None:
    _, payment_id = bought(cast, received="5000.00")
    assert cast.finance.post(f"{ADMIN}invoices/{cast.invoice('400.00')}/apply-balance/").status_code == 200
    made = refund(cast, payment_id, destination="transfer", amount="300.00").json()["data"]["refund"]
    assert (made["from_balance"], [part["amount"] for part in made["parts"]]) == ("100.00", ["200.00"])
    verified(cast)


@pytest.mark.parametrize("what", ["approve", "mark-paid", "cancel"])
def test_what_does_not_exist_is_not_found(cast: Cast, what: str) -> None:
    assert cast.finance.post(f"{ADMIN}refunds/{uuid.uuid4()}/{what}/").status_code == 404
    for action in ("approve", "reject", "bounce", "refund"):
        api = cast.approver if action in ("approve", "reject") else cast.finance
        assert (
            decide(api, str(uuid.uuid4()), action, {"reason": "x"} if action != "approve" else None).status_code == 404
        )


def test_a_bank_line_says_what_it_booked_and_who_decided(cast: Cast) -> None:
    own = cast.invoice("100.00")
    found = imported(cast, camt(bank_account(cast), payer(150_00, "nothing that we know", account="pk36 x1")))
    (line,) = lines(cast, found["id"])
    assert decide_line(cast, line, "assign", {"invoice_id": str(own)}).status_code == 200
    (match,) = decide_line_matches(cast, line)
    assert (match["kind"], match["amount"], match["automatic"]) == ("invoice", "150.00", False)
    finance = cast.finance.get("/api/v1/auth/me/").json()["data"]["user_id"]
    assert match["decided_by_id"] == finance
    told = as_operator(lambda: Event.objects.across_accounts().get(subject_id=line["id"], type="line.matched").data)
    assert told["matches"] == [
        {
            "kind": "invoice",
            "account_id": str(cast.account.id),
            "payment_id": match["payment_id"],
            "refund_id": None,
            "amount_minor": 15000,
        }
    ]
    assert told["automatic"] is False


def decide_line_matches(cast: Cast, line: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cast.support.get(f"{ADMIN}statements/lines/{line['id']}/").json()["data"]["matches"]
    return found


def test_a_bank_line_pays_an_invoice_of_one_paisa(cast: Cast) -> None:
    due = cast.invoice("0.01")
    found = imported(cast, camt(bank_account(cast), payer(10_00, "nothing that we know")))
    (line,) = lines(cast, found["id"])
    assert decide_line(cast, line, "assign", {"invoice_id": str(due)}).status_code == 200
    assert (invoice(cast, due)["status"], balance(cast)) == ("paid", "9.99")
    verified(cast)
