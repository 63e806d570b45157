"""Envelopes where no view answers, invoices, saved methods, available methods, health."""

import re
import uuid
from typing import Any

import pytest
from tests.cast import ADMIN, BILLING, Cast

SAVED = f"{BILLING}payment-methods/"


def test_routing_errors_have_the_shape(cast: Cast) -> None:
    request_id = str(uuid.uuid4())
    absent = cast.owner.get("/api/v1/nowhere/", **{"X-Request-ID": request_id})
    assert (absent.status_code, absent["X-Request-ID"]) == (404, request_id)
    assert absent.json() == {
        "success": False,
        "error": "Nothing was found here. Check the address and the id.",
        "code": "not_found",
        "request_id": request_id,
    }
    wrong = cast.owner.call("DELETE", f"{BILLING}payments/")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


def test_health_and_documents(cast: Cast) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/api/schema/", "/api/docs/", "/api/redoc/"):
        assert cast.anonymous.get(path).status_code == 200, path


@pytest.mark.parametrize("page", ["/api/docs/", "/api/docs/?script=", "/api/redoc/"])
def test_the_pages_of_the_api_fetch_from_us_alone(cast: Cast, page: str) -> None:
    answer = cast.anonymous.get(page)
    text = answer.content.decode()
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", text) == []
    for asset in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
        assert cast.anonymous.get(asset).status_code == 200, asset
    assert "https:" not in answer["Content-Security-Policy"]


def test_every_operation_says_what_it_does(cast: Cast) -> None:
    document = cast.anonymous.get("/api/schema/?format=json").json()
    assert document["openapi"].startswith("3.1")
    operations = [one for path in document["paths"].values() for name, one in path.items() if name != "parameters"]
    assert [one["operationId"] for one in operations if not one.get("summary")] == []


def test_an_invoice_from_draft_to_void(cast: Cast) -> None:
    lines = [{"kind": "subscription", "description": "Plan", "quantity": 3, "unit_amount": "99.99", "tax_rate": "17"}]
    body: dict[str, Any] = {"account_id": str(cast.account.id), "currency": "PKR", "lines": lines}
    assert cast.support.post(f"{ADMIN}invoices/", body).status_code == 403
    draft = cast.finance.post(f"{ADMIN}invoices/", body).json()["data"]
    assert (draft["status"], draft["number"], draft["amount_total"], draft["amount_tax"]) == (
        "draft",
        None,
        "350.96",
        "50.99",
    )
    assert cast.owner.get(f"{BILLING}invoices/{draft['id']}/").status_code == 404
    final = cast.finance.post(f"{ADMIN}invoices/{draft['id']}/finalize/").json()["data"]
    assert (final["status"], final["number"]) == ("pending", f"{cast.account.code}-000001")
    assert final["creditor_reference"].startswith("RF")
    assert cast.finance.post(f"{ADMIN}invoices/{draft['id']}/finalize/").status_code == 409
    read = cast.viewer.get(f"{BILLING}invoices/{draft['id']}/").json()["data"]
    assert (read["amount_due"], len(read["lines"]), read["payments"]) == ("350.96", 1, [])
    assert cast.finance.post(f"{ADMIN}invoices/{draft['id']}/void/").json()["data"]["status"] == "void"
    assert cast.viewer.get(f"{BILLING}invoices/").json()["count"] == 1


def test_bad_lines_are_named(cast: Cast) -> None:
    lines = [{"kind": "subscription", "description": "x", "quantity": True, "unit_amount": "1.00"}]
    body = {"account_id": str(cast.account.id), "currency": "PKR", "lines": lines}
    response = cast.finance.post(f"{ADMIN}invoices/", body)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["lines.0.quantity"])


def test_available_methods_are_filled_in(cast: Cast) -> None:
    invoice_id = cast.invoice("1000.00")
    data = cast.viewer.get(f"{SAVED}available/?invoice_id={invoice_id}").json()["data"]
    names = {method["display_name"] for method in data["methods"]}
    assert {"JazzCash", "Easypaisa"} <= names
    assert {method["currency"] for method in data["methods"]} == {"PKR"}
    assert all(method["reference"].startswith("RF") for method in data["methods"])
    assert data["metadata"]["country"] == "PK"
    assert cast.viewer.get(f"{SAVED}available/?country=DE").json()["data"]["methods"][0]["currency"] == "EUR"
    assert cast.viewer.get(f"{SAVED}available/?country=XX").status_code == 400
    assert cast.stranger.get(f"{SAVED}available/?invoice_id={invoice_id}").status_code == 404


def test_saved_methods_have_one_default(cast: Cast) -> None:
    body = {"payment_method": "bank_transfer", "label": "Main", "details": {"iban": "PK••6702"}}
    assert cast.member.post(SAVED, body).status_code == 403
    first = cast.owner.post(SAVED, body).json()["data"]["id"]
    second = cast.owner.post(SAVED, {**body, "label": "Other"}).json()["data"]["id"]
    for chosen in (first, second):
        assert cast.owner.post(f"{SAVED}{chosen}/set_default/").json()["data"]["is_default"] is True
    listed = cast.viewer.get(SAVED).json()["results"]
    assert [(row["label"], row["is_default"]) for row in listed] == [("Main", False), ("Other", True)]
    assert cast.owner.call("PATCH", f"{SAVED}{first}/", {"label": "Old"}).json()["data"]["label"] == "Old"
    assert cast.stranger.call("DELETE", f"{SAVED}{first}/").status_code == 404
    assert cast.owner.call("DELETE", f"{SAVED}{first}/").status_code == 200
    assert cast.viewer.get(SAVED).json()["count"] == 1
