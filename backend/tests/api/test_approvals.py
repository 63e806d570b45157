"""Approving, rejecting and bouncing over HTTP: what the operator sees, and what the account sees at once."""

import uuid
from typing import Any

import psycopg
import pytest
from tests.cast import ADMIN, BILLING, Api, Cast, claim, limited, seen


def submitted(cast: Cast, total: str = "1000.00", reference: str = "FT 1", **more: Any) -> tuple[uuid.UUID, str]:
    invoice_id = cast.invoice(total)
    answer = cast.submit(invoice_id, reference, **more)
    assert answer.status_code == 201, answer.content
    return invoice_id, answer.json()["data"]["id"]


def decide(api: Api, payment_id: str, what: str, body: Any = None, **headers: str) -> Any:
    return api.post(f"{ADMIN}payments/{payment_id}/{what}/", body, **headers)


def invoice(cast: Cast, invoice_id: uuid.UUID) -> Any:
    return cast.viewer.get(f"{BILLING}invoices/{invoice_id}/").json()["data"]


def balance(cast: Cast) -> str:
    (held,) = cast.viewer.get(f"{BILLING}balance/").json()["data"]["balances"]
    return str(held["amount"])


def verified(cast: Cast) -> None:
    found = cast.support.get(f"{ADMIN}verify/").json()["data"]
    assert found["ledger"]["problems"] == []
    assert found["ledger"]["ok"] is True


def test_an_approval_settles_everything_at_once(cast: Cast) -> None:
    invoice_id, payment_id = submitted(cast)
    answer = decide(cast.approver, payment_id, "approve", {"value_date": "2026-01-05", "note": "seen on statement"})
    shown = answer.json()["data"]
    assert (answer.status_code, shown["status"], shown["amount_received"]) == (200, "succeeded", "1000.00")
    assert shown["value_date"] == "2026-01-05"
    assert [step["to"] for step in shown["history"]] == ["pending_approval", "succeeded"]
    assert shown["approvals"]["needed"] == 1
    assert len(shown["approvals"]["given_by"]) == 1
    seen = cast.viewer.get(f"{BILLING}payments/{payment_id}/").json()["data"]
    assert (seen["status"], seen["invoice"]["status"]) == ("succeeded", "paid")
    assert "approvals" not in seen
    assert invoice(cast, invoice_id)["amount_due"] == "0.00"
    again = decide(cast.approver, payment_id, "approve")
    assert (again.status_code, again.json()["code"]) == (409, "invalid_transition")
    verified(cast)


def test_a_rejected_payment_can_be_made_again(cast: Cast) -> None:
    invoice_id, payment_id = submitted(cast)
    for reason in ({"reason": "  "}, {}, {"reason": 5}, {"reason": "x" * 501}):
        assert decide(cast.approver, payment_id, "reject", reason).status_code == 400
    shown = decide(cast.approver, payment_id, "reject", {"reason": "No such transfer"}).json()["data"]
    assert (shown["status"], shown["failure_reason"]) == ("failed", "No such transfer")
    assert decide(cast.approver, payment_id, "approve").json()["code"] == "invalid_transition"
    assert cast.submit(invoice_id, "FT 1").status_code == 201


@pytest.mark.parametrize(
    ("received", "status", "due", "kept"),
    [
        ("1000.00", "paid", "0.00", "0.00"),
        ("400.00", "pending", "600.00", "0.00"),
        ("989.99", "pending", "10.01", "0.00"),
        ("990.00", "paid", "0.00", "0.00"),
        ("1250.50", "paid", "0.00", "250.50"),
    ],
)
def test_what_was_received_decides(cast: Cast, received: str, status: str, due: str, kept: str) -> None:
    invoice_id, payment_id = submitted(cast)
    assert decide(cast.approver, payment_id, "approve", seen(received)).status_code == 200
    shown = invoice(cast, invoice_id)
    assert (shown["status"], shown["amount_due"], balance(cast)) == (status, due, kept)
    verified(cast)


@pytest.mark.parametrize("amount", ["0", "-1.00", "1.001", 5, None, "1e3", "", "NaN", "99999999999999999999.00"])
def test_no_amount_at_all_is_refused(cast: Cast, amount: Any) -> None:
    _, payment_id = submitted(cast)
    answer = decide(cast.approver, payment_id, "approve", {"amount_received": amount})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["amount_received"])
    assert cast.viewer.get(f"{BILLING}payments/{payment_id}/").json()["data"]["status"] == "pending_approval"


def test_late_money_becomes_balance_and_pays_the_next_invoice(cast: Cast) -> None:
    invoice_id, payment_id = submitted(cast)
    assert cast.finance.post(f"{ADMIN}invoices/{invoice_id}/void/").status_code == 200
    assert decide(cast.approver, payment_id, "approve").json()["data"]["status"] == "succeeded"
    assert balance(cast) == "1000.00"
    draft = cast.invoice("1500.00", final=False)
    answer = cast.finance.post(f"{ADMIN}invoices/{draft}/finalize/", {"apply_balance": True})
    assert answer.json()["data"]["amount_due"] == "500.00"
    assert [line["source"] for line in answer.json()["data"]["settlements"]] == ["balance"]
    assert balance(cast) == "0.00"
    verified(cast)


def test_four_eyes_above_the_limit(cast: Cast, limit: None) -> None:
    invoice_id, payment_id = submitted(cast, "500000.01")
    first = decide(cast.approver, payment_id, "approve").json()["data"]
    assert (first["status"], first["approvals"]["needed"], len(first["approvals"]["given_by"])) == (
        "pending_approval",
        2,
        1,
    )
    assert decide(cast.approver, payment_id, "approve").json()["code"] == "four_eyes_required"
    disagreeing = decide(cast.second_approver, payment_id, "approve", seen("500000.00"))
    assert (disagreeing.status_code, disagreeing.json()["code"]) == (409, "approvals_disagree")
    assert invoice(cast, invoice_id)["status"] == "pending"
    second = decide(cast.second_approver, payment_id, "approve").json()["data"]
    assert (second["status"], len(second["approvals"]["given_by"])) == ("succeeded", 2)
    assert invoice(cast, invoice_id)["status"] == "paid"


def test_exactly_the_limit_needs_one(cast: Cast, limit: None) -> None:
    _, payment_id = submitted(cast, "500000.00")
    assert decide(cast.approver, payment_id, "approve").json()["data"]["status"] == "succeeded"


def test_more_received_than_the_limit_needs_two(cast: Cast, limit: None) -> None:
    _, payment_id = submitted(cast, "1000.00")
    shown = decide(cast.approver, payment_id, "approve", seen("500000.01")).json()["data"]
    assert (shown["status"], shown["approvals"]["needed"]) == ("pending_approval", 2)


def test_the_database_itself_wants_four_eyes(
    cast: Cast, limit: None, owner_connection: psycopg.Connection[Any]
) -> None:
    _, payment_id = submitted(cast, "500000.01")
    decide(cast.approver, payment_id, "approve")
    with pytest.raises(psycopg.errors.RestrictViolation, match="needs two approvals"):
        owner_connection.execute(
            "UPDATE billing_payment SET status = 'succeeded', amount_received_minor = amount_minor WHERE id = %s",
            [payment_id],
        )


def test_roles(cast: Cast) -> None:
    _, payment_id = submitted(cast)
    for api, expected in ((cast.anonymous, 401), (cast.owner, 403), (cast.stranger, 403), (cast.support, 403)):
        assert decide(api, payment_id, "approve").status_code == expected
        assert decide(api, payment_id, "reject", {"reason": "x"}).status_code == expected
    for what in ("refund", "bounce"):
        assert decide(cast.approver, payment_id, what, {"reason": "x"}).status_code == 403
    assert cast.approver.post(f"{ADMIN}payments/record/", {}).status_code == 403
    assert decide(cast.finance, str(uuid.uuid4()), "approve").status_code == 404
    assert cast.viewer.get(f"{BILLING}payments/{payment_id}/").json()["data"]["status"] == "pending_approval"


def test_one_key_one_effect(cast: Cast) -> None:
    _, payment_id = submitted(cast)
    headers = {"Idempotency-Key": "k1"}
    first = decide(cast.approver, payment_id, "approve", {}, **headers)
    again = decide(cast.approver, payment_id, "approve", {}, **headers)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = decide(cast.approver, payment_id, "approve", {"note": "x"}, **headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_bulk_approval_tells_each(cast: Cast) -> None:
    ids = [submitted(cast, reference=f"FT {index}")[1] for index in range(3)]
    assert decide(cast.approver, ids[1], "reject", {"reason": "No"}).status_code == 200
    absent = str(uuid.uuid4())
    results = cast.approver.post(f"{ADMIN}payments/bulk-approve/", {"ids": [*ids, absent]}).json()["data"]["results"]
    assert [(one["id"], one["result"], one.get("code")) for one in results] == [
        (ids[0], "succeeded", None),
        (ids[1], "refused", "invalid_transition"),
        (ids[2], "succeeded", None),
        (absent, "refused", "not_found"),
    ]
    again = cast.approver.post(f"{ADMIN}payments/bulk-approve/", {"ids": [ids[0]]}).json()["data"]["results"]
    assert [one["result"] for one in again] == ["already_succeeded"]
    for body in ({"ids": []}, {"ids": ["x"]}, {}, {"ids": [absent] * 101}, {"ids": "x"}):
        assert cast.approver.post(f"{ADMIN}payments/bulk-approve/", body).status_code == 400
    assert cast.support.post(f"{ADMIN}payments/bulk-approve/", {"ids": ids}).status_code == 403


def test_a_bounced_transfer_is_due_again(cast: Cast) -> None:
    invoice_id, payment_id = submitted(cast)
    assert decide(cast.finance, payment_id, "bounce", {"reason": "R"}).json()["code"] == "invalid_transition"
    decide(cast.approver, payment_id, "approve", seen("1200.00"))
    other = cast.invoice("150.00")
    assert cast.finance.post(f"{ADMIN}invoices/{other}/apply-balance/").json()["data"]["status"] == "paid"
    shown = decide(cast.finance, payment_id, "bounce", {"reason": "Returned by the bank"}).json()["data"]
    assert (shown["status"], shown["failure_reason"]) == ("failed", "Returned by the bank")
    assert [invoice(cast, key)["status"] for key in (invoice_id, other)] == ["pending", "pending"]
    assert balance(cast) == "0.00"
    assert cast.submit(invoice_id, "FT 2").status_code == 201
    verified(cast)


def test_the_queue_is_oldest_first(cast: Cast) -> None:
    ids = [submitted(cast, reference=f"Q {index}")[1] for index in range(3)]
    query = f"{ADMIN}payments/?needs=approval&account_id={cast.account.id}"
    rows = cast.support.get(query).json()["results"]
    assert [row["id"] for row in rows] == ids
    assert all(row["waiting_seconds"] >= 0 and row["approvals"] == {"needed": 1, "given_by": []} for row in rows)


def test_money_nobody_submitted(cast: Cast) -> None:
    first, second = cast.invoice("300.00"), cast.invoice("500.00")
    body = {
        "account_id": str(cast.account.id),
        "payment_method": "bank_transfer",
        "reference": "BATCH 7",
        "amount": "1000.00",
        "value_date": "2026-01-05",
        "allocations": [
            {"invoice_id": str(first), "amount": "300.00"},
            {"invoice_id": str(second), "amount": "450.00"},
        ],
    }
    answer = cast.finance.post(f"{ADMIN}payments/record/", body)
    shown = answer.json()["data"]
    assert (answer.status_code, shown["status"], shown["invoice"]) == (201, "succeeded", None)
    assert [one["amount"] for one in shown["allocations"]] == ["300.00", "450.00"]
    assert [invoice(cast, key)["amount_due"] for key in (first, second)] == ["0.00", "50.00"]
    assert balance(cast) == "250.00"
    listed = cast.viewer.get(f"{BILLING}payments/").json()["results"]
    assert [(one["id"], one["invoice_id"], one["status"]) for one in listed] == [(shown["id"], None, "succeeded")]
    again = cast.finance.post(f"{ADMIN}payments/record/", {**body, "allocations": []})
    assert (again.status_code, again.json()["code"]) == (409, "duplicate_submission")
    assert again.json()["data"] == {"payment_id": shown["id"], "status": "succeeded"}
    verified(cast)


def test_recorded_money_is_checked(cast: Cast) -> None:
    open_one, foreign = cast.invoice("300.00"), cast.invoice("300.00", account=cast.other)
    body = {
        "account_id": str(cast.account.id),
        "payment_method": "bank_transfer",
        "reference": "B",
        "amount": "400.00",
        "value_date": "2026-01-05",
    }

    def attempt(**changes: Any) -> tuple[int, str]:
        answer = cast.finance.post(f"{ADMIN}payments/record/", {**body, **changes})
        return answer.status_code, answer.json()["code"]

    def share(invoice_id: uuid.UUID, amount: str) -> dict[str, str]:
        return {"invoice_id": str(invoice_id), "amount": amount}

    assert attempt(allocations=[share(open_one, "300.01")]) == (409, "amount_exceeds_due")
    assert attempt(allocations=[share(open_one, "300.00"), share(open_one, "1.00")]) == (400, "validation_error")
    assert attempt(allocations=[share(open_one, "401.00")]) == (400, "validation_error")
    assert attempt(allocations=[share(foreign, "300.00")]) == (404, "not_found")
    assert attempt(account_id=str(uuid.uuid4())) == (404, "not_found")
    assert attempt(payment_method="stripe") == (400, "validation_error")
    assert attempt(reference="--- ///") == (400, "validation_error")
    assert attempt(currency="EUR", allocations=[share(open_one, "1.00")]) == (400, "validation_error")
    assert attempt(value_date="2026-13-01") == (400, "validation_error")
    assert cast.viewer.get(f"{BILLING}payments/").json()["count"] == 0


def test_recorded_money_above_the_limit_waits_for_two_others(cast: Cast, limit: None) -> None:
    body = {
        "account_id": str(cast.account.id),
        "payment_method": "bank_transfer",
        "reference": "BIG",
        "value_date": "2026-01-05",
        "amount": "600000.00",
    }
    shown = cast.finance.post(f"{ADMIN}payments/record/", body).json()["data"]
    assert (shown["status"], shown["approvals"]["needed"]) == ("pending_approval", 2)
    assert decide(cast.finance, shown["id"], "approve").json()["code"] == "four_eyes_required"
    assert decide(cast.approver, shown["id"], "approve").json()["data"]["status"] == "pending_approval"
    assert decide(cast.second_approver, shown["id"], "approve").json()["data"]["status"] == "succeeded"
    assert balance(cast) == "600000.00"
    assert cast.member.post(f"{BILLING}payments/{shown['id']}/cancel/").status_code == 409


def test_limits_are_set_by_admins(cast: Cast, limit: None) -> None:
    path = f"{ADMIN}approval-limits/"
    with limited("2.00", "EUR"):
        assert cast.finance.call("PUT", path, {"currency": "EUR", "amount": "1.00"}).status_code == 403
        assert cast.admin.call("PUT", path, {"currency": "EUR", "amount": "1.00"}).status_code == 200
        shown = {one["currency"]: one["amount"] for one in cast.support.get(path).json()["results"]}
        assert (shown["EUR"], shown["PKR"], shown["USD"]) == ("1.00", "500000.00", None)
    assert cast.admin.call("PUT", path, {"currency": "XXY", "amount": "1.00"}).status_code == 400


def test_a_claim_of_the_stranger_is_not_seen(cast: Cast) -> None:
    _, payment_id = submitted(cast)
    decide(cast.approver, payment_id, "approve")
    assert cast.stranger.get(f"{BILLING}payments/{payment_id}/").status_code == 404
    assert cast.stranger.get(f"{BILLING}balance/").json()["data"]["balances"][0]["amount"] == "0.00"
    assert cast.stranger.post(f"{BILLING}payments/manual/", claim(uuid.UUID(payment_id))).status_code == 404
