"""Rules of money that a test must name, because another choice would balance as well: order, defaults, what a rest is."""

import uuid
from typing import Any

import pytest
from igny8_core.accounts.models import Account
from igny8_core.business.billing.selectors.proofs import proofs_of
from tests.api.test_approvals import balance, decide, invoice, verified
from tests.api.uploading import form, part, upload
from tests.cast import ADMIN, BILLING, Cast, as_operator
from tests.files import picture
from tests.statements import bank_account, camt, imported, lines, payer
from tests.statements import decide as decide_line


def record(cast: Cast, amount: str, reference: str, invoice_id: uuid.UUID | None = None, wanted: str = "") -> str:
    """Money that nobody submitted; returns the payment's id."""
    body: dict[str, Any] = {
        "account_id": str(cast.account.id),
        "payment_method": "bank_transfer",
        "reference": reference,
        "amount": amount,
        "value_date": "2026-01-05",
    }
    if invoice_id is not None:
        body["allocations"] = [{"invoice_id": str(invoice_id), "amount": wanted or amount}]
    answer = cast.finance.post(f"{ADMIN}payments/record/", body)
    assert answer.status_code == 201, answer.content
    assert answer.json()["data"]["status"] == "succeeded", answer.content
    return str(answer.json()["data"]["id"])


def test_a_bounce_frees_what_the_balance_paid_last(cast: Cast) -> None:
    """The excess of two payments paid two invoices; one payment bounces, and the later invoice is due again."""
    first, second = record(cast, "100.00", "R 1"), record(cast, "100.00", "R 2")
    earlier, later = cast.invoice("100.00"), cast.invoice("100.00")
    for invoice_id in (earlier, later):
        assert cast.finance.post(f"{ADMIN}invoices/{invoice_id}/apply-balance/").status_code == 200
    assert [invoice(cast, one)["status"] for one in (earlier, later)] == ["paid", "paid"]
    assert decide(cast.finance, first, "bounce", {"reason": "Returned by the bank"}).status_code == 200
    assert [invoice(cast, one)["status"] for one in (earlier, later)] == ["paid", "pending"]
    assert decide(cast.finance, second, "bounce", {"reason": "Returned by the bank"}).status_code == 200
    assert [invoice(cast, one)["status"] for one in (earlier, later)] == ["pending", "pending"]
    verified(cast)


@pytest.mark.usefixtures("limit")
def test_a_second_approver_who_names_no_amount_agrees_with_the_first(cast: Cast) -> None:
    payment_id = cast.submit(cast.invoice("600000.00")).json()["data"]["id"]
    first = decide(cast.approver, payment_id, "approve", {"amount_received": "590000.00"})
    assert (first.status_code, first.json()["data"]["status"]) == (200, "pending_approval")
    second = decide(cast.second_approver, payment_id, "approve")
    assert second.status_code == 200, second.content
    assert (second.json()["data"]["status"], second.json()["data"]["amount_received"]) == ("succeeded", "590000.00")
    verified(cast)


@pytest.mark.usefixtures("limit")
def test_four_eyes_look_at_the_larger_of_claimed_and_received(cast: Cast) -> None:
    payment_id = cast.submit(cast.invoice("600000.00")).json()["data"]["id"]
    answer = decide(cast.approver, payment_id, "approve", {"amount_received": "400000.00"})
    assert (answer.status_code, answer.json()["data"]["status"]) == (200, "pending_approval")


def test_the_refund_of_a_voided_invoice_is_not_cancelled(cast: Cast) -> None:
    invoice_id = cast.invoice("1000.00")
    payment_id = record(cast, "400.00", "R 1", invoice_id)
    asked = {"destination": "transfer", "reason": "Wrong plan"}
    refunded = decide(cast.finance, payment_id, "refund", asked)
    assert refunded.status_code == 200, refunded.content
    refund_id = refunded.json()["data"]["refund"]["id"]
    assert cast.finance.post(f"{ADMIN}invoices/{invoice_id}/void/").status_code == 200
    answer = cast.finance.post(f"{ADMIN}refunds/{refund_id}/cancel/")
    assert (answer.status_code, answer.json()["code"]) == (409, "invalid_transition")
    verified(cast)


def test_a_bank_line_above_what_is_due_pays_the_invoice_and_the_balance(cast: Cast) -> None:
    invoice_id = cast.invoice("100.00")
    found = imported(cast, camt(bank_account(cast), payer(150_00, "nothing that we know")))
    (line,) = lines(cast, found["id"])
    answer = decide_line(cast, line, "assign", {"invoice_id": str(invoice_id)})
    assert answer.status_code == 200, answer.content
    assert (invoice(cast, invoice_id)["status"], balance(cast)) == ("paid", "50.00")
    verified(cast)


def test_proofs_are_the_accounts_own_where_the_database_shows_all(cast: Cast) -> None:
    """The code scopes by itself: as an operator, whose rows no policy hides, another account's proofs stay unseen."""
    payment_id = cast.submit(cast.invoice()).json()["data"]["id"]
    path = f"{BILLING}payments/{payment_id}/proofs/"
    assert upload(cast.member, path, form(part("file", picture(), "slip.png"))).status_code == 201

    def seen_by(account: Account) -> int:
        return int(as_operator(lambda: proofs_of(account, payment_id=uuid.UUID(payment_id)).count()))

    assert (seen_by(cast.account), seen_by(cast.other)) == (1, 0)
