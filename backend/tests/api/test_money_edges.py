"""Where money goes wrong in systems of this kind: odd decimals, huge sums, two currencies, and one thing after another."""

import uuid
from typing import Any

import psycopg
import pytest
from igny8_core.accounts.models import User
from igny8_core.business.platform.services import provisioning
from tests.api.test_approvals import decide, invoice, submitted, verified
from tests.api.test_refunds_and_credits import bought, credits_of, refund
from tests.cast import ADMIN, BILLING, Api, Cast, as_operator, limited, make_cast, seen

LARGEST = {"PKR": "9999999999999.99", "JPY": "999999999999999", "KWD": "999999999999.999"}


def balances(cast: Cast) -> dict[str, str]:
    found = cast.viewer.get(f"{BILLING}balance/").json()["data"]["balances"]
    return {one["currency"]: one["amount"] for one in found}


def billed(cast: Cast, currency: str, *lines: dict[str, Any], final: bool = True) -> dict[str, Any]:
    """An invoice over HTTP; a line is its unit amount and what differs from one plain piece."""
    body = {
        "account_id": str(cast.account.id),
        "currency": currency,
        "lines": [{"kind": "custom", "description": "x", "quantity": 1, **line} for line in lines],
    }
    answer = cast.finance.post(f"{ADMIN}invoices/", body)
    assert answer.status_code == 201, answer.content
    shown = answer.json()["data"]
    return dict(cast.finance.post(f"{ADMIN}invoices/{shown['id']}/finalize/").json()["data"]) if final else shown


def recorded(cast: Cast, amount: str, currency: str, *shares: tuple[Any, str], **more: Any) -> Any:
    body = {
        "account_id": str(cast.account.id),
        "payment_method": "bank_transfer",
        "reference": uuid.uuid4().hex,
        "amount": amount,
        "currency": currency,
        "value_date": "2026-01-05",
        "allocations": [{"invoice_id": str(one), "amount": share} for one, share in shares],
        **more,
    }
    return cast.finance.post(f"{ADMIN}payments/record/", body)


def trial(cast: Cast, currency: str) -> dict[str, str]:
    path = f"{ADMIN}ledger/trial-balance/?account_id={cast.account.id}"
    units = cast.support.get(path).json()["data"]["currencies"]
    (unit,) = [unit for unit in units if unit["currency"] == currency]
    assert float(unit["total"]) == 0
    return {row["code"]: row["amount"] for row in unit["accounts"]}


@pytest.mark.parametrize(
    ("currency", "total", "part", "over", "due", "kept"),
    [
        ("JPY", "1000", "333", "700", "667", "33"),
        ("KWD", "1.000", "0.333", "0.700", "0.667", "0.033"),
        ("PKR", "1000.00", "333.33", "700.00", "666.67", "33.33"),
    ],
)
def test_currencies_of_every_number_of_decimals(
    cast: Cast, *, currency: str, total: str, part: str, over: str, due: str, kept: str
) -> None:
    one = billed(cast, currency, {"unit_amount": total})
    first = recorded(cast, part, currency, (one["id"], part)).json()["data"]
    assert (first["amount_received"], invoice(cast, one["id"])["amount_due"]) == (part, due)
    second = recorded(cast, over, currency, (one["id"], due)).json()["data"]
    assert (second["to_balance"], balances(cast)[currency], invoice(cast, one["id"])["status"]) == (kept, kept, "paid")
    back = refund(cast, second["id"], destination="transfer").json()["data"]["refund"]
    assert (back["amount"], back["from_balance"]) == (over, kept)
    assert trial(cast, currency)["refunds_payable"] == f"-{over}"
    verified(cast)


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "10.5"), ("JPY", "10.0"), ("KWD", "1.0001"), ("PKR", "1.001")]
)
def test_more_decimals_than_the_currency_has(cast: Cast, currency: str, amount: str) -> None:
    answer = recorded(cast, amount, currency)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["amount"])


@pytest.mark.parametrize("currency", LARGEST)
def test_the_largest_amount_goes_all_the_way(cast: Cast, currency: str) -> None:
    largest = LARGEST[currency]
    one = billed(cast, currency, {"unit_amount": largest})
    assert one["amount_total"] == largest
    paid = recorded(cast, largest, currency, (one["id"], largest)).json()["data"]
    assert (paid["status"], invoice(cast, one["id"])["status"]) == ("succeeded", "paid")
    for _ in range(3):
        assert recorded(cast, largest, currency).json()["data"]["to_balance"] == largest
    assert refund(cast, paid["id"]).json()["data"]["amount_refunded"] == largest
    assert int(balances(cast)[currency].replace(".", "")) == 4 * (10**15 - 1)
    assert recorded(cast, f"1{largest}", currency).status_code == 400
    assert recorded(cast, largest, currency, (one["id"], largest), (one["id"], largest)).status_code == 400
    verified(cast)


def test_no_invoice_is_larger_than_the_largest(cast: Cast) -> None:
    body = {"account_id": str(cast.account.id), "currency": "PKR"}
    line = {"kind": "custom", "description": "x", "quantity": 1, "unit_amount": LARGEST["PKR"]}
    for lines in ([line, line], [{**line, "tax_rate": "0.001"}], [{**line, "quantity": 1_000_000}]):
        assert cast.finance.post(f"{ADMIN}invoices/", {**body, "lines": lines}).status_code == 400
    assert cast.support.get(f"{ADMIN}ledger/accounts/{cast.account.id}/").json()["count"] == 0


def test_tax_is_rounded_by_line_and_half_up(cast: Cast) -> None:
    lines = [{"unit_amount": "0.30", "tax_rate": "15", "quantity": 1}] * 3
    one = billed(cast, "PKR", *lines)
    assert (one["amount_tax"], one["amount_total"]) == ("0.15", "1.05")  # 4.5 paisa a line, three times
    assert trial(cast, "PKR") == {"receivable": "1.05", "revenue": "-0.90", "tax": "-0.15"}
    yen = billed(cast, "JPY", {"unit_amount": "15", "tax_rate": "10"})
    assert (yen["amount_tax"], yen["amount_total"]) == ("2", "17")
    cast.finance.post(f"{ADMIN}invoices/{one['id']}/void/")
    assert trial(cast, "PKR") == {"receivable": "0.00", "revenue": "0.00", "tax": "0.00"}
    verified(cast)


def test_currencies_never_mix(cast: Cast) -> None:
    euro, rupee = billed(cast, "EUR", {"unit_amount": "100.00"}), billed(cast, "PKR", {"unit_amount": "100.00"})
    mixed = recorded(cast, "200.00", "EUR", (euro["id"], "100.00"), (rupee["id"], "100.00"))
    assert (mixed.status_code, list(mixed.json()["errors"])) == (400, ["currency"])
    assert recorded(cast, "150.00", "EUR", (euro["id"], "100.00")).status_code == 201
    assert balances(cast) == {"EUR": "50.00"} | {"PKR": "0.00"}
    untouched = cast.finance.post(f"{ADMIN}invoices/{rupee['id']}/apply-balance/").json()["data"]
    assert (untouched["amount_due"], balances(cast)["EUR"]) == ("100.00", "50.00")
    verified(cast)


def test_a_refund_after_partial_payments_and_too_much(cast: Cast) -> None:
    """Each payment gives back what it brought, and not what another did."""
    invoice_id, first = submitted(cast, amount="400.00")
    decide(cast.approver, first, "approve")
    second = cast.submit(invoice_id, "FT 2").json()["data"]["id"]
    decide(cast.approver, second, "approve", seen("750.00"))
    assert balances(cast) == {"PKR": "150.00"}
    assert refund(cast, second, amount="750.01").json()["code"] == "amount_exceeds_refundable"
    assert refund(cast, second).json()["data"]["status"] == "refunded"
    assert balances(cast) == {"PKR": "750.00"}
    assert refund(cast, first, amount="400.00").json()["data"]["status"] == "refunded"
    assert (balances(cast), invoice(cast, invoice_id)["status"]) == ({"PKR": "1150.00"}, "paid")
    verified(cast)


def test_overpaid_money_that_was_spent_does_not_go_out_twice(cast: Cast) -> None:
    _, payment_id = submitted(cast)
    decide(cast.approver, payment_id, "approve", seen("1200.00"))
    other = cast.invoice("150.00")
    cast.finance.post(f"{ADMIN}invoices/{other}/apply-balance/")
    refused = refund(cast, payment_id, destination="transfer")
    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient_balance")
    allowed = refund(cast, payment_id, amount="1050.00", destination="transfer").json()["data"]["refund"]
    assert (allowed["from_balance"], balances(cast)) == ("50.00", {"PKR": "0.00"})
    verified(cast)


def test_a_bounce_after_refunds(cast: Cast) -> None:
    """Refused while a refund stands, pending ones too; once it is cancelled the transfer can be taken back."""
    _, payment_id = bought(cast)
    pending = refund(cast, payment_id, amount="900.00", destination="transfer").json()["data"]["refund"]["id"]
    for _ in range(2):
        refused = decide(cast.finance, payment_id, "bounce", {"reason": "Returned"})
        assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    assert cast.finance.post(f"{ADMIN}refunds/{pending}/cancel/").json()["data"]["status"] == "cancelled"
    assert decide(cast.finance, payment_id, "bounce", {"reason": "Returned"}).json()["data"]["status"] == "failed"
    assert credits_of(cast) == 0
    assert refund(cast, payment_id).json()["code"] == "invalid_transition"
    verified(cast)


def test_the_balance_pays_and_then_its_source_bounces(cast: Cast) -> None:
    """What the excess had paid is due again, as far as nothing else covers it: the last invoice paid comes first."""
    _, over = submitted(cast)
    decide(cast.approver, over, "approve", seen("1500.00"))
    _, also = submitted(cast, reference="FT 2")
    decide(cast.approver, also, "approve", seen("1100.00"))
    early, late = cast.invoice("200.00"), cast.invoice("300.00")
    for one in (early, late):
        cast.finance.post(f"{ADMIN}invoices/{one}/apply-balance/")
    assert balances(cast) == {"PKR": "100.00"}
    assert decide(cast.finance, over, "bounce", {"reason": "Returned"}).status_code == 200
    assert [invoice(cast, one)["status"] for one in (early, late)] == ["pending", "pending"]
    assert balances(cast) == {"PKR": "100.00"}
    verified(cast)


def test_a_void_gives_the_balance_back_what_it_had_paid(cast: Cast) -> None:
    _, over = submitted(cast)
    decide(cast.approver, over, "approve", seen("1300.00"))
    half = cast.invoice("500.00")
    assert cast.finance.post(f"{ADMIN}invoices/{half}/apply-balance/").json()["data"]["amount_due"] == "200.00"
    assert cast.finance.post(f"{ADMIN}invoices/{half}/void/").json()["data"]["status"] == "void"
    assert balances(cast) == {"PKR": "300.00"}
    paid = cast.invoice("300.00")
    assert cast.finance.post(f"{ADMIN}invoices/{paid}/apply-balance/").json()["data"]["status"] == "paid"
    refused = cast.finance.post(f"{ADMIN}invoices/{paid}/void/")
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    verified(cast)


def test_two_cycles_of_credits(cast: Cast) -> None:
    """Paid, bounced, paid again, refunded in part, and the rest: the package's amount once at a time."""
    invoice_id, first = bought(cast)
    decide(cast.finance, first, "bounce", {"reason": "Returned"})
    assert credits_of(cast) == 0
    second = cast.submit(uuid.UUID(invoice_id), "second").json()["data"]["id"]
    decide(cast.approver, second, "approve")
    decide(cast.finance, second, "bounce", {"reason": "Returned"})
    third = cast.submit(uuid.UUID(invoice_id), "third").json()["data"]["id"]
    decide(cast.approver, third, "approve")
    assert credits_of(cast) == 500
    seen = [credits_of(cast) for part in ("1500.00", "1499.99") if refund(cast, third, amount=part).status_code == 200]
    assert seen == [334, 167]
    assert refund(cast, third).json()["data"]["status"] == "refunded"
    assert credits_of(cast) == 0
    kinds = [row["kind"] for row in cast.viewer.get(f"{BILLING}credits/transactions/").json()["results"]]
    assert (kinds.count("credits_granted"), kinds.count("credits_taken_back")) == (3, 5)
    verified(cast)


def test_a_sum_of_several_payments_grants_once(cast: Cast) -> None:
    one = billed(cast, "PKR", {"unit_amount": "100.00", "credits": 70}, {"unit_amount": "50.00", "credits": 7})
    for share in ("50.00", "50.00"):
        recorded(cast, share, "PKR", (one["id"], share))
        assert credits_of(cast) == 0
    recorded(cast, "60.00", "PKR", (one["id"], "50.00"))
    assert credits_of(cast) == 77
    verified(cast)


def test_credits_are_the_packages_and_no_multiple(cast: Cast) -> None:
    """A line's credits are what the line carries, however many pieces it counts."""
    one = billed(cast, "PKR", {"unit_amount": "10.00", "quantity": 3, "credits": 500})
    recorded(cast, "30.00", "PKR", (one["id"], "30.00"))
    assert credits_of(cast) == 500


def test_money_for_a_paid_invoice_is_told_and_kept(cast: Cast) -> None:
    invoice_id, early = submitted(cast, amount="500.00")
    late = cast.submit(invoice_id, "FT 2").json()["data"]["id"]
    assert decide(cast.approver, early, "approve", seen("1000.00")).json()["data"]["arrived_late"] is False
    answer = decide(cast.approver, late, "approve")
    shown = answer.json()["data"]
    assert (shown["status"], shown["arrived_late"], shown["to_balance"]) == ("succeeded", True, "500.00")
    assert "no longer accepts payments" in answer.json()["message"]
    path = f"/api/v1/admin/events/?account_id={cast.account.id}&type=payment.arrived_late"
    (told,) = cast.support.get(path).json()["results"]
    assert (told["subject_id"], told["data"]["invoice_ids"]) == (late, [str(invoice_id)])
    assert balances(cast) == {"PKR": "500.00"}
    verified(cast)


def test_bank_charges_are_booked_and_reversed(cast: Cast) -> None:
    invoice_id, payment_id = submitted(cast)
    shown = decide(cast.approver, payment_id, "approve", seen("995.00")).json()["data"]
    assert [(one["amount"], one["bank_charges"]) for one in shown["allocations"]] == [("1000.00", "5.00")]
    assert trial(cast, "PKR") == {
        "bank_charges": "5.00",
        "cash:bank_transfer": "995.00",
        "receivable": "0.00",
        "revenue": "-1000.00",
    }
    assert refund(cast, payment_id, amount="995.01").json()["code"] == "amount_exceeds_refundable"
    decide(cast.finance, payment_id, "bounce", {"reason": "Returned"})
    assert trial(cast, "PKR") == {
        "bank_charges": "0.00",
        "cash:bank_transfer": "0.00",
        "receivable": "1000.00",
        "revenue": "-1000.00",
    }
    assert invoice(cast, invoice_id)["amount_due"] == "1000.00"
    verified(cast)


def test_a_limit_raised_later_lets_nobody_approve_what_they_recorded(
    cast: Cast, owner_connection: psycopg.Connection[Any]
) -> None:
    with limited("500.00"):
        waiting = recorded(cast, "600.00", "PKR").json()["data"]
    with limited("1000.00"):
        assert decide(cast.finance, waiting["id"], "approve").json()["code"] == "four_eyes_required"
        with pytest.raises(psycopg.errors.RestrictViolation, match="who recorded a payment"):
            owner_connection.execute(
                "INSERT INTO billing_approval (id, account_id, payment_id, operator_id, amount_received_minor, note,"
                " created_at) SELECT gen_random_uuid(), account_id, id, recorded_by_id, amount_minor, '', now()"
                " FROM billing_payment WHERE id = %s",
                [waiting["id"]],
            )
        assert decide(cast.approver, waiting["id"], "approve").json()["data"]["status"] == "succeeded"


def test_no_payment_above_the_limit_begins_as_succeeded(cast: Cast, owner_connection: psycopg.Connection[Any]) -> None:
    _, payment_id = submitted(cast)
    copy = """INSERT INTO billing_payment (id, account_id, amount_minor, amount_received_minor, currency,
      amount_refunded_minor, payment_method, status, transaction_reference, reference_normalised, duplicate_reference,
      notes, failure_reason, created_at, updated_at) SELECT gen_random_uuid(), account_id, amount_minor, amount_minor,
      currency, 0, payment_method, 'succeeded', 'X', 'X', false, '', '', now(), now() FROM billing_payment WHERE id = %s"""
    with limited("500.00"), pytest.raises(psycopg.errors.RestrictViolation, match="needs two approvals"):
        owner_connection.execute(copy, [payment_id])


def test_two_keys_of_one_operator_are_one_pair_of_eyes(cast: Cast) -> None:
    me = cast.approver.get("/api/v1/auth/me/").json()["data"]["user_id"]
    operator = as_operator(lambda: User.objects.get(id=me))
    spare = Api(as_operator(lambda: provisioning.issue_operator_key(operator=operator, name="second")).secret)
    _, payment_id = submitted(cast)
    with limited("500.00"):
        assert decide(cast.approver, payment_id, "approve").json()["data"]["status"] == "pending_approval"
        assert decide(spare, payment_id, "approve").json()["code"] == "four_eyes_required"
        waiting = cast.support.get(f"{ADMIN}payments/?needs=approval&account_id={cast.account.id}").json()["results"]
        assert [one["approvals"]["needed"] for one in waiting] == [2]
        assert [one["operator_id"] for one in waiting[0]["approvals"]["given_by"]] == [me]


def test_overdue_is_computed_in_the_accounts_zone(cast: Cast) -> None:
    body = {
        "account_id": str(cast.account.id),
        "currency": "PKR",
        "due_date": "2020-01-01",
        "lines": [{"kind": "custom", "description": "x", "quantity": 1, "unit_amount": "5.00"}],
    }
    draft = cast.finance.post(f"{ADMIN}invoices/", body).json()["data"]
    assert (draft["status"], draft["overdue"], draft["number"]) == ("draft", False, None)
    final = cast.finance.post(f"{ADMIN}invoices/{draft['id']}/finalize/").json()["data"]
    assert (final["status"], final["overdue"]) == ("pending", True)
    lost = cast.finance.post(f"{ADMIN}invoices/{draft['id']}/mark-uncollectible/").json()["data"]
    assert (lost["status"], lost["overdue"], lost["amount_due"]) == ("uncollectible", False, "0.00")
    assert trial(cast, "PKR")["bad_debts"] == "5.00"
    assert make_cast().viewer.get(f"{BILLING}invoices/{draft['id']}/").status_code == 404
    verified(cast)
