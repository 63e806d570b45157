"""What the services of money decide at their edges: dates, notes, targets that do not fit, and who is told what."""

from typing import Any

import pytest
from igny8_core.business.banking.models import KnownPayer, StatementLine
from igny8_core.business.billing.models import Approval, Payment, Refund
from tests.api.test_approvals import decide, invoice, submitted, verified
from tests.api.test_money_choices import record
from tests.api.test_refunds_and_credits import refund
from tests.api.test_refunds_by_two import act
from tests.cast import ADMIN, Cast, as_operator, make_cast
from tests.statements import bank_account, camt, imported, lines, payer
from tests.statements import decide as decide_line

CARD, MASKED = "paid with 4111 1111 1111 1111", "paid with **** **** **** 1111"


def row(model: Any, cast: Cast, **where: Any) -> Any:
    return as_operator(lambda: model.objects.for_account(cast.account).get(**where))


@pytest.mark.parametrize(
    ("first", "second", "day"),
    [
        ("2026-01-05", None, "2026-01-05"),
        ("2026-01-05", "2026-01-06", "2026-01-06"),
        (None, "2026-01-06", "2026-01-06"),
        (None, None, None),
    ],
)
def test_the_last_approver_who_names_a_day_is_believed(
    cast: Cast, limit: None, first: str | None, second: str | None, day: str | None
) -> None:
    _, payment_id = submitted(cast, "600000.00")
    for api, said in ((cast.approver, first), (cast.second_approver, second)):
        answer = decide(api, payment_id, "approve", {} if said is None else {"value_date": said})
        assert answer.status_code == 200, answer.content
    assert answer.json()["data"]["value_date"] == day


def test_who_decided_alone_is_kept_and_of_two_nobody_is(cast: Cast, limit: None) -> None:
    _, small = submitted(cast, "100.00")
    decide(cast.approver, small, "approve")
    _, large = submitted(cast, "600000.00")
    for api in (cast.approver, cast.second_approver):
        decide(api, large, "approve")
    alone = row(Payment, cast, id=small).decided_alone_by_id
    assert alone == row(Approval, cast, payment_id=small).operator_id
    assert row(Payment, cast, id=large).decided_alone_by_id is None


def test_card_numbers_in_notes_are_never_stored(cast: Cast, limit: None) -> None:
    _, payment_id = submitted(cast, "100.00")
    decide(cast.approver, payment_id, "approve", {"note": CARD})
    assert row(Approval, cast, payment_id=payment_id).note == MASKED
    _, large = submitted(cast, "600000.00", "FT 2")
    for api in (cast.approver, cast.second_approver):
        decide(api, large, "approve")
    asked = refund(cast, large, destination="transfer").json()["data"]["refund"]
    assert act(cast.approver, asked, "approve", {"note": CARD}).status_code == 200
    stored = row(Refund, cast, id=asked["id"])
    assert (stored.approval_note, stored.beneficiary_known) == (MASKED, False)
    assert stored.approved_at is not None
    assert stored.completed_at is None
    act(cast.finance, asked, "mark-paid")
    assert row(Refund, cast, id=asked["id"]).completed_at is not None


def test_a_first_note_explains_the_excess_for_the_second_approver_too(cast: Cast, limit: None) -> None:
    _, payment_id = submitted(cast, "600000.00")
    more = {"amount_received": "700000.00"}
    bare = decide(cast.approver, payment_id, "approve", more | {"note": "  "})
    assert (bare.status_code, list(bare.json()["errors"])) == (400, ["note"])
    assert decide(cast.approver, payment_id, "approve", more | {"note": "statement"}).status_code == 200
    assert decide(cast.second_approver, payment_id, "approve", more).json()["data"]["status"] == "succeeded"


def test_the_second_approver_who_disagrees_is_told_the_first_amount(cast: Cast, limit: None) -> None:
    _, payment_id = submitted(cast, "600000.00")
    decide(cast.approver, payment_id, "approve", {"amount_received": "590000.00"})
    answer = decide(cast.second_approver, payment_id, "approve", {"amount_received": "600000.00"})
    assert (answer.status_code, answer.json()["code"]) == (409, "approvals_disagree")
    assert answer.json()["data"] == {"amount_received": "590000.00"}


def test_refused_decisions_name_the_status(cast: Cast) -> None:
    _, payment_id = submitted(cast)
    bounced = decide(cast.finance, payment_id, "bounce", {"reason": "x"})
    assert (bounced.status_code, bounced.json()["code"]) == (409, "invalid_transition")
    assert refund(cast, payment_id).json()["code"] == "invalid_transition"
    decide(cast.approver, payment_id, "reject", {"reason": "x"})
    again = decide(cast.approver, payment_id, "reject", {"reason": "x"})
    assert (again.status_code, again.json()["data"]) == (409, {"status": "failed"})


def test_a_payment_bounces_once_its_refund_is_cancelled(cast: Cast) -> None:
    payment_id = record(cast, "400.00", "R 1", cast.invoice("400.00"))
    asked = refund(cast, payment_id, destination="transfer").json()["data"]["refund"]
    refused = decide(cast.finance, payment_id, "bounce", {"reason": "Returned"})
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    act(cast.finance, asked, "cancel")
    assert row(Refund, cast, id=asked["id"]).cancelled_at is not None
    assert decide(cast.finance, payment_id, "bounce", {"reason": "Returned"}).status_code == 200
    verified(cast)


def one_line(cast: Cast, money: Any, **options: Any) -> dict[str, Any]:
    currency = options.get("currency", "PKR")
    (line,) = lines(cast, imported(cast, camt(bank_account(cast, currency), money, **options))["id"])
    return line


def refused_fields(answer: Any) -> tuple[int, list[str]]:
    return answer.status_code, list(answer.json()["errors"])


def test_a_debit_pays_a_transfer_of_its_own_amount_alone(cast: Cast) -> None:
    payment_id = record(cast, "400.00", "R 1", cast.invoice("400.00"))
    transfer = refund(cast, payment_id, destination="transfer", amount="150.00").json()["data"]["refund"]["id"]
    kept = refund(cast, payment_id, amount="50.00").json()["data"]["refund"]["id"]
    wrong = one_line(cast, payer(-151_00, "out"))
    assert refused_fields(decide_line(cast, wrong, "assign", {"refund_id": transfer})) == (400, ["refund_id"])
    to_balance = one_line(cast, payer(-50_00, "out"))
    assert decide_line(cast, to_balance, "assign", {"refund_id": kept}).status_code == 404
    assert act(cast.finance, {"id": transfer}, "mark-paid").status_code == 200
    linked = one_line(cast, payer(-150_00, "out"))
    assert decide_line(cast, linked, "assign", {"refund_id": transfer}).status_code == 200
    verified(cast)


def test_a_debit_bounces_a_payment_of_its_own_amount_alone(cast: Cast) -> None:
    payment_id = record(cast, "400.00", "R 1", cast.invoice("400.00"))
    wrong = one_line(cast, payer(-399_00, "back"))
    answer = decide_line(cast, wrong, "assign", {"bounced_payment_id": payment_id})
    assert refused_fields(answer) == (400, ["bounced_payment_id"])
    right = one_line(cast, payer(-400_00, "back"))
    assert decide_line(cast, right, "assign", {"bounced_payment_id": payment_id}).status_code == 200
    assert row(Payment, cast, id=payment_id).failure_reason == "The bank has returned this transfer."


def test_a_line_of_another_currency_pays_and_bounces_nothing(cast: Cast) -> None:
    _, waiting = submitted(cast)
    line = one_line(cast, payer(1000_00, "x"), currency="EUR")
    assert refused_fields(decide_line(cast, line, "assign", {"payment_id": waiting})) == (400, ["currency"])
    settled = record(cast, "400.00", "R 1", cast.invoice("400.00"))
    asked = refund(cast, settled, destination="transfer", amount="100.00").json()["data"]["refund"]["id"]
    for target, amount in (({"refund_id": asked}, -100_00), ({"bounced_payment_id": settled}, -400_00)):
        back = one_line(cast, payer(amount, "y"), currency="EUR")
        assert refused_fields(decide_line(cast, back, "assign", target)) == (400, ["currency"])


def test_a_bank_line_leaves_its_day_its_text_and_the_payers_account(cast: Cast) -> None:
    due, number = cast.invoice("61.00"), "PK36SCBL0000001123456702"
    for amount, text in ((61_00, "rent for May"), (5_00, "")):
        line = one_line(cast, payer(amount, text, name="Nobody", account="PK36 SCBL 0000 0011 2345 6702"))
        target = {"invoice_id": str(due)} if text else {"account_id": str(cast.account.id)}
        assert decide_line(cast, line, "assign", target).status_code == 200
    first, second = as_operator(lambda: list(Payment.objects.for_account(cast.account).order_by("sequence")))
    assert (first.transaction_reference, first.payer_account, str(first.value_date)) == (
        "rent for May",
        number,
        "2026-11-20",
    )
    sequence = as_operator(lambda: StatementLine.objects.get(id=line["id"]).sequence)
    assert (second.transaction_reference, second.payer_account) == (f"Bank line {sequence}", number)
    known = row(KnownPayer, cast, number=number)
    assert known.times == 2
    assert known.last_paid_at >= second.created_at


def test_a_refund_teaches_no_payer(cast: Cast) -> None:
    payment_id = record(cast, "400.00", "R 1", cast.invoice("400.00"))
    asked = refund(cast, payment_id, destination="transfer", amount="150.00").json()["data"]["refund"]["id"]
    line = one_line(cast, payer(-150_00, "out", account="PK36SCBL0000001123456702"))
    assert decide_line(cast, line, "assign", {"refund_id": asked}).status_code == 200
    assert as_operator(lambda: KnownPayer.objects.for_account(cast.account).count()) == 0


def test_an_invoice_is_no_part_of_another_accounts_money(cast: Cast) -> None:
    stranger = make_cast()
    foreign = stranger.invoice("100.00")
    line = one_line(cast, payer(250_00, "?"))
    parts = [
        {"invoice_id": str(foreign), "amount": "100.00"},
        {"account_id": str(cast.account.id), "amount": "150.00"},
    ]
    assert decide_line(cast, line, "split", {"parts": parts}).status_code == 200
    assert invoice(stranger, foreign)["status"] == "paid"
    assert row(Payment, cast).amount_minor == 150_00


def test_refunds_take_from_the_invoices_in_the_order_in_which_they_were_paid(cast: Cast) -> None:
    """Also after the first one's row was rewritten, which moves it behind the other in the table."""
    one, two = cast.invoice("100.00"), cast.invoice("100.00")
    body = {
        "account_id": str(cast.account.id),
        "payment_method": "bank_transfer",
        "reference": "R 1",
        "amount": "200.00",
        "value_date": "2026-01-05",
        "allocations": [{"invoice_id": str(each), "amount": "100.00"} for each in (one, two)],
    }
    payment_id = cast.finance.post(f"{ADMIN}payments/record/", body).json()["data"]["id"]
    for amount, parts in (("50.00", [(one, "50.00")]), ("60.00", [(one, "50.00"), (two, "10.00")])):
        made = refund(cast, payment_id, amount=amount).json()["data"]["refund"]
        assert [(part["invoice_id"], part["amount"]) for part in made["parts"]] == [
            (str(invoice_id), taken) for invoice_id, taken in parts
        ]
