"""Factur-X, which ZUGFeRD also is: the invoice's XML inside its own PDF/A-3."""

from facturx import generate_from_binary

from igny8_core.business.documents.domain.cii import cii_xml
from igny8_core.business.documents.domain.facts import InvoiceFacts


def with_xml(pdf: bytes, facts: InvoiceFacts, *, language: str) -> bytes:
    """The PDF with `factur-x.xml`, checked against the schema of its profile. Raises `NotForElectronicInvoice`."""
    made: bytes = generate_from_binary(
        pdf, cii_xml(facts), flavor="factur-x", level="en16931", check_xsd=True, check_schematron=False, lang=language,
        pdf_metadata={
            "author": facts.seller.name, "title": facts.number, "subject": f"Factur-X {facts.number}",
            "keywords": "Invoice, Factur-X, ZUGFeRD",
        },
    )  # fmt: skip
    return made
