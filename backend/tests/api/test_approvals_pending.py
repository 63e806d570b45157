"""`GET admin/approvals-pending/`: everything that waits for a second person, in one list."""

from typing import Any

import pytest
from igny8_core.accounts.roles import OperatorRole
from tests.api.test_approvals import decide as decide_on_payment
from tests.api.test_approvals import submitted
from tests.api.test_second_admin import KEYS, patch
from tests.cast import ADMIN, Cast, seen
from tests.second_admins import PENDING, decide
from tests.staff import Person, operator


@pytest.fixture
def admin() -> Person:
    return operator(OperatorRole.ADMIN)


def all_ids(cast: Cast, size: int) -> tuple[list[str], list[str]]:
    """The list's ids page by page to its end, and back again to its beginning."""
    url, there, pages = f"{PENDING}?page_size={size}", list[str](), list[dict[str, Any]]()
    while url:
        pages.append(cast.support.get(url).json())
        there += [one["id"] for one in pages[-1]["results"]]
        url = pages[-1]["next"]
    back, url = [one["id"] for one in pages[-1]["results"]], pages[-1]["previous"]
    while url:
        page = cast.support.get(url).json()
        back, url = [one["id"] for one in page["results"]] + back, page["previous"]
    return there, back


def test_it_lists_what_waits_and_nothing_else(cast: Cast, admin: Person, limit: None) -> None:
    _, first_word_missing = submitted(cast, "600000.00")
    _, payment = submitted(cast, "600001.00")
    assert decide_on_payment(cast.approver, payment, "approve").json()["data"]["status"] == "pending_approval"
    recorded = cast.finance.post(
        f"{ADMIN}payments/record/",
        {
            "account_id": str(cast.account.id),
            "payment_method": "bank_transfer",
            "reference": "W 1",
            "amount": "600002.00",
            "value_date": "2026-11-20",
        },
    ).json()["data"]["id"]
    _, settled = submitted(cast, "100.00")
    assert decide_on_payment(cast.approver, settled, "approve", seen("100.00")).status_code == 200
    body = {"destination": "transfer", "beneficiary": {"name": "Somebody", "iban": "DE89370400440532013000"}}
    refund = cast.finance.post(f"{ADMIN}payments/{settled}/refund/", body).json()["data"]["refund"]
    assert refund["status"] == "pending_approval"
    role = patch(admin, (person := operator(OperatorRole.SUPPORT)).id, role="finance").json()["data"]
    key = admin.api.post(KEYS, {"user_id": person.id, "name": "theirs"}).json()["data"]
    raised = admin.api.call("PUT", f"{ADMIN}approval-limits/", {"currency": "PKR", "amount": None}).json()["data"]

    shown = {one["id"]: one for one in cast.support.get(f"{PENDING}?page_size=100").json()["results"]}
    assert first_word_missing not in shown
    ours = [payment, recorded, refund["id"], role["id"], key["id"], raised["id"]]
    assert [one for one in shown if one in ours] == ours[::-1], "the newest first"
    told = ("kind", "account_id", "currency", "amount", "before", "after", "user_id", "asked_by")
    approver = shown[payment]["asked_by"]
    account = str(cast.account.id)
    assert [[shown[one][name] for name in told[:-1]] for one in ours] == [
        ["payment", account, "PKR", "600001.00", None, None, None],
        ["payment", account, "PKR", "600002.00", None, None, None],
        ["refund", account, "PKR", "100.00", None, None, None],
        ["role", None, None, None, "support", "finance", person.id],
        ["key", None, None, None, "", key["after"], person.id],
        ["limit", None, "PKR", None, "500000.00", "none", None],
    ]
    assert approver is not None
    assert [shown[one]["asked_by"] for one in ours[3:]] == [admin.id] * 3
    assert "secret" not in shown[key["id"]]
    assert key["secret"] not in str(shown)

    there, back = all_ids(cast, 2)
    assert there == back
    assert len(there) == len(set(there)) == len(shown)
    for change in (role, key, raised):
        assert decide(admin, change["id"], "reject").status_code == 200
    decide_on_payment(cast.second_approver, payment, "approve")
    assert cast.approver.post(f"{ADMIN}refunds/{refund['id']}/approve/", {}).status_code == 200
    left = {one["id"] for one in cast.support.get(f"{PENDING}?page_size=100").json()["results"]}
    assert left & {*ours} == {recorded}


def test_only_operators_read_it_and_other_questions_are_refused(cast: Cast) -> None:
    for caller, status in ((cast.anonymous, 401), (cast.owner, 403), (cast.stranger, 403), (cast.support, 200)):
        assert caller.get(PENDING).status_code == status
    for query in ("kind=role", "cursor=x", "page_size=0", "ordering=id"):
        assert cast.support.get(f"{PENDING}?{query}").status_code == 400, query
