"""'I have paid': the claim, its refusals at their fields, twice the same form, and taking it back."""

import threading
from typing import Any

import pytest
from django.db import connection
from igny8_core.accounts.roles import AccountRole
from igny8_core.business.billing.models import Invoice, Payment
from tests.cast import ADMIN, Cast, as_operator
from tests.portal.visitor import PORTAL, Visitor, signed_in


def claim(**values: Any) -> dict[str, Any]:
    return {
        "transaction_reference": "FT 77",
        "amount": "1000.00",
        "paid_on": "2026-01-31",
        "notes": "",
        "method": "bank_transfer",
        **values,
    }


def payments_of(cast: Cast) -> list[Payment]:
    rows: list[Payment] = as_operator(lambda: list(Payment.objects.for_account(cast.account).order_by("sequence")))
    return rows


@pytest.fixture
def member(cast: Cast) -> Visitor:
    visitor, _ = signed_in(cast.account, AccountRole.MEMBER)
    return visitor


def test_a_claim_becomes_a_payment_that_awaits_approval(cast: Cast, member: Visitor) -> None:
    path = f"{PORTAL}invoices/{cast.invoice()}/pay/"
    page = member.get(path).content.decode()
    assert "PK36SCBL0000001123456702" in page
    answer = member.submit(path, claim(amount="1,000.00", notes="card 4111 1111 1111 1111"))
    (payment,) = payments_of(cast)
    assert (answer.status_code, answer["Location"]) == (303, f"{PORTAL}payments/{payment.id}/")
    assert (payment.status, payment.amount_minor, str(payment.paid_on)) == ("pending_approval", 100000, "2026-01-31")
    assert "4111" not in payment.notes
    shown = member.get(answer["Location"]).content.decode()
    assert "Thank you. We have your payment details" in shown
    assert "Thank you." not in member.get(answer["Location"]).content.decode()
    again = member.get(path).content.decode()
    assert "There is nothing left to pay while we check your payment." in again


def test_the_same_form_twice_is_one_payment(cast: Cast, member: Visitor) -> None:
    path = f"{PORTAL}invoices/{cast.invoice()}/pay/"
    form = {**member.hidden(path), **claim(amount="150.00")}
    first, second = (member.client.post(path, form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert len(payments_of(cast)) == 1
    other = member.client.post(path, {**form, "amount": "160.00"})
    assert (other.status_code, "already sent with different content" in other.content.decode()) == (400, True)
    assert len(payments_of(cast)) == 1


def test_the_same_form_twice_at_once_is_one_payment(cast: Cast, member: Visitor) -> None:
    path = f"{PORTAL}invoices/{cast.invoice()}/pay/"
    form, answers = {**member.hidden(path), **claim(amount="150.00")}, list[Any]()
    barrier = threading.Barrier(4)

    def send() -> None:
        twin = Visitor()
        twin.client.cookies = member.client.cookies
        barrier.wait()
        answers.append(twin.client.post(path, form))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [303] * 4
    assert len({answer["Location"] for answer in answers}) == 1
    assert len(payments_of(cast)) == 1


REFUSED = [
    ({"transaction_reference": ""}, "transaction_reference", "This field is required."),
    ({"transaction_reference": "---"}, "transaction_reference", "This is not a valid reference."),
    ({"amount": "1000.01"}, "amount", "This is more than what is left to pay on this invoice."),
    ({"amount": "0"}, "amount", "The amount must be greater than zero."),
    ({"amount": "ten"}, "amount", "This is not an amount of PKR."),
    ({"amount": "1.005"}, "amount", "This is not an amount of PKR."),
    ({"paid_on": "2999-01-01"}, "paid_on", "This date is in the future."),
    ({"paid_on": "yesterday"}, "paid_on", "Enter a valid date."),
    ({"notes": "x" * 1001}, "notes", "at most 1000 characters"),
]


@pytest.mark.parametrize(("values", "field", "sentence"), REFUSED)
def test_refusals_stand_at_their_field(
    cast: Cast, member: Visitor, values: dict[str, str], field: str, sentence: str
) -> None:
    answer = member.submit(f"{PORTAL}invoices/{cast.invoice()}/pay/", claim(**values))
    text = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in text.split(f'id="id_{field}_error"')[1].split("</div>")[0]
    assert payments_of(cast) == []


def test_a_reference_used_before_is_told_at_its_field(cast: Cast, member: Visitor) -> None:
    path = f"{PORTAL}invoices/{cast.invoice()}/pay/"
    assert member.submit(path, claim(amount="150.00")).status_code == 303
    answer = member.submit(path, claim(amount="150.00", transaction_reference="ft-77"))
    assert (
        "already told us about a payment with this reference"
        in answer.content.decode().split('id="id_transaction_reference_error"')[1]
    )
    assert len(payments_of(cast)) == 1


def test_cancel_and_try_again(cast: Cast, member: Visitor) -> None:
    path = f"{PORTAL}invoices/{cast.invoice()}/pay/"
    shown = member.submit(path, claim())["Location"]
    answer = member.submit(f"{shown}cancel/", {}, page=shown)
    assert answer["Location"] == shown
    assert [payment.status for payment in payments_of(cast)] == ["cancelled"]
    assert f'href="{path}"' in member.get(shown).content.decode()
    late = member.submit(f"{shown}cancel/", {}, page=shown)
    assert (late.status_code, "no longer possible" in late.content.decode()) == (409, True)


def test_a_rejected_payment_says_why(cast: Cast, member: Visitor) -> None:
    shown = member.submit(f"{PORTAL}invoices/{cast.invoice()}/pay/", claim())["Location"]
    payment_id = shown.split("/")[-2]
    assert cast.approver.post(f"{ADMIN}payments/{payment_id}/reject/", {"reason": "<b>Not here</b>"}).status_code == 200
    text = member.get(shown).content.decode()
    assert "&lt;b&gt;Not here&lt;/b&gt;" in text
    assert "Try again" in text


def test_credits_are_bought_once_for_each_form(cast: Cast) -> None:
    admin, _ = signed_in(cast.account, AccountRole.ADMIN)
    page = admin.get(f"{PORTAL}credits/").content.decode()
    path = page.split('<form method="post" action="/portal/credits/')[1].split('"')[0]
    form = admin.hidden(f"{PORTAL}credits/")
    first, second = (admin.client.post(f"{PORTAL}credits/{path}", form) for _ in range(2))
    assert first["Location"] == second["Location"]
    (invoice,) = as_operator(lambda: list(Invoice.objects.for_account(cast.account)))
    assert first["Location"] == f"{PORTAL}invoices/{invoice.id}/pay/"


def test_a_key_is_shown_once_and_stored_nowhere(cast: Cast, owner_connection: Any) -> None:
    owner, _ = signed_in(cast.account)
    form = {**owner.hidden(f"{PORTAL}keys/"), "name": "Shop", "role": "viewer"}
    issued = owner.client.post(f"{PORTAL}keys/", form)
    secret = issued.content.decode().split('data-copy="')[1].split('"')[0]
    assert secret.startswith("igk_")
    again = owner.client.post(f"{PORTAL}keys/", form)
    assert (again.status_code, again["Location"]) == (303, f"{PORTAL}keys/")
    assert secret not in owner.get(f"{PORTAL}keys/").content.decode()
    stored = owner_connection.execute(
        "SELECT count(*) FROM http_idempotencyrecord WHERE position(%s in convert_from(body, 'UTF8')) > 0", [secret]
    ).fetchone()
    assert stored == (0,)
