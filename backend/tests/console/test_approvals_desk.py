"""The approvals desk: the queue, decisions with their notices, and what a refusal leaves alone."""

from typing import Any

from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.models import Approval, Payment
from tests.cast import Cast, as_operator
from tests.console.desk_client import CONSOLE, at_desk

DESK = f"{CONSOLE}approvals/"


def submitted(cast: Cast, reference: str = "FT 1", total: str = "1000.00") -> str:
    return str(cast.submit(cast.invoice(total), reference).json()["data"]["id"])


def payment(payment_id: str) -> Payment:
    found: Payment = as_operator(lambda: Payment.objects.across_accounts().get(id=payment_id))
    return found


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_claim_is_shown_with_what_surrounds_it(cast: Cast) -> None:
    payment_id = submitted(cast, "FT <b>77</b>")
    desk, _ = at_desk(OperatorRole.SUPPORT)
    page = text(desk.get(f"{DESK}?payment={payment_id}"))
    assert "1,000.00 PKR" in page
    assert "FT &lt;b&gt;77&lt;/b&gt;" in page
    assert "<b>77</b>" not in page
    assert cast.account.name in page
    assert "data-approve" not in page, "support cannot approve"


def test_approving_settles_and_opens_the_next(cast: Cast) -> None:
    payment_id = submitted(cast)
    desk, person = at_desk(OperatorRole.APPROVER)
    fields = {"amount_received": "1000.00", "value_date": "2026-11-20", "note": "seen"}
    answer = text(desk.post(f"{DESK}{payment_id}/approve/", fields))
    assert "Approved." in answer
    found = payment(payment_id)
    assert (found.status, found.amount_received_minor, str(found.value_date)) == ("succeeded", 100000, "2026-11-20")
    (approval,) = as_operator(lambda: list(Approval.objects.across_accounts().filter(payment_id=payment_id)))
    assert (str(approval.operator_id), approval.note) == (person.id, "seen")
    again = text(desk.post(f"{DESK}{payment_id}/approve/"))
    assert "cannot be approved" in again


def test_rejecting_needs_a_reason_which_the_payer_reads(cast: Cast) -> None:
    payment_id = submitted(cast)
    desk, _ = at_desk(OperatorRole.APPROVER)
    assert "may not be blank" in text(desk.post(f"{DESK}{payment_id}/reject/", {"reason": " "}))
    assert payment(payment_id).status == "pending_approval"
    assert "Rejected." in text(desk.post(f"{DESK}{payment_id}/reject/", {"reason": "No such transfer."}))
    shown = cast.viewer.get(f"/api/v1/billing/payments/{payment_id}/").json()["data"]
    assert (shown["status"], shown["failure_reason"]) == ("failed", "No such transfer.")


def test_bad_amounts_are_told_and_change_nothing(cast: Cast) -> None:
    payment_id = submitted(cast)
    desk, _ = at_desk(OperatorRole.APPROVER)
    for fields in ({"amount_received": "1e3"}, {"amount_received": "-5"}, {"value_date": "20.11.2026"}):
        assert "is-bad" in text(desk.post(f"{DESK}{payment_id}/approve/", fields))
    assert payment(payment_id).status == "pending_approval"


def test_four_eyes_are_visible_and_hold(cast: Cast, limit: None) -> None:
    payment_id = submitted(cast, total="600000.00")
    first, _ = at_desk(OperatorRole.APPROVER)
    second, _ = at_desk(OperatorRole.APPROVER)
    first.post(f"{DESK}{payment_id}/approve/")
    page = text(first.get(f"{DESK}{payment_id}/", part=True))
    assert "1 of 2 approvals given" in page
    assert "by you" in page
    assert "Somebody else must approve it too" in text(first.post(f"{DESK}{payment_id}/approve/"))
    assert payment(payment_id).status == "pending_approval"
    second.post(f"{DESK}{payment_id}/approve/")
    assert payment(payment_id).status == "succeeded"


def test_ticked_claims_are_approved_each_for_itself(cast: Cast) -> None:
    ids = [submitted(cast, f"FT {number}") for number in range(3)]
    desk, _ = at_desk(OperatorRole.APPROVER)
    desk.post(f"{DESK}{ids[0]}/reject/", {"reason": "No"})
    answer = text(desk.post(f"{DESK}bulk/", {"ids": ids}))
    assert "2 of 3 approved." in answer
    assert [payment(one).status for one in ids] == ["failed", "succeeded", "succeeded"]
    assert "Select the payments" in text(desk.post(f"{DESK}bulk/", {"ids": ["nonsense"]}))


def test_absent_claims_are_not_found() -> None:
    desk, _ = at_desk(OperatorRole.APPROVER)
    absent = "01890000-0000-7000-8000-00000000dead"
    assert desk.get(f"{DESK}{absent}/", part=True).status_code == 404
    assert desk.get(f"{DESK}nonsense/", part=True).status_code == 404
