"""The `qr` of the available ways to pay: for an invoice that can be paid, on rails that have a code."""

from igny8_core.business.billing.services.invoicing import void_invoice
from tests.cast import BILLING, Cast, as_operator, make_cast


def codes(cast: Cast, query: str) -> dict[str, str | None]:
    methods = cast.viewer.get(f"{BILLING}payment-methods/available/{query}").json()["data"]["methods"]
    return {method["display_name"]: method["qr"] for method in methods}


def test_a_german_invoice_has_a_sepa_code() -> None:
    cast = make_cast("DE", "EUR")
    invoice_id = cast.invoice("1234.56")
    reference = cast.owner.get(f"{BILLING}invoices/{invoice_id}/").json()["data"]["creditor_reference"]
    assert codes(cast, f"?invoice_id={invoice_id}") == {
        "SEPA-Überweisung": "BCD\n002\n1\nSCT\nCOBADEFFXXX\nIGNY8 Demo Ltd\nDE89370400440532013000\nEUR1234.56\n\n"
        + reference
    }
    assert codes(cast, "") == {"SEPA-Überweisung": None}
    as_operator(lambda: void_invoice(invoice_id=invoice_id))
    assert codes(cast, f"?invoice_id={invoice_id}") == {"SEPA-Überweisung": None}


def test_wallets_have_the_codes_of_their_rails() -> None:
    india, brazil = make_cast("IN", "INR"), make_cast("BR", "BRL")
    upi = codes(india, f"?invoice_id={india.invoice('500.00')}")
    assert upi.pop("NEFT / IMPS / RTGS") is None
    assert str(upi["UPI"]).startswith("upi://pay?pa=igny8demo@upi&pn=IGNY8%20Demo%20Ltd&am=500.00&cu=INR&tn=RF")
    pix = codes(brazil, f"?invoice_id={brazil.invoice('500.00')}")
    assert pix.pop("TED") is None
    assert str(pix["PIX"]).startswith("00020126390014br.gov.bcb.pix0117pix@igny8.example52040000530398654")
    pakistan = make_cast()
    assert set(codes(pakistan, f"?invoice_id={pakistan.invoice('500.00')}").values()) == {None}
