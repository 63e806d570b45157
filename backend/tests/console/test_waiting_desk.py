"""The page of what waits for a second person: who sees and decides what, and what a refusal leaves alone."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from igny8_core.accounts.models import AccessKey, User
from igny8_core.accounts.roles import OperatorRole
from igny8_core.business.billing.models import ApprovalLimit, Refund
from igny8_core.kit import clock
from tests.cast import ADMIN, Cast, as_operator, seen
from tests.console.desk_client import CONSOLE, DeskClient, at_desk
from tests.second_admins import PENDING
from tests.staff import ABSENT, Person, operator

DESK = f"{CONSOLE}waiting/"
USERS, KEYS = "/api/v1/admin/users/", "/api/v1/admin/api-keys/"
MULE = {"name": "<b>Mule</b>", "iban": "DE89370400440532013000"}


@pytest.fixture(autouse=True)
def another_admin() -> None:
    """Nothing waits where an admin is alone."""
    operator(OperatorRole.ADMIN)


@pytest.fixture
def asker() -> Person:
    return operator(OperatorRole.ADMIN)


@pytest.fixture
def person() -> Person:
    return operator(OperatorRole.SUPPORT)


def role_asked(asker: Person, person: Person) -> str:
    """A request that somebody becomes finance."""
    answer = asker.api.call("PATCH", f"{USERS}{person.id}/", {"role": "finance"})
    assert answer.status_code == 202, answer.content
    return str(answer.json()["data"]["id"])


def refund_asked(cast: Cast) -> str:
    """A refund to an account that is not known as the payer's."""
    payment_id = cast.submit(cast.invoice("100.00")).json()["data"]["id"]
    assert cast.approver.post(f"{ADMIN}payments/{payment_id}/approve/", seen("100.00")).status_code == 200
    body = {"destination": "transfer", "beneficiary": MULE}
    refund = cast.finance.post(f"{ADMIN}payments/{payment_id}/refund/", body).json()["data"]["refund"]
    assert refund["status"] == "pending_approval"
    return str(refund["id"])


def row(desk: DeskClient, waiting_id: str) -> str:
    """What the page shows of something that waits; nothing where it is not shown."""
    page = desk.get(DESK)
    assert page.status_code == 200
    found = re.search(rf'<li class="waiting-item" data-waiting="{waiting_id}">.*?</li>', page.content.decode(), re.S)
    return "" if found is None else unescape(" ".join(found[0].split()))


def buttons(text: str) -> list[str]:
    return re.findall(r">([\w ]+)</(?:button|a)>", text)


def done(desk: DeskClient, path: str, sentence: str) -> None:
    """Use a button; the page then says this."""
    answer = desk.post(f"{DESK}{path}/")
    assert (answer.status_code, answer["Location"]) == (302, DESK), answer.content
    assert sentence in unescape(desk.get(DESK).content.decode())


def role_of(person: Person) -> str:
    return str(as_operator(lambda: User.objects.get(id=person.id).role))


def status_of(refund_id: str) -> str:
    return str(as_operator(lambda: Refund.objects.across_accounts().get(id=refund_id).status))


def test_another_admin_confirms_a_role(asker: Person, person: Person) -> None:
    change = role_asked(asker, person)
    desk, _ = at_desk(OperatorRole.ADMIN)
    shown = row(desk, change)
    for text in (f"{person.email} becomes finance", "Now support.", f"Asked for by {asker.email}"):
        assert text in shown
    assert buttons(shown) == ["Confirm", "Reject"]
    done(desk, f"{change}/confirm", "Confirmed.")
    assert (role_of(person), row(desk, change)) == ("finance", "")


def test_another_admin_confirms_a_limit(asker: Person, limit: None) -> None:
    asked = asker.api.call("PUT", f"{ADMIN}approval-limits/", {"currency": "PKR", "amount": "600000.00"})
    change = asked.json()["data"]["id"]
    desk, _ = at_desk(OperatorRole.ADMIN)
    shown = row(desk, change)
    assert "Approval limit of 600,000.00 PKR" in shown
    assert "Now 500,000.00 PKR." in shown
    done(desk, f"{change}/confirm", "Confirmed.")
    assert as_operator(lambda: ApprovalLimit.objects.get(currency="PKR").amount_minor) == 600_000_00


def test_another_admin_confirms_a_key(asker: Person, person: Person) -> None:
    asked = asker.api.post(KEYS, {"user_id": person.id, "name": "theirs"}).json()["data"]
    desk, _ = at_desk(OperatorRole.ADMIN)
    shown = row(desk, asked["id"])
    assert f"Key {asked['after']} for {person.email}" in shown
    assert asked["secret"] not in shown
    done(desk, f"{asked['id']}/confirm", "Confirmed.")
    assert as_operator(lambda: AccessKey.objects.filter(user_id=person.id, name="theirs").count()) == 1


def test_another_operator_approves_a_refund(cast: Cast) -> None:
    refund = refund_asked(cast)
    desk, _ = at_desk(OperatorRole.APPROVER)
    page = desk.get(DESK).content.decode()
    assert "&lt;b&gt;Mule&lt;/b&gt;, account ending 3000" in page
    shown = row(desk, refund)
    assert "100.00 PKR to" in shown
    assert "payer is not known to have used this account" in shown
    assert buttons(shown) == ["Details", "Approve"]
    details = desk.get(f"{CONSOLE}billing/refund/{refund}/change/").content.decode()
    for text in ("account ending 3000", "not known as the payer", "1 of 2"):
        assert text in details
    done(desk, f"refunds/{refund}/approve", "The refund is approved.")
    assert (status_of(refund), row(desk, refund)) == ("pending", "")
    done(desk, f"refunds/{refund}/approve", "This refund is pending.")
    assert status_of(refund) == "pending"


def test_finance_cancels_a_refund(cast: Cast) -> None:
    refund = refund_asked(cast)
    desk, _ = at_desk(OperatorRole.FINANCE)
    assert buttons(row(desk, refund)) == ["Details", "Approve", "Reject"]
    done(desk, f"refunds/{refund}/cancel", "The refund is cancelled.")
    assert status_of(refund) == "cancelled"


def test_a_payment_is_decided_at_its_own_desk(cast: Cast, limit: None) -> None:
    payment_id = cast.submit(cast.invoice("600000.00")).json()["data"]["id"]
    first, _ = at_desk(OperatorRole.APPROVER)
    assert row(first, payment_id) == "", "nobody has approved it yet"
    first.post(f"{CONSOLE}approvals/{payment_id}/approve/")
    shown = row(first, payment_id)
    assert "You recorded or approved this payment, so somebody else must approve it." in shown
    second, _ = at_desk(OperatorRole.APPROVER)
    shown = row(second, payment_id)
    assert f"600,000.00 PKR from {cast.account.name}" in shown
    assert buttons(shown) == ["Open the payment"]
    assert f'href="{CONSOLE}approvals/?payment={payment_id}"' in shown
    assert "somebody else" not in shown


def test_nobody_confirms_what_they_asked_for(person: Person, cast: Cast) -> None:
    desk, admin = at_desk(OperatorRole.ADMIN)
    change = role_asked(admin, person)
    shown = row(desk, change)
    assert "You requested this, so another admin must confirm it." in shown
    assert "Asked for by you" in shown
    assert buttons(shown) == ["Withdraw"]
    done(desk, f"{change}/confirm", "You requested this, so another admin must confirm it.")
    assert role_of(person) == "support"
    done(desk, f"{change}/reject", "The request is closed.")
    assert row(desk, change) == ""

    finance, requester = at_desk(OperatorRole.FINANCE)
    payment_id = cast.submit(cast.invoice("100.00")).json()["data"]["id"]
    cast.approver.post(f"{ADMIN}payments/{payment_id}/approve/", seen("100.00"))
    body = {"destination": "transfer", "beneficiary": MULE}
    refund = requester.api.post(f"{ADMIN}payments/{payment_id}/refund/", body).json()["data"]["refund"]["id"]
    shown = row(finance, refund)
    assert "You requested this refund, so somebody else must approve it." in shown
    assert buttons(shown) == ["Details", "Withdraw"]
    done(finance, f"refunds/{refund}/approve", "You requested this refund, so somebody else must approve it.")
    assert status_of(refund) == "pending_approval"


@pytest.mark.parametrize("role", [OperatorRole.SUPPORT, OperatorRole.APPROVER, OperatorRole.FINANCE])
def test_others_decide_nothing(asker: Person, person: Person, cast: Cast, role: OperatorRole) -> None:
    change, refund = role_asked(asker, person), refund_asked(cast)
    desk, _ = at_desk(role)
    shown = row(desk, change)
    assert "An admin must confirm this." in shown
    assert buttons(shown) == []
    refused = [f"{change}/confirm", f"{change}/reject"]
    if role is OperatorRole.SUPPORT:
        shown = row(desk, refund)
        assert "An approver must approve this." in shown
        assert buttons(shown) == ["Details"]
        refused += [f"refunds/{refund}/approve", f"refunds/{refund}/cancel"]
    if role is OperatorRole.APPROVER:
        refused += [f"refunds/{refund}/cancel"]
    for path in refused:
        assert desk.post(f"{DESK}{path}/").status_code == 403, path
    assert (role_of(person), status_of(refund)) == ("support", "pending_approval")
    assert row(at_desk(OperatorRole.ADMIN)[0], change) != ""


def test_what_is_over_is_told(asker: Person, person: Person) -> None:
    change = role_asked(asker, person)
    desk, _ = at_desk(OperatorRole.ADMIN)
    assert desk.client.post(f"{DESK}{change}/confirm/").status_code == 403, "a form without its token"
    assert desk.get(f"{DESK}{change}/confirm/").status_code == 405
    assert asker.api.post(f"{PENDING}{change}/reject/").status_code == 200
    over = "This request is closed. Ask again if you still need the change."
    for verb in ("confirm", "reject"):
        done(desk, f"{change}/{verb}", over)
    assert role_of(person) == "support"
    for path in (f"{ABSENT}/confirm", f"{ABSENT}/reject", f"refunds/{ABSENT}/approve", f"refunds/{ABSENT}/cancel"):
        done(desk, path, "Nothing was found here. Check the address and the id.")


def test_an_old_session_proves_who_is_there_first(asker: Person, person: Person) -> None:
    change = role_asked(asker, person)
    desk, _ = at_desk(OperatorRole.ADMIN)
    with clock.use(clock.now() + timedelta(minutes=11)):
        asked = desk.post(f"{DESK}{change}/confirm/")
    assert (asked.status_code, asked["Location"].split("?")[0]) == (302, f"{CONSOLE}security/confirm/")
    assert role_of(person) == "support"


def test_a_form_says_that_its_change_waits(person: Person) -> None:
    desk, _ = at_desk(OperatorRole.ADMIN)
    path = f"{CONSOLE}accounts/user/{person.id}/change/"
    fields: dict[str, Any] = {"name": "Somebody", "role": "approver", "status": "active"}
    answer = desk.post(path, fields, of=path)
    assert answer.status_code == 302, answer.content
    assert "Another admin must confirm the role and the status" in desk.get(answer["Location"]).content.decode()
    assert role_of(person) == "support"
    assert f"{person.email} becomes approver" in unescape(desk.get(DESK).content.decode())
