"""Four eyes on money that goes out: transfers above the limit, in slices, and to accounts that are not the payer's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from igny8_core.kit import clock
from tests.api.test_approvals import balance, decide, submitted, verified
from tests.api.test_refunds_and_credits import bought, credits_of
from tests.cast import ADMIN, Api, Cast, limited, make_cast
from tests.statements import bank_account, camt, imported, payer
from tests.statements import decide as decide_line
from tests.statements import lines as lines_of

MULE = {"name": "Mule", "iban": "DE89370400440532013000"}
OWN = "PK36SCBL0000001123456702"


def paid(cast: Cast, total: str = "400000.00", reference: str = "FT 1") -> str:
    _, payment_id = submitted(cast, total, reference)
    for api in (cast.approver, cast.second_approver):
        decide(api, payment_id, "approve")
    return payment_id


def transfer(cast: Cast, payment_id: str, api: Api | None = None, **more: Any) -> dict[str, Any]:
    """A refund by transfer, asked for by finance."""
    body = {"destination": "transfer", **more}
    answer = (api or cast.finance).post(f"{ADMIN}payments/{payment_id}/refund/", body)
    assert answer.status_code == 200, answer.content
    shown: dict[str, Any] = answer.json()["data"]["refund"]
    return shown


def act(api: Api, refund: dict[str, Any], what: str, body: Any = None, **headers: str) -> Any:
    return api.post(f"{ADMIN}refunds/{refund['id']}/{what}/", body, **headers)


def exported(cast: Cast, refund: dict[str, Any]) -> bool:
    return refund["id"] in cast.finance.get(f"{ADMIN}refunds/export/").content.decode()


def me(api: Api) -> str:
    return str(api.get("/api/v1/auth/me/").json()["data"]["user_id"])


def test_above_the_limit_a_second_operator_lets_it_out(cast: Cast, limit: None) -> None:
    payment_id = paid(cast, "600000.00")
    answer = cast.finance.post(f"{ADMIN}payments/{payment_id}/refund/", {"destination": "transfer", "reason": "Closed"})
    assert "Another operator must approve it" in answer.json()["message"]
    waiting = answer.json()["data"]["refund"]
    assert (waiting["status"], waiting["approvals"]["needed"], waiting["beneficiary_known"]) == (
        "pending_approval",
        2,
        None,
    )
    assert [(one["operator_id"], one["note"]) for one in waiting["approvals"]["given_by"]] == [
        (me(cast.finance), "Closed")
    ]
    assert not exported(cast, waiting)
    for api in (cast.finance, cast.admin):
        refused = act(api, waiting, "mark-paid")
        assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    own = act(cast.finance, waiting, "approve")
    assert (own.status_code, own.json()["code"]) == (409, "four_eyes_required")
    approved = act(cast.approver, waiting, "approve", {"note": "Called the payer"}).json()["data"]
    assert (approved["status"], len(approved["approvals"]["given_by"])) == ("pending", 2)
    assert approved["approvals"]["given_by"][1]["operator_id"] == me(cast.approver)
    assert approved["approvals"]["given_by"][1]["note"] == "Called the payer"
    assert act(cast.second_approver, waiting, "approve").json()["code"] == "invalid_transition"
    assert exported(cast, waiting)
    assert act(cast.finance, waiting, "mark-paid").json()["data"]["status"] == "completed"
    verified(cast)


def test_the_limit_itself_is_one_persons(cast: Cast, limit: None) -> None:
    shown = transfer(cast, paid(cast, "600000.00"), amount="500000.00")
    assert (shown["status"], shown["approvals"]["needed"], len(shown["approvals"]["given_by"])) == ("pending", 1, 1)


def test_slices_that_go_out_are_one_sum_apart_from_what_comes_in(cast: Cast, limit: None) -> None:
    payments = [paid(cast, reference=f"FT {n}") for n in range(3)]
    shown = [transfer(cast, one, amount="200000.00")["status"] for one in payments]
    assert shown == ["pending", "pending", "pending_approval"]
    assert transfer(cast, payments[0], amount="100000.00")["status"] == "pending", "the sum that waits is not let out"
    assert transfer(cast, payments[0], cast.admin, amount="100000.00")["status"] == "pending", "another operator"
    assert transfer(cast, payments[1], amount="0.01")["status"] == "pending_approval"
    recorded = {
        "account_id": str(cast.account.id),
        "payment_method": "bank_transfer",
        "reference": "IN",
        "amount": "500000.00",
        "value_date": "2026-11-20",
    }
    assert cast.finance.post(f"{ADMIN}payments/record/", recorded).json()["data"]["status"] == "succeeded"
    with clock.use(datetime.now(UTC) + timedelta(hours=24, minutes=1)):
        assert transfer(cast, payments[1], amount="100000.00")["status"] == "pending", "a day later"


def test_a_refund_that_was_cancelled_counts_no_longer(cast: Cast, limit: None) -> None:
    payment_id = paid(cast, "900000.00")
    first = transfer(cast, payment_id, amount="500000.00")
    assert transfer(cast, payment_id, amount="1.00")["status"] == "pending_approval"
    assert act(cast.finance, first, "cancel").json()["data"]["status"] == "cancelled"
    assert transfer(cast, payment_id, amount="500.00")["status"] == "pending"


def test_an_account_that_is_not_the_payers_always_needs_two(cast: Cast) -> None:
    """There is no limit here at all."""
    payment_id = paid(cast)
    waiting = transfer(cast, payment_id, amount="1.00", beneficiary=MULE)
    assert (waiting["status"], waiting["beneficiary_known"]) == ("pending_approval", False)
    assert act(cast.finance, waiting, "mark-paid").status_code == 409
    assert act(cast.approver, waiting, "approve").json()["data"]["status"] == "pending"
    again = transfer(cast, payment_id, amount="1.00", beneficiary={**MULE, "iban": "de89 3704 0044 0532 0130 00"})
    assert (again["status"], again["beneficiary_known"]) == ("pending", True), "two have let money out to it before"
    stranger = make_cast()
    assert transfer(stranger, paid(stranger), amount="1.00", beneficiary=MULE)["status"] == "pending_approval"


def test_a_refund_that_was_refused_makes_no_account_known(cast: Cast) -> None:
    payment_id = paid(cast)
    assert act(cast.finance, transfer(cast, payment_id, beneficiary=MULE), "cancel").status_code == 200
    waiting = transfer(cast, payment_id, amount="1.00", beneficiary=MULE)
    assert (waiting["status"], waiting["beneficiary_known"]) == ("pending_approval", False)
    again = transfer(cast, payment_id, amount="1.00", beneficiary=MULE)
    assert (again["status"], again["beneficiary_known"]) == ("pending_approval", False), "one that waits proves nothing"


@pytest.mark.parametrize("how", ["approves a claim", "pays an invoice", "is assigned"])
def test_the_account_of_a_bank_line_is_the_payers(cast: Cast, how: str) -> None:
    reference = f"SL2611-{cast.account.code}"
    invoice_id = cast.invoice()
    if how == "approves a claim":
        cast.submit(invoice_id, reference)
    found = imported(cast, camt(bank_account(cast), payer(1000_00, reference, account=f"{OWN[:4]} {OWN[4:]}")))
    (line,) = lines_of(cast, found["id"])
    if how != "approves a claim":
        target = {"invoice_id": str(invoice_id)} if how == "pays an invoice" else {"account_id": str(cast.account.id)}
        assert decide_line(cast, line, "assign", target).status_code == 200
    payment_id = cast.support.get(f"{ADMIN}statements/lines/{line['id']}/").json()["data"]["matches"][0]["payment_id"]
    known = transfer(cast, payment_id, amount="100.00", beneficiary={"name": "Payer", "iban": OWN})
    assert (known["status"], known["beneficiary_known"]) == ("pending", True)
    assert transfer(cast, payment_id, amount="100.00", beneficiary=MULE)["status"] == "pending_approval"
    undo = [act(cast.finance, one, "cancel").status_code for one in (known,)]
    assert undo == [200]


def test_the_account_of_a_line_that_was_undone_is_nobodys(cast: Cast) -> None:
    other = paid(cast, "1000.00")
    found = imported(cast, camt(bank_account(cast), payer(1000_00, "?", account=OWN)))
    (line,) = lines_of(cast, found["id"])
    assert decide_line(cast, line, "assign", {"account_id": str(cast.account.id)}).status_code == 200
    assert decide_line(cast, line, "undo", {"reason": "Somebody else's"}).status_code == 200
    refund = transfer(cast, other, amount="100.00", beneficiary={"name": "Payer", "iban": OWN})
    assert (refund["status"], refund["beneficiary_known"]) == ("pending_approval", False)


def test_a_refund_can_be_refused(cast: Cast) -> None:
    _, payment_id = bought(cast)
    waiting = transfer(cast, payment_id, beneficiary=MULE)
    assert credits_of(cast) == 0, "it reserves what it would take"
    assert act(cast.finance, waiting, "cancel").json()["data"]["status"] == "cancelled"
    assert credits_of(cast) == 500
    assert act(cast.approver, waiting, "approve").json()["code"] == "invalid_transition"
    assert act(cast.finance, waiting, "mark-paid").json()["code"] == "invalid_transition"
    verified(cast)


def test_no_money_leaves_with_a_refund_to_the_balance(cast: Cast, limit: None) -> None:
    payment_id = paid(cast, "600000.00")
    answer = cast.finance.post(f"{ADMIN}payments/{payment_id}/refund/", {"beneficiary": MULE})
    shown = answer.json()["data"]["refund"]
    assert (shown["status"], shown["approvals"]["needed"]) == ("completed", 1)
    assert balance(cast) == "600000.00"


def test_a_currency_without_a_limit_lets_nothing_out_by_one(owner_connection: psycopg.Connection[Any]) -> None:
    swiss = make_cast("CH", "CHF")
    payment = {
        "account_id": str(swiss.account.id),
        "payment_method": "bank_transfer",
        "reference": "IN",
        "amount": "5.00",
        "value_date": "2026-11-20",
    }
    payment_id = swiss.finance.post(f"{ADMIN}payments/record/", payment).json()["data"]["id"]
    with limited("1.00", "CHF"):
        owner_connection.execute("DELETE FROM billing_approvallimit WHERE currency = 'CHF'")
        assert transfer(swiss, payment_id, amount="0.01")["status"] == "pending_approval"
    assert transfer(swiss, payment_id, amount="0.01")["status"] == "pending"


def test_who_may_approve_and_what_they_send(cast: Cast) -> None:
    waiting = transfer(cast, paid(cast), beneficiary=MULE)
    for api, status in ((cast.anonymous, 401), (cast.owner, 403), (cast.support, 403)):
        assert act(api, waiting, "approve").status_code == status
    for body in ({"note": 5}, {"note": "x" * 1001}, {"amount": "1.00"}):
        assert act(cast.approver, waiting, "approve", body).status_code == 400
    found = cast.support.get(f"{ADMIN}refunds/?status=pending_approval&account_id={cast.account.id}").json()
    assert [one["id"] for one in found["results"]] == [waiting["id"]]
    headers = {"Idempotency-Key": "once"}
    answers = [act(cast.approver, waiting, "approve", {}, **headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    events = cast.support.get(f"/api/v1/admin/events/?subject_id={waiting['id']}").json()["results"]
    assert [(one["type"], one["actor_id"]) for one in events] == [
        ("refund.approved", me(cast.approver)),
        ("refund.requested", me(cast.finance)),
    ]
    assert events[1]["data"]["needed"] == 2


def test_a_bank_line_does_not_pay_what_waits(cast: Cast) -> None:
    """The bank has sent what nobody has approved: a person has to look at it."""
    waiting = transfer(cast, paid(cast), amount="150.00", beneficiary=MULE)
    line = lines_of(cast, imported(cast, camt(bank_account(cast), payer(-150_00, end_to_end_id="?")))["id"])[0]
    refused = decide_line(cast, line, "assign", {"refund_id": waiting["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    assert act(cast.approver, waiting, "approve").status_code == 200
    assert decide_line(cast, line, "assign", {"refund_id": waiting["id"]}).status_code == 200
    assert cast.support.get(f"{ADMIN}refunds/{waiting['id']}/").json()["data"]["status"] == "completed"
