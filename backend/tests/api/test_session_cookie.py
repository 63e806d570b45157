"""A page's session as the API's credential: it reads, and changes things only with the page's token."""

from typing import Any

from django.test import Client
from igny8_core.accounts.roles import AccountRole, OperatorRole
from tests.cast import ADMIN, BILLING, Cast, claim
from tests.console.desk_client import TOKEN, at_desk
from tests.portal.visitor import PORTAL, Visitor, signed_in

SITE = "http://testserver"


def token_of(visitor: Visitor) -> str:
    return visitor.hidden(PORTAL)["csrfmiddlewaretoken"]


def post(client: Client, path: str, body: Any, **headers: str) -> Any:
    return client.post(path, body, content_type="application/json", headers=headers)


def test_a_session_reads_its_own_account(cast: Cast) -> None:
    cast.invoice()
    visitor, _ = signed_in(cast.account, AccountRole.VIEWER)
    assert visitor.get(f"{BILLING}invoices/").json()["count"] == 1
    assert visitor.get(f"{ADMIN}payments/").status_code == 403


def test_a_change_needs_the_token_of_the_page(cast: Cast) -> None:
    invoice_id = cast.invoice()
    visitor, _ = signed_in(cast.account, AccountRole.OWNER)
    token, path = token_of(visitor), f"{BILLING}payments/manual/"
    for headers in ({}, {"X-CSRFToken": "x" * 64}, {"X-CSRFToken": token, "Origin": "https://evil.example"}):
        answer = post(visitor.client, path, claim(invoice_id), **headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert cast.owner.get(f"{BILLING}payments/").json()["count"] == 0
    assert post(visitor.client, path, claim(invoice_id), **{"X-CSRFToken": token, "Origin": SITE}).status_code == 201


def test_an_operators_session_decides(cast: Cast) -> None:
    payment_id = cast.submit(cast.invoice()).json()["data"]["id"]
    desk, _ = at_desk(OperatorRole.APPROVER)
    found = TOKEN.search(desk.get("/admin/approvals/").content.decode())
    assert found is not None
    path = f"{ADMIN}payments/{payment_id}/approve/"
    assert post(desk.client, path, {}).status_code == 403
    answer = post(desk.client, path, {}, **{"X-CSRFToken": found[1] or found[2]})
    assert (answer.status_code, answer.json()["data"]["status"]) == (200, "succeeded")


def test_a_header_goes_before_the_cookie(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    assert visitor.get(f"{BILLING}invoices/", Authorization="Bearer igk_wrong").status_code == 401
