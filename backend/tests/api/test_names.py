"""Names and labels over HTTP: refused where they would deceive, without what shows nothing, and never a 500."""

from typing import Any

import pytest
from igny8_core.accounts.roles import OperatorRole
from tests.cast import ADMIN, BILLING, Cast
from tests.console.desk_client import CONSOLE, at_desk
from tests.portal.visitor import PORTAL, signed_in
from tests.staff import address

ACCOUNTS = "/api/v1/admin/accounts/"
DECEIVING = ["Evil\r\nBcc: victim@example.com", "\u202eEvil", "Ev\u2068il", "Ev\u2028il", "\u200b\u200d", "\u3164"]


def routes(cast: Cast) -> list[tuple[Any, str, str, dict[str, Any], str]]:
    """Caller, method, path, body, and the field that is the name."""
    method = {"payment_method": "bank_transfer", "label": "Main"}
    config = {"payment_method": "bank_transfer", "country": "DE", "currency": "EUR", "display_name": "Acme SEPA"}
    line = {"kind": "custom", "description": "Plan", "quantity": 1, "unit_amount": "1.00"}
    return [
        (cast.admin, "PATCH", f"{ACCOUNTS}{cast.account.id}/", {}, "name"),
        (cast.admin, "PATCH", f"{ACCOUNTS}{cast.account.id}/", {}, "tax_id"),
        (cast.owner, "POST", "/api/v1/account/invitations/", {"email": address(), "role": "viewer"}, "name"),
        (cast.owner, "POST", "/api/v1/account/api-keys/", {"role": "viewer", "name": "A"}, "name"),
        (cast.owner, "POST", f"{BILLING}payment-methods/", method, "label"),
        (cast.finance, "POST", f"{ADMIN}payment-method-configs/", config, "display_name"),
        (cast.finance, "POST", f"{ADMIN}payment-method-configs/", config, "instructions.payee_name"),
        (
            cast.finance,
            "POST",
            f"{ADMIN}invoices/",
            {"account_id": str(cast.account.id), "currency": "PKR", "lines": [line]},
            "lines.0.description",
        ),
        (
            cast.finance,
            "POST",
            f"{ADMIN}bank-accounts/",
            {"number": "PK36SCBL0000001123456702", "currency": "PKR", "name": "A"},
            "name",
        ),
    ]


def with_name(body: dict[str, Any], field: str, text: str) -> dict[str, Any]:
    head, _, rest = field.partition(".")
    if head == "lines":
        return {**body, "lines": [{**body["lines"][0], "description": text}]}
    return {**body, head: {rest: text} if rest else text}


@pytest.mark.parametrize("text", DECEIVING)
def test_a_name_that_would_deceive_is_refused_everywhere(cast: Cast, text: str) -> None:
    for caller, method, path, body, field in routes(cast):
        answer = caller.call(method, path, with_name(body, field, text))
        if answer.status_code < 300:
            # What shows nothing is an empty text, which these two may be.
            assert (field, answer.json()["data"][field]) in (("tax_id", ""), ("name", "")), path
            assert path.endswith("/invitations/") or field == "tax_id", path
            continue
        assert (answer.status_code, answer.json()["code"]) == (400, "validation_error"), (path, answer.content)
        assert next(iter(answer.json()["errors"])).startswith(field.split(".")[0])


def test_what_shows_nothing_is_removed_everywhere(cast: Cast) -> None:
    for caller, method, path, body, field in routes(cast):
        answer = caller.call(method, path, with_name(body, field, "Ac\u200bme\u00ad 7\ufe0f"))
        assert answer.status_code in (200, 201), (path, answer.content)
        if "." not in field:
            data = answer.json()["data"]
            assert data[field] == "Acme 7"


def test_the_details_of_a_saved_method_have_honest_names_too(cast: Cast) -> None:
    body = {"payment_method": "bank_transfer", "label": "Main"}
    refused = cast.owner.post(f"{BILLING}payment-methods/", {**body, "details": {"last\u202efour": "4411"}})
    assert (refused.status_code, refused.json()["code"]) == (400, "validation_error")
    kept = cast.owner.post(f"{BILLING}payment-methods/", {**body, "details": {"last\u200b_four": "44\u200b11"}})
    assert kept.json()["data"]["details"] == {"last_four": "4411"}


def test_an_address_that_grows_when_it_is_folded_is_refused(cast: Cast) -> None:
    """A capital I with a dot is one letter, and two without its case."""
    long = "a@" + ".".join(["\u0130" * 45] * 5) + ".example"
    assert len(long) <= 254 < len(long.casefold())
    answer = cast.owner.post("/api/v1/account/invitations/", {"email": long, "role": "viewer"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["email"])
    visitor, _ = signed_in(cast.account)
    page = visitor.submit(f"{PORTAL}team/", {"email": long, "name": "A", "role": "viewer"})
    assert (page.status_code, 'id="id_email_error"' in page.content.decode()) == (400, True)
    desk, _ = at_desk(OperatorRole.ADMIN)
    add = f"{CONSOLE}accounts/invitation/add/"
    shown = desk.post(add, {"email": long, "name": "A", "role": "viewer", "account_code": cast.account.code}, of=add)
    assert shown.status_code in (200, 302, 400), shown.content
    assert cast.owner.get("/api/v1/account/invitations/").json()["count"] == 0


@pytest.mark.parametrize("amount", ["1e400", "1e5", "9" * 30, "1_000", "∞", "NaN", "-1", "1e-9", "²"])
def test_an_amount_that_is_none_is_told_at_its_field(cast: Cast, amount: str) -> None:
    visitor, _ = signed_in(cast.account)
    form = {"transaction_reference": "A", "amount": amount, "paid_on": "2026-01-05", "method": "bank_transfer"}
    page = visitor.submit(f"{PORTAL}invoices/{cast.invoice()}/pay/", form)
    assert (page.status_code, 'id="id_amount_error"' in page.content.decode()) == (400, True)


def test_an_amount_copied_from_a_page_is_taken(cast: Cast) -> None:
    visitor, _ = signed_in(cast.account)
    form = {
        "transaction_reference": "A",
        "amount": "\u2068400.00\u2069",
        "paid_on": "2026-01-05",
        "method": "bank_transfer",
    }
    assert visitor.submit(f"{PORTAL}invoices/{cast.invoice()}/pay/", form).status_code == 303
