"""`invoices/{id}/pdf/` and `payments/{id}/receipt/`, for accounts and operators."""

import io
from typing import Any

import pytest
from facturx import get_facturx_xml_from_pdf
from igny8_core.business.platform.services.accounts import AccountChange, change_account
from pypdf import PdfReader
from tests.cast import ADMIN, BILLING, Cast, as_operator, make_cast


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def headers_of(answer: Any) -> dict[str, str]:
    names = ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control")
    return {name: answer[name] for name in names}


def test_an_invoice_is_a_file_that_runs_nothing(cast: Cast) -> None:
    invoice_id = cast.invoice("4500.00")
    answer = cast.viewer.get(f"{BILLING}invoices/{invoice_id}/pdf/")
    shown = text_of(answer)
    number = cast.viewer.get(f"{BILLING}invoices/{invoice_id}/").json()["data"]["number"]
    assert headers_of(answer) == {
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    assert answer["Content-Disposition"] == f"attachment; filename=\"{number}.pdf\"; filename*=UTF-8''{number}.pdf"
    assert number in shown
    assert "PK36 SCBL 0000 0011 2345 6702" in shown
    assert cast.support.get(f"{ADMIN}invoices/{invoice_id}/pdf/").content == answer.content


def test_an_old_invoice_keeps_who_bought(cast: Cast) -> None:
    invoice_id, before = cast.invoice(), cast.account.name
    as_operator(
        lambda: change_account(
            account_id=cast.account.id, change=AccountChange(name="Renamed Ltd", address="New Street")
        )
    )
    shown = text_of(cast.viewer.get(f"{BILLING}invoices/{invoice_id}/pdf/"))
    assert before in shown
    assert "Renamed" not in shown
    assert "Renamed Ltd" in text_of(cast.viewer.get(f"{BILLING}invoices/{cast.invoice()}/pdf/"))


def test_the_account_s_language_is_spoken(cast: Cast) -> None:
    as_operator(lambda: change_account(account_id=cast.account.id, change=AccountChange(language="de")))
    shown = text_of(cast.viewer.get(f"{BILLING}invoices/{cast.invoice()}/pdf/"))
    assert "Rechnung" in shown
    assert "1.000,00" in shown


def test_the_electronic_form_has_the_xml_inside() -> None:
    cast = make_cast("DE", "EUR")
    invoice_id = cast.invoice("1234.56")
    answer = cast.viewer.get(f"{BILLING}invoices/{invoice_id}/pdf/?format=facturx")
    name, xml = get_facturx_xml_from_pdf(answer.content, check_xsd=True)
    assert name == "factur-x.xml"
    assert b"<ram:GrandTotalAmount>1234.56</ram:GrandTotalAmount>" in xml
    assert cast.finance.get(f"{ADMIN}invoices/{invoice_id}/pdf/?format=facturx").status_code == 200


def test_currencies_with_three_decimals_have_no_electronic_form() -> None:
    cast = make_cast("KW", "KWD")
    path = f"{BILLING}invoices/{cast.invoice('1.500')}/pdf/"
    refused = cast.viewer.get(f"{path}?format=facturx")
    assert (refused.status_code, refused.json()["code"]) == (409, "electronic_invoice_incomplete")
    assert "KWD\xa01.500" in text_of(cast.viewer.get(path))


@pytest.mark.parametrize("query", ["?format=docx", "?form=pdf", "?format=pdf&format=pdf", "?page_size=5", "?format="])
def test_other_forms_are_refused(cast: Cast, query: str) -> None:
    refused = cast.viewer.get(f"{BILLING}invoices/{cast.invoice()}/pdf/{query}")
    assert (refused.status_code, refused.json()["code"]) == (400, "validation_error")


def test_a_draft_is_no_document(cast: Cast) -> None:
    draft = cast.invoice(final=False)
    assert cast.owner.get(f"{BILLING}invoices/{draft}/pdf/").status_code == 404
    refused = cast.finance.get(f"{ADMIN}invoices/{draft}/pdf/")
    assert (refused.status_code, refused.json()["code"]) == (409, "invoice_not_final")


def test_there_is_a_receipt_once_a_payment_has_succeeded(cast: Cast) -> None:
    invoice_id = cast.invoice("4500.00")
    payment_id = cast.submit(invoice_id, "FT 2290").json()["data"]["id"]
    refused = cast.viewer.get(f"{BILLING}payments/{payment_id}/receipt/")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_receipt")
    assert refused.json()["data"] == {"status": "pending_approval"}
    assert cast.approver.post(f"{ADMIN}payments/{payment_id}/approve/").status_code == 200
    answer = cast.viewer.get(f"{BILLING}payments/{payment_id}/receipt/")
    shown = text_of(answer)
    assert all(text in shown for text in ("FT 2290", "Rs\xa04,500.00", "Bank transfer", "PAID"))
    assert cast.support.get(f"{ADMIN}payments/{payment_id}/receipt/").content == answer.content
    assert "PAID" in text_of(cast.viewer.get(f"{BILLING}invoices/{invoice_id}/pdf/"))


def test_strangers_find_neither(cast: Cast) -> None:
    invoice_id = cast.invoice()
    payment_id = cast.submit(invoice_id).json()["data"]["id"]
    cast.approver.post(f"{ADMIN}payments/{payment_id}/approve/")
    for path in (f"invoices/{invoice_id}/pdf/", f"payments/{payment_id}/receipt/"):
        assert cast.stranger.get(f"{BILLING}{path}").status_code == 404
        assert cast.viewer.get(f"{ADMIN}{path}").status_code == 403
        assert cast.anonymous.get(f"{BILLING}{path}").status_code == 401
