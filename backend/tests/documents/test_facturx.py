"""Electronic invoices: the XML inside is valid by its schema, and its sums are those of EN 16931's own rules."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pikepdf
import pytest
from facturx import get_facturx_xml_from_pdf, xml_check_xsd
from igny8_core.business.billing.domain.papers import InvoiceFacts, Line
from igny8_core.business.documents.domain.cii import RAM, cii_xml
from igny8_core.business.documents.domain.errors import NotForElectronicInvoice
from igny8_core.business.documents.services.facturx import with_xml
from igny8_core.business.documents.services.pages import invoice_page
from igny8_core.business.documents.services.typesetting import typeset
from igny8_core.kit.locales import locale_of
from lxml import etree
from tests.documents import samples
from tests.documents.test_typesetting import archived_as

NAMES = {"ram": RAM}
UNTAXED = tuple(replace(line, tax_rate=None, tax_minor=0) for line in samples.LINES)
NO_TAX = replace(samples.PENDING, lines=UNTAXED, tax_minor=0, total_minor=42380)


def values(root: Any, path: str) -> list[str]:
    return [str(found.text) for found in root.findall(f".//{path}", NAMES)]


def checked(facts: InvoiceFacts) -> Any:
    xml = cii_xml(facts)
    assert xml_check_xsd(xml, flavor="factur-x", level="en16931")
    return etree.fromstring(xml)


@pytest.mark.parametrize(
    "facts", [samples.PENDING, samples.PAID, samples.URDU, replace(samples.VOID, status="pending"), NO_TAX]
)
def test_sums_add_up(facts: InvoiceFacts) -> None:
    root = checked(facts)
    lines, basis, tax = (
        [Decimal(text) for text in values(root, path)]
        for path in (
            "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount",
            "ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:BasisAmount",
            "ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:CalculatedAmount",
        )
    )
    total, prepaid, due = (
        Decimal(values(root, f"ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:{name}")[0])
        for name in ("GrandTotalAmount", "TotalPrepaidAmount", "DuePayableAmount")
    )
    assert sum(lines) == sum(basis)  # BR-CO-10
    assert sum(basis) + sum(tax) == total  # BR-CO-15
    assert total - prepaid == due  # BR-CO-16


def test_a_german_invoice_says_what_a_bookkeeper_reads() -> None:
    root = checked(samples.PENDING)
    assert values(root, "ram:CategoryCode") == ["S"] * 5
    assert sorted(
        values(root, "ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax/ram:RateApplicablePercent")
    ) == ["19", "7"]
    assert values(root, "ram:IBANID") == ["DE89370400440532013000"]
    assert values(root, "ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode") == ["58"]
    assert values(root, "ram:PaymentReference") == [samples.REFERENCE]
    assert values(root, "ram:CountryID") == ["GB", "DE"]
    assert values(root, "ram:SpecifiedTaxRegistration/ram:ID") == ["GB123456789", "DE136695976"]


def test_without_tax_it_is_exempt_or_out_of_reach() -> None:
    assert set(values(checked(NO_TAX), "ram:CategoryCode")) == {"E"}
    plain = replace(NO_TAX, seller=replace(NO_TAX.seller, tax_id=""))
    assert set(values(checked(plain), "ram:CategoryCode")) == {"O"}
    assert values(checked(plain), "ram:RateApplicablePercent") == []
    zero = (Line("Book", 1, 100, 100, 0, Decimal("0.000")),)
    assert set(values(checked(replace(NO_TAX, lines=zero, total_minor=100, settled_minor=0)), "ram:CategoryCode")) == {
        "Z"
    }


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"currency": "KWD"}, "a currency with at most two decimals"),
        ({"status": "void"}, "an invoice that is not void"),
        ({"buyer": replace(samples.GERMAN, country="")}, "the country of both"),
        ({"seller": replace(samples.SELLER, tax_id="")}, "the seller's tax number"),
    ],
)
def test_what_cannot_be_said_is_refused(change: dict[str, Any], missing: str) -> None:
    with pytest.raises(NotForElectronicInvoice) as caught:
        cii_xml(replace(samples.PENDING, **change))
    assert caught.value.data == {"missing": [missing]}


def test_the_xml_travels_inside_a_document_that_stays_archivable() -> None:
    page = invoice_page(samples.PENDING, language="de", locale=locale_of("de", "DE"))
    plain = typeset("invoice", page, instant=datetime(2026, 11, 5, tzinfo=UTC))
    made = with_xml(plain, samples.PENDING, language="de")
    name, xml = get_facturx_xml_from_pdf(made, check_xsd=True)
    assert (name, xml.strip()) == ("factur-x.xml", cii_xml(samples.PENDING).strip())
    assert archived_as(made) == "3B"
    with pikepdf.open(io.BytesIO(made)) as document, document.open_metadata() as metadata:
        assert metadata.get("{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}ConformanceLevel") == "EN 16931"
        assert [str(file.F) for file in document.Root.AF] == ["factur-x.xml"]
