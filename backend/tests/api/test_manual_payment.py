"""POST payments/manual/: works · refuses bad input · refuses the stranger · is idempotent."""

import uuid
from typing import Any

import psycopg
import pytest
from tests.cast import BILLING, Cast, claim

MANUAL = f"{BILLING}payments/manual/"


def payments_of(connection: psycopg.Connection[Any], cast: Cast) -> int:
    row = connection.execute("SELECT count(*) FROM billing_payment WHERE account_id = %s", [cast.account.id]).fetchone()
    assert row is not None
    return int(row[0])


def test_a_submission_awaits_approval(cast: Cast) -> None:
    invoice_id = cast.invoice("1000.00")
    response = cast.submit(invoice_id, "FT 23-1190/4471", notes="card 4111 1111 1111 1111", paid_on="2026-01-02")
    assert response.status_code == 201
    payment = response.json()["data"]
    number = payment["invoice"].pop("number")
    assert number == f"{cast.account.code}-000001"
    times = {name: payment.pop(name) for name in ("created_at", "updated_at", "submitted_at")}
    assert all(text.endswith("Z") for text in times.values())
    assert uuid.UUID(payment.pop("id")).version == 7
    assert payment == {
        "invoice": {"id": str(invoice_id), "status": "pending"},
        "invoice_id": str(invoice_id),
        "amount": "1000.00",
        "currency": "PKR",
        "amount_received": None,
        "amount_refunded": "0.00",
        "payment_method": "bank_transfer",
        "status": "pending_approval",
        "transaction_reference": "FT 23-1190/4471",
        "failure_reason": "",
        "notes": "card **** **** **** 1111",
        "duplicate_reference": False,
        "paid_on": "2026-01-02",
        "approved_at": None,
        "processed_at": None,
        "failed_at": None,
        "refunded_at": None,
        "cancelled_at": None,
    }


def test_the_payment_reads_back_with_its_history(cast: Cast) -> None:
    created = cast.submit(cast.invoice()).json()["data"]
    read = cast.viewer.get(f"{BILLING}payments/{created['id']}/").json()["data"]
    history = read.pop("history")
    assert read == created
    assert [(entry["from"], entry["to"], entry["actor_kind"]) for entry in history] == [
        (None, "pending_approval", "api_key")
    ]


def test_the_older_name_of_the_reference_works(cast: Cast) -> None:
    body = claim(cast.invoice())
    body["reference"] = body.pop("transaction_reference")
    assert cast.member.post(MANUAL, body).json()["data"]["transaction_reference"] == "FT 1"


BAD = [
    ({"transaction_reference": ""}, "transaction_reference"),
    ({"transaction_reference": " -/._ "}, "transaction_reference"),
    ({"transaction_reference": "x" * 129}, "transaction_reference"),
    ({"transaction_reference": 5}, "transaction_reference"),
    ({"transaction_reference": None}, "transaction_reference"),
    ({"transaction_reference": "a\u0001b"}, "transaction_reference"),
    ({"reference": "another"}, "reference"),
    ({"payment_method": "cash"}, "payment_method"),
    ({"payment_method": "stripe"}, "payment_method"),
    ({"payment_method": ["bank_transfer"]}, "payment_method"),
    ({"invoice_id": "no"}, "invoice_id"),
    ({"invoice_id": 7}, "invoice_id"),
    ({"amount": 5}, "amount"),
    ({"amount": "0"}, "amount"),
    ({"amount": "-1"}, "amount"),
    ({"amount": "1e400"}, "amount"),
    ({"amount": "NaN"}, "amount"),
    ({"amount": "1.005"}, "amount"),
    ({"amount": "9" * 20}, "amount"),
    ({"notes": "x" * 1001}, "notes"),
    ({"notes": {}}, "notes"),
    ({"paid_on": "2026-13-01"}, "paid_on"),
    ({"paid_on": 20260101}, "paid_on"),
    ({"transaction_refrence": "x"}, "transaction_refrence"),
]


@pytest.mark.parametrize(("change", "field"), BAD)
def test_refuses_bad_fields_and_writes_nothing(
    cast: Cast, owner_connection: Any, change: dict[str, Any], field: str
) -> None:
    response = cast.member.post(MANUAL, {**claim(cast.invoice()), **change})
    assert response.status_code == 400
    document = response.json()
    assert document["code"] == "validation_error"
    assert list(document["errors"]) == [field]
    assert payments_of(owner_connection, cast) == 0


RAW = [
    b"",
    b"[]",
    b"null",
    b"{",
    b'{"a": NaN}',
    b'{"a": 1e400}',
    b'{"a": "\\u0000"}',
    b'{"a": "\\ud800"}',
    b"\xff",
    b'{"a": 1, "a": 2}',
    b'{"a":' * 1000 + b"1" + b"}" * 1000,
    b'{"a": ' + b"9" * 5000 + b"}",
]


@pytest.mark.parametrize("body", RAW)
def test_refuses_bad_json(cast: Cast, body: bytes) -> None:
    response = cast.member.post(MANUAL, body)
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")


def test_refuses_large_bodies_and_other_types(cast: Cast) -> None:
    large = cast.member.post(MANUAL, b'{"notes": "' + b"x" * 10_000_000 + b'"}')
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    other = cast.member.post(MANUAL, b"a=b", **{"Content-Type": "text/plain"})
    assert (other.status_code, other.json()["code"]) == (415, "unsupported_media_type")


def test_refuses_what_cannot_be_paid(cast: Cast) -> None:
    draft = cast.submit(cast.invoice(final=False))
    assert (draft.status_code, draft.json()["code"]) == (400, "invoice_not_payable")
    limited = cast.submit(cast.invoice("600000.00"), payment_method="local_wallet")
    assert (limited.status_code, limited.json()["code"]) == (400, "method_not_available")


def test_never_submits_more_than_is_due(cast: Cast) -> None:
    invoice_id = cast.invoice("1000.00")
    assert cast.submit(invoice_id, "A", amount="700.00").status_code == 201
    beyond = cast.submit(invoice_id, "B", amount="300.01")
    assert (beyond.status_code, beyond.json()["code"]) == (409, "amount_exceeds_due")
    rest = cast.submit(invoice_id, "C")
    assert rest.json()["data"]["amount"] == "300.00"
    assert cast.submit(invoice_id, "D").json()["code"] == "amount_exceeds_due"


def test_one_live_payment_for_a_reference(cast: Cast) -> None:
    invoice_id = cast.invoice("1000.00")
    first = cast.submit(invoice_id, "ft-1/a", amount="100.00").json()["data"]
    again = cast.submit(invoice_id, " FT 1 A", amount="100.00")
    assert (again.status_code, again.json()["code"]) == (409, "duplicate_submission")
    assert again.json()["data"]["payment_id"] == first["id"]
    assert cast.member.post(f"{BILLING}payments/{first['id']}/cancel/").json()["data"]["status"] == "cancelled"
    assert cast.submit(invoice_id, "FT1A", amount="100.00").status_code == 201


def test_a_reference_on_another_invoice_is_flagged(cast: Cast) -> None:
    assert cast.submit(cast.invoice(), "FT 9").json()["data"]["duplicate_reference"] is False
    assert cast.submit(cast.invoice(), "FT 9").json()["data"]["duplicate_reference"] is True


def test_roles_and_strangers(cast: Cast) -> None:
    invoice_id = cast.invoice()
    assert cast.viewer.post(MANUAL, claim(invoice_id)).status_code == 403
    assert cast.anonymous.post(MANUAL, claim(invoice_id)).status_code == 401
    operator = cast.finance.post(MANUAL, claim(invoice_id))
    assert (operator.status_code, operator.json()["code"]) == (403, "account_required")
    foreign = cast.stranger.post(MANUAL, claim(invoice_id)).json()
    absent = cast.stranger.post(MANUAL, claim(uuid.uuid4())).json()
    assert foreign["code"] == "not_found"
    assert {**foreign, "request_id": ""} == {**absent, "request_id": ""}


def test_a_retry_gets_the_first_answer(cast: Cast, owner_connection: Any) -> None:
    invoice_id, headers = cast.invoice(), {"headers": {"Idempotency-Key": "order-1"}}
    first, second = cast.submit(invoice_id, **headers), cast.submit(invoice_id, **headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second["Idempotency-Replayed"] == "true"
    assert payments_of(owner_connection, cast) == 1
    other = cast.submit(invoice_id, "another", **headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_refusal_is_an_answer_too(cast: Cast) -> None:
    invoice_id = cast.invoice("10.00")
    headers = {"headers": {"X-Idempotency-Key": "k"}}
    first = cast.submit(invoice_id, amount="999.00", **headers)
    again = cast.submit(invoice_id, amount="999.00", **headers)
    assert first.status_code in (400, 409)
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("key", ["", "x" * 256, "a\u00e9"])
def test_refuses_bad_idempotency_keys(cast: Cast, key: str) -> None:
    response = cast.submit(cast.invoice(), headers={"Idempotency-Key": key})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["Idempotency-Key"]
