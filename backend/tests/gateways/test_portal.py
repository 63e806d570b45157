"""Paying by card in the portal: to the gateway's page, back from it, and on with a checkout that was left."""

import html
import re
from dataclasses import replace

import pytest
from django.conf import settings
from igny8_core.accounts.roles import AccountRole
from tests.cast import Cast, make_cast
from tests.gateways.desk import (
    Desk,
    check_out,
    checkout_of,
    invoice_of,
    payment_rows,
    payments_of,
    refresh,
    save_card,
)
from tests.portal.visitor import PORTAL, Visitor, signed_in

BUTTON = "Pay online now"
GO_ON = "Continue to the payment page"


def member_of(cast: Cast) -> Visitor:
    visitor, _ = signed_in(cast.account, AccountRole.MEMBER)
    return visitor


def goes_to(visitor: Visitor, location: str) -> str:
    """Where the page sends the browser by itself."""
    text = visitor.get(location).content.decode()
    found = re.search(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', text)
    assert found is not None, text
    assert f'href="{found[1]}"' in text
    return html.unescape(found[1])


def test_to_the_gateway_and_back(cast: Cast, desk: Desk) -> None:
    member, invoice_id = member_of(cast), cast.invoice("1500.00")
    page, checkout = (f"{PORTAL}invoices/{invoice_id}/{step}/" for step in ("pay", "checkout"))
    assert BUTTON in member.get(page).content.decode()
    answer = member.submit(checkout, {"method": "stripe"}, page=page)
    (session,) = desk.sessions()
    payment_id = session["client_reference_id"]
    assert (answer.status_code, answer["Location"]) == (303, f"{PORTAL}payments/{payment_id}/continue/")
    assert goes_to(member, answer["Location"]) == session["url"]
    assert session["success_url"].endswith(checkout)
    assert session["cancel_url"].endswith(page)

    back = member.get(checkout)
    assert (back.status_code, back["Location"]) == (303, f"{PORTAL}payments/{payment_id}/")
    unpaid = member.get(back["Location"]).content.decode()
    assert GO_ON in unpaid
    assert "This payment is not finished." in unpaid
    assert 'hx-trigger="every 3s"' in unpaid

    desk.pay(session["id"])
    assert refresh(cast.member, payment_id).status_code == 200
    paid = member.get(back["Location"]).content.decode()
    assert "Receipt" in paid
    assert GO_ON not in paid
    assert invoice_of(cast, invoice_id) == ("paid", "1500.00")
    gone = member.get(answer["Location"])
    assert (gone.status_code, gone["Location"]) == (303, back["Location"])


def test_the_same_form_twice_and_another_form_are_one_checkout(cast: Cast, desk: Desk) -> None:
    member, invoice_id = member_of(cast), cast.invoice("1500.00")
    page, checkout = (f"{PORTAL}invoices/{invoice_id}/{step}/" for step in ("pay", "checkout"))
    form = {**member.hidden(page), "method": "stripe"}
    locations = {member.client.post(checkout, form)["Location"] for _ in range(2)}
    locations.add(member.submit(checkout, {"method": "stripe"}, page=page)["Location"])
    assert len(locations) == len(desk.sessions()) == 1
    assert payments_of(invoice_id) == [("stripe", "pending")]


def test_who_may_not_pay_and_what_is_no_gateway(cast: Cast, desk: Desk) -> None:
    member, invoice_id = member_of(cast), cast.invoice("1500.00")
    page, checkout = (f"{PORTAL}invoices/{invoice_id}/{step}/" for step in ("pay", "checkout"))
    for method in ("bank_transfer", "cash", ""):
        assert member.submit(checkout, {"method": method}, page=page).status_code == 404
    assert member.get(checkout).status_code == 404
    viewer, _ = signed_in(cast.account, AccountRole.VIEWER)
    assert viewer.submit(checkout, {"method": "stripe"}, page=f"{PORTAL}security/").status_code == 403
    assert payments_of(invoice_id) == []
    assert desk.sessions() == []


def test_nobody_goes_on_with_another_accounts_checkout(cast: Cast, desk: Desk) -> None:
    answer = check_out(cast.member, cast.invoice("1500.00"))
    payment_id = answer.json()["data"]["payment"]["id"]
    stranger = member_of(make_cast("PK", "PKR"))
    led = stranger.get(f"{PORTAL}payments/{payment_id}/continue/")
    assert checkout_of(payment_id).action is not None
    assert (led.status_code, led["Location"]) == (303, f"{PORTAL}payments/{payment_id}/")
    assert stranger.get(led["Location"]).status_code == 404


def test_without_a_key_no_card_is_offered(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, variables={}))
    assert BUTTON not in member_of(cast).get(f"{PORTAL}invoices/{cast.invoice()}/pay/").content.decode()


def test_a_card_is_saved_and_charged(cast: Cast, desk: Desk) -> None:
    admin, invoice_id = signed_in(cast.account, AccountRole.ADMIN)[0], cast.invoice("1500.00")
    methods, enter, pay = f"{PORTAL}methods/", f"{PORTAL}methods/card/", f"{PORTAL}invoices/{invoice_id}/pay/"
    answer = admin.submit(enter, {}, page=methods)
    (session,) = desk.sessions()
    assert (answer.status_code, answer["Location"], session["success_url"][-len(methods) :]) == (303, enter, methods)
    assert goes_to(admin, enter) == session["url"]
    waiting = admin.get(methods).content.decode()
    assert "A card is not saved yet." in waiting
    assert 'hx-trigger="every 3s"' in waiting
    desk.pay(session["id"])
    desk.deliver()
    kept = admin.get(methods).content.decode()
    assert ("Visa ···· 4242" in kept, "12/2034" in kept, "A card is not saved yet." in kept) == (True, True, False)
    assert admin.get(enter)["Location"] == methods

    (method_id,) = re.findall(r"/charge/([0-9a-f-]{36})/", admin.get(pay).content.decode())
    charge = f"{PORTAL}invoices/{invoice_id}/charge/{method_id}/"
    stranger = signed_in(make_cast("PK", "PKR").account, AccountRole.OWNER)[0]
    assert stranger.submit(charge, {}, page=methods).status_code == 404
    viewer = signed_in(cast.account, AccountRole.VIEWER)[0]
    assert viewer.submit(charge, {}, page=f"{PORTAL}security/").status_code == 403
    assert viewer.submit(enter, {}, page=f"{PORTAL}security/").status_code == 403
    paid = admin.submit(charge, {}, page=pay)
    ((payment_id, _, status),) = payment_rows(invoice_id)
    assert (paid["Location"], status, desk.charged()) == (f"{PORTAL}payments/{payment_id}/", "succeeded", 1)
    assert "Receipt" in admin.get(paid["Location"]).content.decode()
    assert admin.submit(f"{methods}{method_id}/remove/", {}, page=methods).status_code == 303
    assert "Visa" not in admin.get(methods).content.decode()


def test_a_declined_card_leads_to_the_payment_that_says_why(cast: Cast, desk: Desk) -> None:
    member, invoice_id = member_of(cast), cast.invoice()
    method_id = save_card(cast.owner, desk, "4000000000000341")
    pay = f"{PORTAL}invoices/{invoice_id}/pay/"
    answer = member.submit(f"{PORTAL}invoices/{invoice_id}/charge/{method_id}/", {}, page=pay)
    text = member.get(answer["Location"]).content.decode()
    assert "The bank declined the card." in text
    assert "Try again" in text
    assert payments_of(invoice_id) == [("stripe", "failed")]
