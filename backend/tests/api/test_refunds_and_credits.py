"""Refunds, credits and packages over HTTP."""

import csv
import io
import uuid
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from tests.api.test_approvals import balance, decide, verified
from tests.cast import ADMIN, BILLING, Cast, make_cast, seen


def credits_of(cast: Cast) -> int:
    return int(cast.viewer.get(f"{BILLING}credits/balance/").json()["data"]["credits"])


def bought(cast: Cast, received: str | None = None) -> tuple[str, str]:
    """A package bought and paid; the invoice's and the payment's ids."""
    package = cast.viewer.get(f"{BILLING}credit-packages/").json()["results"][0]
    answer = cast.owner.post(f"{BILLING}credit-packages/{package['id']}/purchase/")
    assert (answer.status_code, answer.json()["data"]["status"]) == (201, "pending")
    invoice_id = answer.json()["data"]["id"]
    payment_id = cast.submit(uuid.UUID(invoice_id), uuid.uuid4().hex).json()["data"]["id"]
    body = {} if received is None else seen(received)
    assert decide(cast.approver, payment_id, "approve", body).status_code == 200
    return invoice_id, payment_id


def refund(cast: Cast, payment_id: str, **body: Any) -> Any:
    return cast.finance.post(f"{ADMIN}payments/{payment_id}/refund/", body)


def test_a_package_grants_its_own_amount_once(cast: Cast) -> None:
    package = cast.viewer.get(f"{BILLING}credit-packages/").json()["results"][0]
    assert [price["amount"] for price in package["prices"] if price["currency"] == "PKR"] == ["4500.00"]
    invoice_id, payment_id = bought(cast)
    assert credits_of(cast) == package["credits"] == 500
    (line,) = cast.viewer.get(f"{BILLING}credits/transactions/").json()["results"]
    assert (line["kind"], line["credits"], line["balance"], line["source_id"]) == (
        "credits_granted",
        500,
        500,
        invoice_id,
    )
    assert decide(cast.approver, payment_id, "approve").status_code == 409
    assert credits_of(cast) == 500
    verified(cast)


def test_who_may_buy(cast: Cast) -> None:
    package = cast.viewer.get(f"{BILLING}credit-packages/").json()["results"][0]["id"]
    for api, expected in ((cast.member, 403), (cast.viewer, 403), (cast.finance, 403), (cast.anonymous, 401)):
        assert api.post(f"{BILLING}credit-packages/{package}/purchase/").status_code == expected
    assert cast.owner.post(f"{BILLING}credit-packages/{uuid.uuid4()}/purchase/").status_code == 404
    swiss = make_cast("CH", "CHF")
    answer = swiss.owner.post(f"{BILLING}credit-packages/{package}/purchase/")
    assert (answer.status_code, answer.json()["code"]) == (409, "package_not_offered")


def test_bounced_credits_are_gone_and_granted_again(cast: Cast) -> None:
    invoice_id, payment_id = bought(cast)
    used = cast.admin.post(
        f"/api/v1/admin/accounts/{cast.account.id}/credits/consume/", {"credits": 100, "reason": "x"}
    )
    assert used.json()["data"] == {"credits": 400}
    assert decide(cast.finance, payment_id, "bounce", {"reason": "Returned"}).status_code == 200
    assert credits_of(cast) == -100
    again = cast.submit(uuid.UUID(invoice_id), "second try").json()["data"]["id"]
    decide(cast.approver, again, "approve")
    assert credits_of(cast) == 400
    verified(cast)


def test_a_refund_to_the_balance_is_done_at_once(cast: Cast) -> None:
    _, payment_id = bought(cast)
    answer = refund(cast, payment_id, amount="900.00", reason="Less")
    shown = answer.json()["data"]
    assert (answer.status_code, shown["status"], shown["amount_refunded"]) == (200, "succeeded", "900.00")
    assert (balance(cast), credits_of(cast)) == ("900.00", 400)
    rest = refund(cast, payment_id).json()["data"]
    assert (rest["status"], rest["amount_refunded"], rest["invoice"]["status"]) == ("refunded", "4500.00", "paid")
    assert (balance(cast), credits_of(cast)) == ("4500.00", 0)
    assert refund(cast, payment_id).json()["code"] == "invalid_transition"
    verified(cast)


@pytest.mark.parametrize("amount", ["4500.01", "99999.00"])
def test_never_more_than_was_received(cast: Cast, amount: str) -> None:
    _, payment_id = bought(cast)
    answer = refund(cast, payment_id, amount=amount)
    assert (answer.status_code, answer.json()["code"]) == (409, "amount_exceeds_refundable")
    for bad in ("0", "-1", "1.234", 7):
        assert refund(cast, payment_id, amount=bad).status_code == 400
    assert refund(cast, payment_id, destination="moon").status_code == 400
    assert balance(cast) == "0.00"


def test_used_credits_stop_a_refund_unless_forced(cast: Cast) -> None:
    _, payment_id = bought(cast)
    cast.admin.post(f"/api/v1/admin/accounts/{cast.account.id}/credits/consume/", {"credits": 450})
    answer = refund(cast, payment_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_credits")
    assert (balance(cast), credits_of(cast)) == ("0.00", 50)
    assert refund(cast, payment_id, force=True).json()["data"]["status"] == "refunded"
    assert (balance(cast), credits_of(cast)) == ("4500.00", -450)
    verified(cast)


def test_a_transfer_waits_until_it_was_sent(cast: Cast) -> None:
    _, payment_id = bought(cast, received="5000.00")
    made = refund(cast, payment_id, amount="2000.00", destination="transfer", reason="=HYPERLINK()").json()["data"]
    one = made["refund"]
    assert (made["amount_refunded"], one["status"], one["from_balance"]) == ("0.00", "pending", "500.00")
    assert balance(cast) == "0.00"
    assert refund(cast, payment_id, amount="3000.01").json()["code"] == "amount_exceeds_refundable"
    rows = list(csv.DictReader(io.StringIO(cast.finance.get(f"{ADMIN}refunds/export/").content.decode())))
    (row,) = [row for row in rows if row["refund_id"] == one["id"]]
    assert (row["amount"], row["currency"], row["reason"]) == ("2000.00", "PKR", "'=HYPERLINK()")
    paid = cast.finance.post(f"{ADMIN}refunds/{one['id']}/mark-paid/").json()["data"]
    assert paid["status"] == "completed"
    again = cast.finance.post(f"{ADMIN}refunds/{one['id']}/mark-paid/")
    assert (again.status_code, again.json()["code"]) == (409, "invalid_transition")
    shown = cast.viewer.get(f"{BILLING}payments/{payment_id}/").json()["data"]
    assert (shown["amount_refunded"], shown["status"]) == ("2000.00", "succeeded")
    verified(cast)


def test_a_cancelled_transfer_gives_everything_back(cast: Cast) -> None:
    _, payment_id = bought(cast)
    one = refund(cast, payment_id, destination="transfer").json()["data"]["refund"]
    assert credits_of(cast) == 0
    assert cast.finance.post(f"{ADMIN}refunds/{one['id']}/cancel/").json()["data"]["status"] == "cancelled"
    assert (credits_of(cast), balance(cast)) == (500, "0.00")
    assert refund(cast, payment_id).json()["data"]["status"] == "refunded"
    verified(cast)


def test_sepa_transfers_for_a_bank(cast: Cast) -> None:
    german = make_cast("DE", "EUR")
    invoice_id = german.invoice("100.00")
    payment_id = german.submit(invoice_id, "RF 9").json()["data"]["id"]
    decide(german.approver, payment_id, "approve")
    iban = "DE89 3704 0044 0532 0130 00"
    for wrong in ("DE00", "DE51 3704 0044 0532 0130 0", "DE03 3704 0044 0532 0130 O0", "ZZ22 3704 0044 0532 0130 00"):
        bad = refund(german, payment_id, destination="transfer", beneficiary={"name": "X", "iban": wrong})
        assert (bad.status_code, list(bad.json()["errors"])) == (400, ["beneficiary.iban"])
    beneficiary = {"name": "Jürgen Groß", "iban": iban.lower()}
    made = refund(german, payment_id, destination="transfer", beneficiary=beneficiary).json()["data"]["refund"]
    assert made["beneficiary"] == "Jürgen Groß, account ending 3000"
    assert german.approver.post(f"{ADMIN}refunds/{made['id']}/approve/").json()["data"]["status"] == "pending"
    answer = german.finance.get(f"{ADMIN}refunds/export/?format=pain001")
    assert answer.headers["Content-Type"] == "application/xml"
    assert "attachment" in answer.headers["Content-Disposition"]
    names = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
    root = ElementTree.fromstring(answer.content)
    sent = [
        one
        for one in root.iterfind(".//p:CdtTrfTxInf", names)
        if one.findtext(".//p:EndToEndId", namespaces=names) == made["id"].replace("-", "")
    ]
    assert [one.findtext(".//p:IBAN", namespaces=names) for one in sent] == ["DE89370400440532013000"]
    assert [one.findtext(".//p:InstdAmt", namespaces=names) for one in sent] == ["100.00"]
    assert [one.findtext(".//p:Cdtr/p:Nm", namespaces=names) for one in sent] == ["Jurgen Gross"]


def test_consuming_is_atomic_and_for_admins(cast: Cast) -> None:
    path = f"/api/v1/admin/accounts/{cast.account.id}/credits/"
    assert cast.admin.post(f"{path}adjust/", {"credits": 10, "reason": "Goodwill"}).json()["data"] == {"credits": 10}
    first = cast.admin.post(f"{path}consume/", {"credits": 6}, **{"Idempotency-Key": "c1"})
    again = cast.admin.post(f"{path}consume/", {"credits": 6}, **{"Idempotency-Key": "c1"})
    assert first.content == again.content
    refused = cast.admin.post(f"{path}consume/", {"credits": 5})
    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient_credits")
    assert credits_of(cast) == 4
    for body in ({"credits": 0}, {"credits": -1}, {"credits": "1"}, {"credits": 1.0}, {"credits": True}, {}):
        assert cast.admin.post(f"{path}consume/", body).status_code == 400
    assert cast.admin.post(f"{path}adjust/", {"credits": -5, "reason": "x"}).status_code == 409
    assert cast.finance.post(f"{path}consume/", {"credits": 1}).status_code == 403
    assert cast.owner.post(f"{path}consume/", {"credits": 1}).status_code == 403
    absent = f"/api/v1/admin/accounts/{uuid.uuid4()}/credits/consume/"
    assert cast.admin.post(absent, {"credits": 1}).status_code == 404
    verified(cast)


def test_operators_read_the_ledger(cast: Cast) -> None:
    bought(cast)
    trial = cast.support.get(f"{ADMIN}ledger/trial-balance/?account_id={cast.account.id}").json()["data"]["currencies"]
    assert {unit["currency"]: unit["total"] for unit in trial} == {"CREDITS": "0", "PKR": "0.00"}
    pkr = {row["code"]: row["amount"] for row in trial[1]["accounts"]}
    assert pkr == {"cash:bank_transfer": "4500.00", "receivable": "0.00", "revenue": "-4500.00"}
    statement = cast.support.get(f"{ADMIN}ledger/accounts/{cast.account.id}/?code=receivable").json()["results"]
    assert [(row["amount"], row["balance"]) for row in statement] == [("-4500.00", "0.00"), ("4500.00", "4500.00")]
    for api, status in ((cast.owner, 403), (cast.anonymous, 401)):
        assert api.get(f"{ADMIN}ledger/trial-balance/").status_code == status


def test_settled_money_stops_a_void(cast: Cast) -> None:
    invoice_id = cast.invoice("1000.00")
    payment_id = cast.submit(invoice_id, "P", amount="400.00").json()["data"]["id"]
    decide(cast.approver, payment_id, "approve")
    assert cast.finance.post(f"{ADMIN}invoices/{invoice_id}/void/").json()["code"] == "invalid_transition"
    assert refund(cast, payment_id).json()["data"]["status"] == "refunded"
    assert cast.finance.post(f"{ADMIN}invoices/{invoice_id}/void/").json()["data"]["status"] == "void"
    assert balance(cast) == "400.00"
    verified(cast)
